#include "core/base/errors.hpp"
#include "scenarios/digest.hpp"
#include "scenarios/measures_json.hpp"
#include "scenarios/run_folder.hpp"
#include "tests/scenarios/scratch.hpp"
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

using namespace kypho;
using namespace kypho::test;

namespace {

Scenario small_scenario(const Scratch& scratch) { return Scenario::read(scratch.write("case.toml", small_case())); }

Frame frame_with(const std::string& stage, double t, std::map<std::string, double> scalars) {
  Frame frame;
  frame.stage = stage;
  frame.pseudo_time = t;
  frame.scalars = std::move(scalars);
  return frame;
}

std::vector<std::string> names_in(const fs::path& dir) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(dir)) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

} // namespace

TEST(run_folder, a_run_leaves_echo_measures_and_manifest_and_no_temporary_files) {
  const Scratch scratch;
  const Scenario scenario = small_scenario(scratch);
  RunFolder folder(scratch.dir() / "runs/a", scenario);
  folder.begin();
  folder.finish(Measures(), "complete");
  EXPECT_EQ(names_in(scratch.dir() / "runs/a"),
            (std::vector<std::string>{"echo.toml", "manifest.json", "measures.json"}));
  EXPECT_EQ(read_file(scratch.dir() / "runs/a/echo.toml"), scenario.echo());
}

TEST(run_folder, a_folder_that_was_never_begun_is_not_left_behind) {
  const Scratch scratch;
  { const RunFolder folder(scratch.dir() / "runs/a/b", small_scenario(scratch)); }
  EXPECT_FALSE(fs::exists(scratch.dir() / "runs"));
  fs::create_directory(scratch.dir() / "own");
  { const RunFolder folder(scratch.dir() / "own", small_scenario(scratch)); }
  EXPECT_TRUE(fs::is_empty(scratch.dir() / "own"));
}

TEST(run_folder, an_earlier_run_is_replaced_but_foreign_files_in_it_stay) {
  const Scratch scratch;
  scratch.write("run/echo.toml", "old");
  scratch.write("run/report.html", "old");
  scratch.write("run/frames/0001.vtu", "old");
  scratch.write("run/notes.txt", "mine");
  RunFolder folder(scratch.dir() / "run", small_scenario(scratch));
  EXPECT_EQ(read_file(scratch.dir() / "run/report.html"), "old") << "touched before begin()";
  folder.begin();
  EXPECT_EQ(names_in(scratch.dir() / "run"), (std::vector<std::string>{"echo.toml", "notes.txt"}));
}

TEST(run_folder, a_run_that_is_taken_up_again_keeps_its_frames_checkpoints_and_log) {
  const Scratch scratch;
  for (const char* name :
       {"echo.toml", "report.html", "temperature.csv", "log.txt", "frames/0001.vtu", "checkpoint/1.h5"})
    scratch.write(std::string("run/") + name, "old");
  RunFolder folder(scratch.dir() / "run", small_scenario(scratch));
  folder.begin(true);
  EXPECT_EQ(names_in(scratch.dir() / "run"),
            (std::vector<std::string>{"checkpoint", "echo.toml", "frames", "log.txt"}));
  EXPECT_NE(read_file(scratch.dir() / "run/echo.toml"), "old");
}

TEST(run_folder, a_folder_with_other_things_and_a_file_are_refused) {
  const Scratch scratch;
  scratch.write("docs/thesis.tex", "x");
  const Scenario scenario = small_scenario(scratch);
  EXPECT_THROW(RunFolder(scratch.dir() / "docs", scenario), InputError);
  EXPECT_THROW(RunFolder(scratch.dir() / "docs/thesis.tex", scenario), InputError);
  EXPECT_THROW(RunFolder(scratch.dir() / "docs/thesis.tex/run", scenario), LimitReached);
  EXPECT_EQ(names_in(scratch.dir() / "docs"), std::vector<std::string>{"thesis.tex"});
}

TEST(run_folder, history_keeps_columns_that_appear_late_and_leaves_early_cells_empty) {
  const Scratch scratch;
  HistoryWriter history(scratch.dir() / "history.csv");
  history.frame(frame_with("fracture", 0.5, {{"height_mm", 21.25}}));
  history.frame(frame_with("inflate", 1, {{"height_mm", 0.1}, {"a_pressure_mpa", 1.5}}));
  history.flush();
  EXPECT_EQ(read_file(scratch.dir() / "history.csv"), "stage,ordinal,pseudo_time,height_mm,a_pressure_mpa\n"
                                                      "fracture,1,0.5,21.25,\n"
                                                      "inflate,1,1,0.1,1.5\n");
}

TEST(measures_json, has_the_promised_keys_and_gives_every_double_back) {
  const Scratch scratch;
  Measures m;
  m.stations["intact"].anterior_height_mm = 0.1 + 0.2;
  m.strength["treated"] = {1.0 / 3, 5e3};
  m.fracture = FractureMeasure{0.25, 0.175};
  m.balloons.push_back({"ibt_15_3", "left", 2.4, 1.2, 1.5, "volume"});
  m.cement.emplace().leaks["canal"] = 0.01;
  m.rests.push_back({"cure", 1, {}, 0.01, {{"cure", 12.5, 4.25, 8, 0.25, 0, 0.125, 0.5}, {"cure"}}});
  m.warnings.push_back("a \"quoted\" word");
  const Scenario scenario = small_scenario(scratch);
  const auto json = nlohmann::json::parse(measures_json(m, scenario));
  for (const char* key :
       {"run", "stations", "fracture", "restoration", "balloons", "pressure_volume", "cement", "strength", "warnings"})
    EXPECT_TRUE(json.contains(key)) << key;
  for (const char* key : {"dof", "nodes", "elements", "threads", "wall_s", "peak_memory_mb", "newton_iterations",
                          "cutbacks", "version", "scenario_sha256"})
    EXPECT_TRUE(json["run"].contains(key)) << key;
  EXPECT_EQ(json["stations"]["intact"]["anterior_height_mm"].get<double>(), 0.1 + 0.2);
  EXPECT_EQ(json["strength"]["treated"]["stiffness_n_per_mm"].get<double>(), 1.0 / 3);
  EXPECT_EQ(json["cement"]["leaks"]["canal"], 0.01);
  EXPECT_EQ(json["rests"][0]["energy"][0],
            nlohmann::json::parse(R"({"phase": "cure", "work_mj": 12.5, "stored_mj": 4.25, "dissipated_mj": 8.0,
              "damping_mj": 0.25, "kinetic_mj": 0.0, "balance_error": 0.125, "hold_drift": 0.5})"));
  EXPECT_TRUE(json["rests"][0]["energy"][1]["hold_drift"].is_null()) << "a phase without a hold";
  EXPECT_TRUE(json["restoration"].is_null());
  EXPECT_EQ(json["run"]["scenario_sha256"], scenario.sha256);
}

TEST(manifest, names_what_ran_and_from_what_but_no_machine_and_no_folder) {
  const Scratch scratch;
  scratch.write("secret_place/ct.nii", "abc");
  const Scenario scenario = Scenario::read(scratch.write("case.toml", small_case("volume = \"secret_place/ct.nii\"")));
  scratch.write("run/measures.json", "{}");
  const std::string text = manifest_json(scenario, scratch.dir() / "run", "complete");
  const auto json = nlohmann::json::parse(text);
  // FIPS 180-4, test vector "abc".
  EXPECT_EQ(json["inputs"][0]["sha256"], "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(json["outputs"][0]["file"], "measures.json");
  EXPECT_EQ(json["outputs"][0]["sha256"], sha256_of("{}"));
  EXPECT_EQ(text.find("secret_place"), std::string::npos);
  EXPECT_EQ(text.find(scratch.dir().filename().string()), std::string::npos);
}
