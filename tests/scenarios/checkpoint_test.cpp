#include "core/base/errors.hpp"
#include "scenarios/checkpoint.hpp"
#include "scenarios/measures_json.hpp"
#include "scenarios/table_file.hpp"
#include "tests/scenarios/scratch.hpp"
#include <gmock/gmock.h>

using namespace kypho;
using namespace kypho::test;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

namespace {

const std::string stages = "[[stage]]\nkind = \"load\"\n[[stage]]\nkind = \"posture\"\n[[stage]]\nkind = \"load\"\n";

/// A run folder that holds a checkpoint after each of three stages.
class Checkpoint : public testing::Test {
protected:
  void SetUp() override {
    const Checkpoints checkpoints(run, scenario());
    for (int k = 1; k <= 3; ++k) {
      Archive state;
      double value = k;
      state("value", value);
      checkpoints.write(k, state);
    }
  }
  Scenario scenario(const std::vector<std::string>& overrides = {}) const {
    return Scenario::read(scratch.write("case.toml", small_case("", stages)), overrides);
  }
  int held(const std::vector<std::string>& overrides = {}) const {
    return Checkpoints(run, scenario(overrides)).stages_held();
  }
  std::string refusal(int stages_done, const std::vector<std::string>& overrides = {}) const {
    try {
      Checkpoints(run, scenario(overrides)).read(stages_done);
    } catch (const InputError& error) {
      return error.what();
    }
    return "";
  }
  Scratch scratch;
  fs::path run = scratch.dir() / "run", second = run / "checkpoint/02_posture.h5";
};

/// Every file below a folder, with what is in it.
std::map<std::string, std::string> contents(const fs::path& dir) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(dir))
    if (entry.is_regular_file()) files[entry.path().string()] = read_file(entry.path());
  return files;
}

} // namespace

TEST_F(Checkpoint, gives_the_state_after_its_stage_back) {
  Archive state = Checkpoints(run, scenario()).read(2);
  double value = 0;
  state("value", value);
  EXPECT_EQ(value, 2);
  EXPECT_NO_THROW(state.expect_all_read());
  EXPECT_TRUE(fs::exists(run / "checkpoint/03_load2.h5"));
}

TEST_F(Checkpoint, stages_before_the_first_one_that_changed_are_used_again) {
  EXPECT_EQ(held(), 3);
  EXPECT_EQ(held({"stage.posture.preload=200 N"}), 1);
  EXPECT_EQ(held({"stage.load[2].effort=2"}), 2);
  EXPECT_EQ(held({"stage.load[1].effort=2"}), 0);
  EXPECT_EQ(held({"title=other"}), 3) << "a title changes no figure";
}

TEST_F(Checkpoint, the_last_one_is_enough) {
  fs::remove(run / "checkpoint/01_load.h5");
  fs::remove(second);
  EXPECT_EQ(held(), 3);
  fs::remove_all(run);
  EXPECT_EQ(held(), 0);
}

TEST_F(Checkpoint, of_another_case_is_refused_and_the_first_difference_is_named) {
  const std::string message = refusal(2, {"stage.posture.preload=200 N"});
  EXPECT_THAT(message,
              HasSubstr("02_posture.h5: comes from another case: stage 2: preload = \"110 N\" there, preload = "
                        "\"200 N\" here"));
  EXPECT_THAT(refusal(1, {"mesh.edge_length=2 mm"}), HasSubstr("[mesh] edge_length"));
  EXPECT_EQ(refusal(1, {"stage.posture.preload=200 N"}), "");
  EXPECT_THROW(held({"mesh.edge_length=2 mm"}), InputError);
}

TEST_F(Checkpoint, of_another_engine_or_accuracy_is_taken_where_that_is_asked_for) {
  const std::vector<std::string> other{"solver.engine=auto", "solver.increments=33"};
  EXPECT_THAT(refusal(2, other), HasSubstr("[solver] engine = \"explicit\" there"));
  EXPECT_THAT(refusal(2, other), HasSubstr("--from-stage"));
  EXPECT_THROW(held(other), InputError);
  const auto solved_otherwise = [&](const std::vector<std::string>& overrides) {
    Checkpoints checkpoints(run, scenario(overrides));
    checkpoints.read(2, true);
    EXPECT_EQ(checkpoints.switched(), !overrides.empty());
    return checkpoints.solved_otherwise();
  };
  EXPECT_THAT(solved_otherwise(other), ElementsAre(StartsWith("load[1]: engine = \"explicit\", increments = "),
                                                   StartsWith("posture[1]: engine = \"explicit\", increments = ")));
  EXPECT_THAT(solved_otherwise({}), IsEmpty());
  const auto expect_refusal = [&](const std::vector<std::string>& overrides, const std::string& reason) {
    try {
      Checkpoints(run, scenario(overrides)).read(2, true);
      ADD_FAILURE() << "no refusal";
    } catch (const InputError& error) {
      EXPECT_THAT(error.what(), HasSubstr(reason));
    }
  };
  expect_refusal({"solver.steps=500", "solver.self_contact=on"}, "self_contact = \"off\" there"); // another body
  expect_refusal({"solver.engine=auto", "stage.posture.preload=200 N"}, "stage 2: preload");
}

TEST_F(Checkpoint, keeps_how_each_stage_was_solved) {
  const std::vector<std::string> newton{"solver.engine=implicit"};
  Checkpoints second_way(run, scenario(newton));
  second_way.read(2, true);
  second_way.remove_beyond(2);
  EXPECT_THROW(second_way.stages_held(), InputError) << "nothing is done yet in the second way";
  Archive state;
  second_way.write(3, state);
  EXPECT_EQ(held(newton), 3) << "the run in the folder goes on";
  Checkpoints third_way(run, scenario());
  third_way.read(3, true);
  EXPECT_TRUE(third_way.switched());
  EXPECT_THAT(third_way.solved_otherwise(), ElementsAre("load[2]: engine = \"implicit\""));
  Checkpoints again(run, scenario(newton));
  again.read(3);
  EXPECT_FALSE(again.switched());
  EXPECT_THAT(again.solved_otherwise(),
              ElementsAre("load[1]: engine = \"explicit\"", "posture[1]: engine = \"explicit\""));
}

TEST_F(Checkpoint, does_not_fit_when_an_input_file_has_changed) {
  scratch.write("ct.nii", "abc");
  const fs::path file = scratch.write("ct.toml", small_case("volume = \"ct.nii\"", stages));
  Archive state;
  Checkpoints(scratch.dir() / "ct", Scenario::read(file)).write(1, state);
  EXPECT_EQ(Checkpoints(scratch.dir() / "ct", Scenario::read(file)).stages_held(), 1);
  scratch.write("ct.nii", "abd");
  EXPECT_THROW(Checkpoints(scratch.dir() / "ct", Scenario::read(file)).stages_held(), InputError);
}

TEST_F(Checkpoint, of_another_version_is_refused) {
  State state = read_tables(second);
  state["header/version"] = Rows<std::string>{1, {"0.0.1"}};
  write_tables(second, state);
  EXPECT_THAT(refusal(2), HasSubstr("was written by kyphosim 0.0.1, format 2; this is " + std::string(version())));
  state = read_tables(second);
  state["header/format"] = Rows<std::int64_t>{1, {99}};
  write_tables(second, state);
  EXPECT_THAT(refusal(2), HasSubstr("format 99"));
  EXPECT_THROW(held(), InputError);
}

TEST_F(Checkpoint, a_missing_one_is_named) {
  fs::remove(second);
  EXPECT_THAT(refusal(2), HasSubstr("02_posture.h5: does not exist"));
}

TEST_F(Checkpoint, those_beyond_a_stage_are_removed_and_other_files_stay) {
  scratch.write("run/checkpoint/notes.txt", "mine");
  Checkpoints(run, scenario()).remove_beyond(1);
  EXPECT_EQ(contents(run).size(), 2u);
  EXPECT_EQ(held(), 1);
}

TEST_F(Checkpoint, a_stage_is_found_by_kind_or_kind_and_number) {
  EXPECT_EQ(find_stage_place(scenario(), "posture"), 1);
  EXPECT_EQ(find_stage_place(scenario(), "load"), 0);
  EXPECT_EQ(find_stage_place(scenario(), "load[2]"), 2);
  for (const char* wrong : {"inject", "load[3]", "load[x]"})
    EXPECT_THROW(find_stage_place(scenario(), wrong), InputError);
}

TEST_F(Checkpoint, the_program_refuses_what_it_cannot_go_on_from_with_2_and_touches_nothing) {
  scratch.write("run/echo.toml", scenario().echo());
  scratch.write("run/history.csv", "stage\n");
  const std::string whole = read_file(second);
  State other = read_tables(second);
  other["header/version"] = Rows<std::string>{1, {"0.0.1"}};
  const auto expect_refusal = [&](const std::string& options, const std::string& reason) {
    const auto before = contents(run);
    const Outcome outcome = kyphosim(scratch.dir(), "run case.toml -o run " + options);
    EXPECT_EQ(outcome.code, 2) << options;
    EXPECT_THAT(outcome.err, HasSubstr(reason));
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
    EXPECT_EQ(contents(run), before) << options;
  };
  expect_refusal("--resume --set anatomy.level=T12", "comes from another case: [anatomy] level");
  expect_refusal("--from-stage load[2] --set stage.posture.preload=\"1 N\"", "stage 2: preload");
  expect_refusal("--from-stage load[2]", "has no table"); // a sound file, but no state of a model
  scratch.write("run/checkpoint/02_posture.h5", whole.substr(0, whole.size() / 2));
  expect_refusal("--resume", "02_posture.h5: is cut off or damaged");
  expect_refusal("--from-stage load[2]", "02_posture.h5: is cut off or damaged");
  write_tables(second, other);
  expect_refusal("--resume", "was written by kyphosim 0.0.1");
  fs::remove(second);
  expect_refusal("--from-stage load[2]", "02_posture.h5: does not exist");
  expect_refusal("--from-stage cure", "the case has no stage 'cure'; it has load, posture, load[2]");
}

TEST_F(Checkpoint, a_complete_run_is_left_as_it_is) {
  scratch.write("run/echo.toml", scenario().echo());
  scratch.write("run/manifest.json", manifest_json(scenario(), run, "complete"));
  const auto before = contents(run);
  const Outcome outcome = kyphosim(scratch.dir(), "run case.toml -o run --resume");
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("run: the run is complete"));
  EXPECT_EQ(contents(run), before);
}
