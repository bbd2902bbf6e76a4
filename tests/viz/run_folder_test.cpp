// Reading a run folder back: frames by stage name, tables with gaps, figures.
#include "core/base/errors.hpp"
#include "tests/viz/scratch.hpp"
#include "tests/viz/synthetic_run.hpp"
#include "viz/run_folder.hpp"
#include <gmock/gmock.h>

namespace kypho {
namespace {

using test::Scratch;
using testing::HasSubstr;

template <class Call>
std::string message_of(Call call) {
  try {
    call();
  } catch (const InputError& error) {
    return error.what();
  }
  return "no InputError";
}

std::vector<FrameInfo> two_loads() {
  std::vector<FrameInfo> frames(5);
  const char* kinds[] = {"load", "fracture", "fracture", "load", "load"};
  const int index[] = {0, 1, 1, 2, 2}, ordinal[] = {1, 1, 1, 2, 2};
  for (int i = 0; i < 5; ++i) {
    frames[i].stage = kinds[i];
    frames[i].stage_index = index[i];
    frames[i].ordinal = ordinal[i];
  }
  return frames;
}

TEST(RunFolder, FindsTheLastFrameOfAStageByKindOrdinalAndPlace) {
  const auto frames = two_loads();
  EXPECT_EQ(&find_stage_frame(frames, "fracture"), &frames[2]);
  EXPECT_EQ(&find_stage_frame(frames, "load"), &frames[4]);
  EXPECT_EQ(&find_stage_frame(frames, "load[1]"), &frames[0]);
  EXPECT_EQ(&find_stage_frame(frames, "1"), &frames[2]);
  EXPECT_EQ(&find_stage_frame(frames, "first"), &frames[0]);
  EXPECT_EQ(&find_stage_frame(frames, "last"), &frames[4]);
}

TEST(RunFolder, NamesTheStagesThatExistWhenAskedForAnother) {
  const auto frames = two_loads();
  EXPECT_THAT(message_of([&] { find_stage_frame(frames, "inflate"); }), HasSubstr("load[1], fracture[1], load[2]"));
}

TEST(RunFolder, NumbersStagesOnlyWhereThereAreSeveralOfAKind) {
  const auto frames = two_loads();
  EXPECT_EQ(stage_title(frames, frames[4]), "Load test 2");
  EXPECT_EQ(stage_title(frames, frames[1]), "Fracture");
}

TEST(RunFolder, ReadsTablesWithEmptyCellsAndTextColumns) {
  const Scratch dir;
  const auto csv = dir.path() / "history.csv";
  write_whole_file(csv, "stage,force_n,pressure_mpa\r\nfracture,12.5,\ninflate,nan,0.9\n");
  const Table table = read_table(csv);
  EXPECT_EQ(table.rows, 2u);
  EXPECT_EQ(table.texts.at("stage")[1], "inflate");
  EXPECT_DOUBLE_EQ(table.numbers.at("force_n")[0], 12.5);
  EXPECT_TRUE(std::isnan(table.numbers.at("force_n")[1]));
  EXPECT_TRUE(std::isnan(table.numbers.at("pressure_mpa")[0]));
  EXPECT_DOUBLE_EQ(table.numbers.at("pressure_mpa")[1], 0.9);
}

TEST(RunFolder, ReadsMeasuresWithPartsMissingOrNull) {
  const Scratch dir;
  write_whole_file(dir.path() / "measures.json",
                   R"({"run": {"dof": 12}, "fracture": null, "strength": {"intact": {"stiffness_n_per_mm": 3000}},
                       "cement": {"injected_ml": 4.2, "min_conversion": null}})");
  const Measures m = read_measures(dir);
  EXPECT_EQ(m.run.dof, 12);
  EXPECT_FALSE(m.fracture || m.restoration);
  EXPECT_DOUBLE_EQ(m.strength.at("intact").stiffness_n_per_mm, 3000);
  ASSERT_TRUE(m.cement);
  EXPECT_DOUBLE_EQ(m.cement->injected_ml, 4.2);
  EXPECT_FALSE(m.cement->min_conversion);
}

TEST(RunFolder, SaysWhichFileIsBroken) {
  const Scratch dir;
  EXPECT_THAT(message_of([&] { read_frames(dir); }), HasSubstr("holds no frames"));
  write_whole_file(dir.path() / "measures.json", "{\"run\": ");
  EXPECT_THAT(message_of([&] { read_measures(dir); }), HasSubstr("measures.json"));
  test::write_synthetic_run(dir, 4, false);
  write_whole_file(dir.path() / "frames" / "index.json", "{\"frames\": [{}]}");
  EXPECT_THAT(message_of([&] { read_frames(dir); }), HasSubstr("index.json"));
}

} // namespace
} // namespace kypho
