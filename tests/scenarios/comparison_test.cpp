// A comparison file becomes one whole case per arm; whatever is wrong in it is told with file and line.
#include "core/base/errors.hpp"
#include "scenarios/comparison.hpp"
#include "tests/scenarios/scratch.hpp"
#include <gmock/gmock.h>

using namespace kypho;
using namespace kypho::test;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

const std::string common_case = "title = \"common\"\n[anatomy]\nbmd = \"75 mg/cm3\"\n"
                                "[[stage]]\nkind = \"load\"\n[[stage]]\nkind = \"posture\"\n"
                                "[[stage]]\nkind = \"access\"\n[[stage]]\nkind = \"inflate\"\nvolume = \"2 mL\"\n"
                                "[[stage]]\nkind = \"deflate\"\n[[stage]]\nkind = \"load\"\n";

const std::string head = "title = \"arms\"\ncase = \"case.toml\"\n";

class Files {
public:
  Files() { scratch_.write("case.toml", common_case); }
  void write(const std::string& name, const std::string& text) const { scratch_.write(name, text); }
  Comparison read(const std::string& text, const std::vector<std::string>& overrides = {}) const {
    return Comparison::read(scratch_.write("arms.toml", text), overrides);
  }
  std::string message(const std::string& text, const std::vector<std::string>& overrides = {}) const {
    try {
      read(text, overrides);
    } catch (const InputError& error) {
      return error.what();
    }
    return "no InputError";
  }

private:
  Scratch scratch_;
};

std::vector<std::string> stages_of(const Scenario& scenario) {
  std::vector<std::string> names;
  for (const StageSpec& stage : scenario.stages) names.push_back(stage_name(stage));
  return names;
}

double volume_of(const Scenario& scenario, std::size_t stage) {
  return scenario.stages.at(stage).params.number("volume");
}

} // namespace

TEST(comparison, an_arm_goes_on_as_the_common_case_as_another_one_or_with_stages_of_its_own) {
  const Files files;
  files.write("other.toml",
              "[anatomy]\nbmd = \"75 mg/cm3\"\n[[stage]]\nkind = \"load\"\n[[stage]]\nkind = \"posture\"\n"
              "[[stage]]\nkind = \"access\"\npedicles = \"left\"\n[[stage]]\nkind = \"load\"\n");
  const Comparison c =
      files.read(head + "[[arm]]\nname = \"Two balloons, 2 mL\"\n[[arm]]\nname = \"b\"\ncase = \"other.toml\"\n"
                        "[[arm]]\nname = \"c\"\n[[arm.stage]]\nkind = \"load\"\n[[arm]]\nname = \"d\"\n"
                        "stage = []\n");
  EXPECT_THAT(stages_of(c.common), ElementsAre("load[1]", "posture[1]"));
  ASSERT_EQ(c.arms.size(), 4u);
  EXPECT_THAT(stages_of(c.arms[0].scenario),
              ElementsAre("load[1]", "posture[1]", "access[1]", "inflate[1]", "deflate[1]", "load[2]"));
  EXPECT_THAT(stages_of(c.arms[1].scenario), ElementsAre("load[1]", "posture[1]", "access[1]", "load[2]"));
  EXPECT_THAT(stages_of(c.arms[2].scenario), ElementsAre("load[1]", "posture[1]", "load[2]"));
  EXPECT_THAT(stages_of(c.arms[3].scenario), ElementsAre("load[1]", "posture[1]"));
  EXPECT_EQ(c.arms[0].folder, "two_balloons_2_ml");
  EXPECT_EQ(c.arms[0].scenario.title, "arms: Two balloons, 2 mL");
  EXPECT_EQ(c.reference_station(), "prone");
  EXPECT_THAT(c.notes, ElementsAre());
}

TEST(comparison, every_arm_shares_the_text_that_decides_on_the_checkpoint) {
  const Files files;
  const Comparison c =
      files.read(head + "until = \"load\"\n[[arm]]\nname = \"a\"\n[[arm]]\nname = \"b\"\n[[arm.stage]]\n"
                        "kind = \"load\"\n");
  EXPECT_EQ(c.shared_stages(), 1);
  for (const Arm& arm : c.arms) EXPECT_EQ(arm.scenario.echo_until(1), c.common.echo_until(1));
  EXPECT_EQ(c.reference_station(), "intact");
}

TEST(comparison, settings_reach_the_stages_of_their_arm_and_no_shared_one) {
  const Files files;
  const Comparison c = files.read(head + "[[arm]]\nname = \"a\"\n[arm.set]\n\"stage.inflate.volume\" = \"3 mL\"\n"
                                         "stage.load.effort = 2\n[[arm]]\nname = \"b\"\n");
  EXPECT_DOUBLE_EQ(volume_of(c.arms[0].scenario, 3), 3000);
  EXPECT_DOUBLE_EQ(volume_of(c.arms[1].scenario, 3), 2000);
  EXPECT_EQ(c.arms[0].scenario.stages[0].params.number("effort"), 1);
  EXPECT_EQ(c.arms[0].scenario.stages[5].params.number("effort"), 2);
}

TEST(comparison, a_setting_of_what_all_arms_share_is_refused) {
  const Files files;
  const std::string arm = head + "[[arm]]\nname = \"a\"\n[arm.set]\n";
  EXPECT_THAT(files.message(arm + "\"anatomy.bmd\" = \"90 mg/cm3\"\n"),
              AllOf(HasSubstr("arms.toml:3: arm 'a': changes what all arms share: [anatomy] bmd = "), HasSubstr("90")));
  EXPECT_THAT(files.message(arm + "\"stage.load[1].effort\" = 2\n"), HasSubstr("changes what all arms share"));
}

TEST(comparison, an_override_reaches_the_shared_stages_and_every_arm_that_has_its_place) {
  const Files files;
  const std::string text = head + "[[arm]]\nname = \"a\"\n[[arm]]\nname = \"b\"\n[[arm.stage]]\nkind = \"load\"\n";
  const Comparison c =
      files.read(text, {"stage.inflate.volume=3 mL", "mesh.edge_length=3 mm", "stage.load[2].effort=2"});
  EXPECT_DOUBLE_EQ(volume_of(c.arms[0].scenario, 3), 3000);
  for (const Scenario* s : {&c.common, &c.arms[0].scenario, &c.arms[1].scenario})
    EXPECT_DOUBLE_EQ(s->mesh.number("edge_length"), 3);
  EXPECT_EQ(c.arms[1].scenario.stages[2].params.number("effort"), 2);
  EXPECT_THAT(files.message(text, {"stage.inflat.volume=3 mL"}), HasSubstr("did you mean 'inflate'?"));
  EXPECT_THAT(files.message(text, {"stage.inflate.volum=3 mL"}), HasSubstr("did you mean 'volume'?"));
}

TEST(comparison, an_arms_case_with_another_vertebra_is_told) {
  const Files files;
  files.write("other.toml",
              "[anatomy]\nbmd = \"90 mg/cm3\"\n[[stage]]\nkind = \"load\"\n[[stage]]\nkind = \"posture\"\n");
  const Comparison c = files.read(head + "[[arm]]\nname = \"a\"\ncase = \"other.toml\"\n");
  ASSERT_EQ(c.notes.size(), 1u);
  EXPECT_THAT(c.notes[0], AllOf(HasSubstr("arms.toml:5: arm.case: only the stages after posture are taken"),
                                HasSubstr("90 mg/cm3")));
  EXPECT_DOUBLE_EQ(c.arms[0].scenario.anatomy.number("bmd"), c.common.anatomy.number("bmd"));
}

TEST(comparison, what_is_wrong_is_told_with_file_line_and_what_is_allowed) {
  const Files files;
  files.write("short.toml", "[[stage]]\nkind = \"posture\"\n");
  const std::string arm = "[[arm]]\nname = \"a\"\n";
  const std::vector<std::pair<std::string, std::string>> wrong = {
      {"title = \"x\"\n" + arm, "arms.toml: case: is missing"},
      {"case = \"cas.toml\"\n" + arm, "arms.toml:1: case: no such file"},
      {"case = 3\n" + arm, "arms.toml:1: case: must be a text in quotes"},
      {head + "untill = \"load\"\n" + arm,
       "arms.toml:3: untill: unknown key; allowed title, case, until, arm (did you mean 'until'?)"},
      {head + "until = \"fracture\"\n" + arm,
       "arms.toml:3: until: the common case has no stage 'fracture'; it has load, posture"},
      {head + "until = \"load[3]\"\n" + arm, "arms.toml:3: until: the common case has no stage 'load[3]'"},
      {head, "arms.toml: arm: no arms; write [[arm]]"},
      {head + "[arm]\nname = \"a\"\n", "arms.toml:3: arm: no arms; write [[arm]]"},
      {head + "[[arm]]\ncase = \"case.toml\"\n", "arms.toml:3: arm.name: is missing"},
      {head + "[[arm]]\nname = \"--\"\n", "arms.toml:3: arm '--': the name needs a letter or a digit"},
      {head + arm + "[[arm]]\nname = \"A!\"\n", "arms.toml:5: arm 'A!': its folder would be 'a', which is taken"},
      {head + "[[arm]]\nname = \"Common\"\n", "its folder would be 'common', which is taken"},
      {head + arm + "stages = []\n",
       "arms.toml:5: arm.stages: unknown key; allowed name, case, stage, set (did you mean 'stage'?)"},
      {head + arm + "case = \"case.toml\"\nstage = []\n",
       "arms.toml:5: arm.case: an arm has a case or stages of its own, not both"},
      {head + arm + "case = \"short.toml\"\n",
       "arms.toml:5: arm.case: its stages must begin like the shared ones, load, posture; they are posture"},
      {head + arm + "[[arm.stage]]\nkind = \"lod\"\n", "arms.toml:6: stage.lod.kind: unknown stage 'lod'"},
      {head + arm + "[[arm.stage]]\nkind = \"load\"\nefort = 1\n", "arms.toml:7: stage.load.efort: unknown key"},
      {head + arm + "[[arm.stage]]\nkind = \"inflate\"\n", "arms.toml:5: stage.inflate: needs an earlier access"},
      {head + arm + "[arm.set]\n\"stage.inject.volume\" = \"3 mL\"\n",
       "arms.toml:6: arm.set.stage.inject.volume: the case has no stage 'inject'"},
      {head + arm + "[arm.set]\n\"stage.inflate.volume\" = \"3 N\"\n", "arms.toml:6: arm.set.stage.inflate.volume: "},
      {head + arm + "set = 3\n", "arms.toml:5: arm.set: must be a table"},
  };
  for (const auto& [text, told] : wrong) EXPECT_THAT(files.message(text), HasSubstr(told)) << text;
  files.write("case.toml", "[[stage]]\nkind = \"access\"\n");
  EXPECT_THAT(files.message(head + arm), HasSubstr("name the last shared one with until"));
}

TEST(comparison, every_shipped_one_is_valid) {
  int count = 0;
  for (const auto& entry : fs::directory_iterator(KYPHOSIM_SOURCE_DIR "/scenarios/comparisons")) {
    EXPECT_NO_THROW({
      const Comparison c = Comparison::read(entry.path());
      EXPECT_GE(c.arms.size(), 2u) << entry.path();
      EXPECT_THAT(c.notes, ElementsAre()) << entry.path();
    }) << entry.path();
    ++count;
  }
  EXPECT_GE(count, 2);
}

TEST(compare, bad_input_ends_with_2_before_anything_is_written) {
  const Scratch scratch;
  scratch.write("case.toml", common_case);
  const auto refused = [&](const std::string& arms, const std::string& told) {
    scratch.write("arms.toml", head + arms);
    const Outcome outcome = kyphosim(scratch.dir(), "compare arms.toml -o out");
    EXPECT_EQ(outcome.code, 2) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr(told));
    EXPECT_FALSE(fs::exists(scratch.dir() / "out"));
  };
  refused("[[arm]]\nname = \"a\"\n[[arm]]\nname = \"b\"\n[[arm.stage]]\nkind = \"cure\"\n",
          "arms.toml:7: stage.cure: needs");
  refused(
      "[[arm]]\nname = \"a\"\n[arm.set]\nstage.inflate.device = \"ibt_20_3\"\nstage.access.tip_to_cortex = \"15 mm\"\n",
      "arms.toml:3: arm 'a': case.toml:10: stage.inflate.device: the working length");
  scratch.write("own/notes.txt", "mine");
  const Outcome foreign = kyphosim(scratch.dir(), "compare arms.toml -o own --set stage.access.tip_to_cortex='5 mm'");
  EXPECT_EQ(foreign.code, 2) << foreign.err;
  EXPECT_THAT(foreign.err, HasSubstr("-o own: is not empty and holds no earlier comparison"));
}

TEST(compare, a_dry_run_tells_the_arms_and_writes_nothing) {
  const Scratch scratch;
  scratch.write("case.toml", common_case);
  scratch.write("arms.toml", head + "[[arm]]\nname = \"balloons\"\n[[arm]]\nname = \"rest\"\nstage = []\n");
  const Outcome outcome = kyphosim(scratch.dir(), "compare arms.toml --dry-run --set mesh.edge_length='4 mm'");
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("access[1], inflate[1], deflate[1], load[2]"));
  EXPECT_THAT(outcome.out, HasSubstr("nothing"));
  EXPECT_FALSE(fs::exists(scratch.dir() / "runs"));
}
