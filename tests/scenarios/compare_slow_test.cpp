// Comparisons by the real program: arms that go on from one state give what their whole cases give.
#include "tests/scenarios/same_results.hpp"
#include <gmock/gmock.h>

using namespace kypho::test;
using nlohmann::json;
using testing::HasSubstr;

namespace {

/// Few steps on a coarse mesh; channels are drilled, so that the mesh changes on the way.
const std::string common_case =
    "title = \"tiny\"\n[mesh]\nedge_length = \"4.5 mm\"\nposterior_edge_length = \"5 mm\"\n"
    "cavity_edge_length = \"2 mm\"\n[solver]\nsteps = 400\nhold_steps = 1000\nbalance = 0.01\n"
    "[[stage]]\nkind = \"posture\"\n[[stage]]\nkind = \"access\"\n[[stage]]\nkind = \"inflate\"\n"
    "volume = \"1 mL\"\neffort = 0.2\n[[stage]]\nkind = \"deflate\"\neffort = 0.2\n"
    "[[stage]]\nkind = \"load\"\neffort = 0.3\n";
const std::string tested = "[[arm]]\nname = \"no treatment\"\n[[arm.stage]]\nkind = \"load\"\neffort = 0.3\n";
const std::string balloons = "[[arm]]\nname = \"balloons\"\n";
/// Less than the channels hold, which shows itself when they are drilled.
const std::string unfilled = "[[arm]]\nname = \"unfilled\"\n[[arm.stage]]\nkind = \"access\"\n[[arm.stage]]\n"
                             "kind = \"inject\"\nvolume = \"0.1 mL\"\n";

class Folder {
public:
  explicit Folder(const std::string& arms) {
    scratch_.write("case.toml", common_case);
    rewrite(arms);
  }
  void rewrite(const std::string& arms) const {
    scratch_.write("arms.toml", "title = \"arms\"\ncase = \"case.toml\"\nuntil = \"posture\"\n" + arms);
  }
  Outcome run(const std::string& arguments) const { return kyphosim(scratch_.dir(), arguments); }
  fs::path operator/(const std::string& path) const { return scratch_.dir() / path; }
  json results() const { return json::parse(read_file(scratch_.dir() / "out/compare.json")); }

private:
  Scratch scratch_;
};

} // namespace

TEST(compare, an_arm_gives_the_same_bits_as_its_whole_case_in_one_go) {
  const Folder folder(tested + balloons);
  const Outcome outcome = folder.run("compare arms.toml -o out -j 2");
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("no treatment"));
  for (const char* arm : {"no_treatment", "balloons"}) {
    const std::string name = arm;
    ASSERT_EQ(folder.run("run out/cases/" + name + ".toml -o whole_" + name + " -q").code, 0);
    expect_same_results(folder / ("whole_" + name), folder / ("out/" + name));
  }
  const json all = folder.results();
  EXPECT_EQ(all["arms"][0]["gain"]["anterior_height_mm"], 0.0);
  EXPECT_GT(all["arms"][1]["gain"]["middle_height_mm"], 0.0);
  EXPECT_THAT(read_file(folder / "out/compare.html"), HasSubstr("balloons/report.html"));
}

TEST(compare, an_arm_that_fails_is_kept_with_its_reason_and_the_others_are_complete) {
  const Folder folder(unfilled + tested);
  const Outcome outcome = folder.run("compare arms.toml -o out -q --jobs 1");
  EXPECT_EQ(outcome.code, 3) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("1 of 2 arms failed"));
  const json arms = folder.results()["arms"];
  EXPECT_NE(arms[0]["exit_code"], 0);
  EXPECT_THAT(arms[0]["reason"].get<std::string>(), HasSubstr("does not fill the cavity"));
  EXPECT_EQ(arms[1]["exit_code"], 0);
  EXPECT_THAT(read_file(folder / "out/compare.html"), HasSubstr("does not fill the cavity"));
}

TEST(compare, an_interrupt_stops_the_arms_and_resume_goes_on_with_what_is_new_or_changed) {
  const Folder folder(tested + balloons);
  const Outcome broken =
      folder.run("compare arms.toml -o out -q & pid=$!; for i in $(seq 1200); do [ -e "
                 "out/balloons/checkpoint/02_access.h5 ] && break; sleep 0.05; done; kill -INT $pid; "
                 "wait $pid");
  ASSERT_EQ(broken.code, 130) << broken.err;
  EXPECT_THAT(broken.err, HasSubstr("--resume goes on with it"));
  EXPECT_EQ(folder.results()["arms"][1]["exit_code"], 130);
  EXPECT_THAT(folder.results()["arms"][1]["reason"].get<std::string>(), HasSubstr("interrupted in "));
  EXPECT_EQ(json::parse(read_file(folder / "out/balloons/manifest.json"))["ending"].get<std::string>().substr(0, 11),
            "interrupted");

  const auto first_written = fs::last_write_time(folder / "out/common/measures.json");
  folder.rewrite(tested + balloons + "[[arm]]\nname = \"at rest\"\nstage = []\n");
  const Outcome resumed = folder.run("compare arms.toml -o out -q --resume");
  ASSERT_EQ(resumed.code, 0) << resumed.err;
  EXPECT_EQ(fs::last_write_time(folder / "out/common/measures.json"), first_written);
  EXPECT_EQ(folder.results()["arms"].size(), 3u);
  EXPECT_THAT(read_file(folder / "out/balloons/log.txt"), HasSubstr("goes on after access[1]"));
  ASSERT_EQ(folder.run("run out/cases/balloons.toml -o whole -q").code, 0);
  expect_same_results(folder / "whole", folder / "out/balloons");
}
