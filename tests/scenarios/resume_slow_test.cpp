// Runs of the real program that are broken off and taken up again: every file ends as if nothing had happened.
#include "tests/scenarios/same_results.hpp"
#include <gmock/gmock.h>

using namespace kypho::test;
using nlohmann::json;
using testing::HasSubstr;

namespace {

/// The whole chain on the coarsest mesh that holds a balloon, with few steps.
const std::string chain =
    "run '" KYPHOSIM_SOURCE_DIR "/scenarios/cases/l1_quick.toml' -q --set mesh.edge_length=\"4 mm\" "
    "--set solver.steps=300 --set solver.hold_steps=1000 --set solver.balance=0.01 ";

json read_json(const fs::path& file) { return json::parse(read_file(file)); }

std::vector<fs::path> checkpoints(const fs::path& run) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(run / "checkpoint")) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

/// @p whole as if the run had ended after @p stages_done stages, some frames into the next one.
void copy_broken_off(const fs::path& whole, const fs::path& part, std::size_t stages_done) {
  fs::remove_all(part);
  fs::copy(whole, part, fs::copy_options::recursive);
  const std::vector<fs::path> files = checkpoints(part);
  for (std::size_t k = stages_done; k < files.size(); ++k) fs::remove(files[k]);
  for (const char* name : {"measures.json", "manifest.json", "report.html"}) fs::remove(part / name);
}

std::string tiny_case() {
  return "title = \"tiny\"\n[mesh]\nedge_length = \"4 mm\"\nposterior_edge_length = \"5 mm\"\n[solver]\nsteps = 400\n"
         "[[stage]]\nkind = \"posture\"\n[[stage]]\nkind = \"load\"\neffort = 20\n";
}

} // namespace

TEST(broken_off_run, ends_with_the_same_files_whichever_stage_was_its_last) {
  const Scratch scratch;
  const fs::path whole = scratch.dir() / "whole", part = scratch.dir() / "part";
  const Outcome outcome = kyphosim(scratch.dir(), chain + "-o whole");
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const std::size_t stages = checkpoints(whole).size();
  ASSERT_EQ(stages, 10u);
  for (std::size_t k = 0; k <= stages; ++k) {
    copy_broken_off(whole, part, k);
    const Outcome resumed = kyphosim(scratch.dir(), chain + "-o part --resume");
    ASSERT_EQ(resumed.code, 0) << k << ": " << resumed.err;
    expect_same_results(whole, part);
  }
}

TEST(broken_off_run, a_signal_within_a_stage_costs_that_stage_only) {
  const Scratch scratch;
  scratch.write("case.toml", tiny_case());
  ASSERT_EQ(kyphosim(scratch.dir(), "run case.toml -o whole -q").code, 0);
  const Outcome broken =
      kyphosim(scratch.dir(), "run case.toml -o part -q & pid=$!; for i in $(seq 600); do "
                              "[ -e part/frames/0005_load.vtu ] && break; sleep 0.05; done; kill -INT $pid; wait $pid");
  ASSERT_EQ(broken.code, 130) << broken.err;
  EXPECT_THAT(broken.err, HasSubstr("--resume goes on with it"));
  EXPECT_EQ(checkpoints(scratch.dir() / "part").size(), 1u);
  const Outcome resumed = kyphosim(scratch.dir(), "run case.toml -o part --resume");
  ASSERT_EQ(resumed.code, 0) << resumed.err;
  EXPECT_THAT(resumed.out, HasSubstr("goes on after posture[1], 1 of 2 stages; first one computed anew: load[1]"));
  expect_same_results(scratch.dir() / "whole", scratch.dir() / "part");
  const Outcome again = kyphosim(scratch.dir(), "run case.toml -o part --resume");
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_THAT(again.out, HasSubstr("complete"));
}

TEST(changed_case, only_what_follows_the_change_is_computed_anew) {
  const Scratch scratch;
  scratch.write("case.toml", tiny_case());
  ASSERT_EQ(kyphosim(scratch.dir(), "run case.toml -o part -q").code, 0);
  const std::string changed = "run case.toml --set stage.load.effort=1 ";
  ASSERT_EQ(kyphosim(scratch.dir(), changed + "-o whole -q").code, 0);
  const Outcome resumed = kyphosim(scratch.dir(), changed + "-o part --resume");
  ASSERT_EQ(resumed.code, 0) << resumed.err;
  EXPECT_THAT(resumed.out, HasSubstr("first one computed anew: load[1]"));
  expect_same_results(scratch.dir() / "whole", scratch.dir() / "part");
  const Outcome from_stage = kyphosim(scratch.dir(), changed + "-o part --from-stage load -q");
  ASSERT_EQ(from_stage.code, 0) << from_stage.err;
  expect_same_results(scratch.dir() / "whole", scratch.dir() / "part");
}

TEST(another_engine, goes_on_from_what_the_first_one_left_and_the_figures_say_so) {
  const Scratch scratch;
  scratch.write("case.toml", tiny_case());
  ASSERT_EQ(kyphosim(scratch.dir(), "run case.toml -o run -q").code, 0);
  const json before = read_json(scratch.dir() / "run/measures.json");
  const std::string newton = "run case.toml -o run -q --from-stage load --set solver.engine=implicit";
  const Outcome outcome = kyphosim(scratch.dir(), newton + " --set stage.load.effort=1 --set solver.increments=40");
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const json after = read_json(scratch.dir() / "run/measures.json");
  EXPECT_LT(after["run"]["explicit_steps"], before["run"]["explicit_steps"].get<long>());
  EXPECT_GT(after["run"]["explicit_steps"], 0);
  EXPECT_GT(after["run"]["newton_iterations"], 40);
  EXPECT_THAT(after["warnings"].dump(), HasSubstr("earlier stages were solved with other keys of [solver]"));
  ASSERT_EQ(after["solved_otherwise"].size(), 1u);
  EXPECT_THAT(after["solved_otherwise"][0].get<std::string>(), HasSubstr("posture[1]: engine = \"explicit\""));
  EXPECT_EQ(kyphosim(scratch.dir(), "rerun run -q").code, 2) << "echo.toml tells one way only";
  const auto strength = [](const json& measures) {
    return measures["strength"]["intact"]["failure_load_n"].get<double>();
  };
  EXPECT_NEAR(strength(after), strength(before), 0.05 * strength(before)); // 40 increments, few steps
}

TEST(rerun, repeats_a_run_and_says_that_the_figures_agree) {
  const Scratch scratch;
  scratch.write("case.toml", tiny_case());
  ASSERT_EQ(kyphosim(scratch.dir(), "run case.toml -o one -q --set stage.load.effort=1").code, 0);
  const Outcome same = kyphosim(scratch.dir(), "rerun one/ -q");
  EXPECT_EQ(same.code, 0) << same.err;
  EXPECT_EQ(same.out, "one and one-rerun agree in all figures\n");
  json measures = read_json(scratch.dir() / "one/measures.json");
  measures["strength"]["intact"]["failure_load_n"] = 1;
  scratch.write("one/measures.json", measures.dump());
  const Outcome other = kyphosim(scratch.dir(), "rerun one -o two -q");
  EXPECT_EQ(other.code, 1) << other.err;
  EXPECT_EQ(other.out, "one and two differ in /strength/intact/failure_load_n\n");
}
