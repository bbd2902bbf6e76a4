// Whole runs of the real program.
#include "tests/scenarios/scratch.hpp"
#include <algorithm>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

using namespace kypho::test;
using nlohmann::json;
using testing::HasSubstr;

namespace {

const std::string quick = KYPHOSIM_SOURCE_DIR "/scenarios/cases/l1_quick.toml";

json read_json(const fs::path& file) { return json::parse(read_file(file)); }

/// Without what may differ between two runs.
json comparable(json measures) {
  for (const char* key : {"threads", "wall_s", "peak_memory_mb"}) measures["run"].erase(key);
  for (json& stage : measures["run"]["stages"])
    for (const char* key : {"wall_s", "linear_s", "assembly_s"}) stage.erase(key);
  return measures;
}

long rows(const fs::path& csv) {
  const std::string text = read_file(csv);
  return std::count(text.begin(), text.end(), '\n') - 1;
}

/// The quick case cut down to a compression test on a very coarse mesh.
std::string tiny_case() {
  return "title = \"tiny\"\n[mesh]\nedge_length = \"4 mm\"\nposterior_edge_length = \"5 mm\"\n[solver]\nsteps = 400\n"
         "[[stage]]\nkind = \"load\"\n";
}

} // namespace

TEST(quick_run, goes_through_the_whole_chain_and_leaves_all_files) {
  const Scratch scratch;
  const Outcome outcome = kyphosim(scratch.dir(), "run '" + quick + "' -o out");
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  for (const char* name : {"echo.toml", "history.csv", "measures.json", "manifest.json", "log.txt", "frames.pvd",
                           "frames", "landmarks.json", "report.html"})
    EXPECT_TRUE(fs::exists(scratch.dir() / "out" / name)) << name;
  const json m = read_json(scratch.dir() / "out/measures.json");
  for (const char* station : {"intact", "fractured", "prone", "inflated", "deflated", "treated"})
    EXPECT_TRUE(m["stations"].contains(station)) << station;
  for (const char* state : {"intact", "fractured", "treated"})
    EXPECT_GT(m["strength"][state]["failure_load_n"], 0) << state;
  EXPECT_GT(m["fracture"]["peak_anterior_loss"], m["fracture"]["residual_anterior_loss"]);
  EXPECT_EQ(m["balloons"].size(), 2u);
  EXPECT_GT(m["cement"]["min_conversion"], 0.8);
  EXPECT_GT(rows(scratch.dir() / "out/history.csv"), 20);
  EXPECT_THAT(outcome.out, HasSubstr("restoration:"));
  for (const auto& entry : fs::recursive_directory_iterator(scratch.dir() / "out"))
    EXPECT_NE(entry.path().extension(), ".part") << entry.path();
}

TEST(quick_run, of_quadratic_elements_goes_through_the_whole_chain_too) {
  const Scratch scratch;
  std::string stages;
  for (const char* kind : {"fracture\"\nresidual_loss = \"17.5 %\"\ntolerance = \"5 %", "posture", "access",
                           "inflate\"\neffort = 0.5\nvolume = \"1.6 mL", "deflate", "inject", "cure", "load"})
    stages += std::string("[[stage]]\nkind = \"") + kind + "\"\n";
  scratch.write("case.toml", "title = \"quadratic\"\n[mesh]\nelement_order = 2\nedge_length = \"5 mm\"\n"
                             "posterior_edge_length = \"7 mm\"\ncavity_edge_length = \"2.8 mm\"\n[solver]\n"
                             "steps = 500\nhold_steps = 1000\nbalance = 1e-3\n" +
                                 stages);
  const Outcome outcome = kyphosim(scratch.dir(), "run case.toml -o out -q");
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const json m = read_json(scratch.dir() / "out/measures.json");
  for (const char* station : {"intact", "fractured", "prone", "inflated", "deflated", "treated"})
    EXPECT_TRUE(m["stations"].contains(station)) << station;
  EXPECT_GT(m["stations"]["inflated"]["middle_height_mm"], m["stations"]["prone"]["middle_height_mm"]);
  EXPECT_GT(m["strength"]["treated"]["failure_load_n"], 0);
  EXPECT_GT(m["cement"]["min_conversion"], 0.8);
  EXPECT_TRUE(m["discretisation"].is_null()); // studied for linear elements
}

TEST(repeated_run, gives_the_same_measures_for_one_and_two_threads_and_from_its_echo) {
  const Scratch scratch;
  scratch.write("case.toml", tiny_case());
  ASSERT_EQ(kyphosim(scratch.dir(), "run case.toml -o one -q -j 1").code, 0);
  ASSERT_EQ(kyphosim(scratch.dir(), "run case.toml -o two -q -j 2").code, 0);
  ASSERT_EQ(kyphosim(scratch.dir(), "run one/echo.toml -o echo -q -j 2").code, 0);
  const json one = comparable(read_json(scratch.dir() / "one/measures.json"));
  EXPECT_EQ(comparable(read_json(scratch.dir() / "two/measures.json")), one);
  EXPECT_EQ(comparable(read_json(scratch.dir() / "echo/measures.json")), one);
  EXPECT_EQ(read_file(scratch.dir() / "two/history.csv"), read_file(scratch.dir() / "one/history.csv"));
}

TEST(repeated_run, of_quadratic_elements_gives_the_same_measures_for_one_and_two_threads) {
  const Scratch scratch;
  scratch.write("case.toml", tiny_case());
  const std::string coarse = " -q --set mesh.element_order=2 --set mesh.edge_length=\"6 mm\" "
                             "--set mesh.posterior_edge_length=\"8 mm\"";
  ASSERT_EQ(kyphosim(scratch.dir(), "run case.toml -o one -j 1" + coarse).code, 0);
  ASSERT_EQ(kyphosim(scratch.dir(), "run case.toml -o two -j 2" + coarse).code, 0);
  EXPECT_EQ(comparable(read_json(scratch.dir() / "two/measures.json")),
            comparable(read_json(scratch.dir() / "one/measures.json")));
}

TEST(interrupted_run, ends_with_130_and_leaves_a_readable_folder) {
  const Scratch scratch;
  // Enough steps that the signal comes while the first stage runs.
  scratch.write("case.toml", tiny_case() + "effort = 50\n");
  const Outcome outcome = kyphosim(
      scratch.dir(), "run case.toml -o out -q & pid=$!; "
                     "for i in $(seq 200); do [ -e out/frames/index.json ] && break; sleep 0.1; done; sleep 1; "
                     "kill -INT $pid; wait $pid");
  EXPECT_EQ(outcome.code, 130) << outcome.err;
  EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
  EXPECT_TRUE(read_json(scratch.dir() / "out/measures.json")["stations"].contains("intact"));
  EXPECT_NE(read_json(scratch.dir() / "out/manifest.json")["ending"], "complete");
  EXPECT_GE(rows(scratch.dir() / "out/history.csv"), 1);
  EXPECT_TRUE(fs::exists(scratch.dir() / "out/frames.pvd"));
}

TEST(full_disk, ends_with_4_and_one_line) {
  const Scratch scratch;
  scratch.write("case.toml", tiny_case());
  // The shell counts file sizes in blocks of 512 or 1024 bytes: no file of a frame fits.
  const Outcome outcome = kyphosim(scratch.dir(), "run case.toml -o out -q", "ulimit -f 16;");
  EXPECT_EQ(outcome.code, 4) << outcome.err;
  EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("cannot write"));
}

TEST(dry_run, tells_size_and_time_and_writes_nothing) {
  const Scratch scratch;
  scratch.write("case.toml", tiny_case());
  const Outcome outcome = kyphosim(scratch.dir(), "run case.toml -o out --dry-run");
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out,
              testing::MatchesRegex("case.toml: [0-9]+ nodes, [0-9]+ tetrahedra, [0-9]+ degrees of freedom; "
                                    "about [0-9]+ MB and [0-9.]+ min.*\n"));
  EXPECT_FALSE(fs::exists(scratch.dir() / "out"));
}

TEST(mesh_too_coarse, a_mesh_that_loses_a_region_is_refused_and_leaves_nothing) {
  const Scratch scratch;
  scratch.write("case.toml",
                small_case("level = \"T5\"") + "[mesh]\nedge_length = \"6 mm\"\nposterior_edge_length = \"8 mm\"\n");
  const Outcome outcome = kyphosim(scratch.dir(), "run case.toml -o out -q");
  EXPECT_EQ(outcome.code, 2) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("use smaller edge lengths"));
  EXPECT_FALSE(fs::exists(scratch.dir() / "out"));
}
