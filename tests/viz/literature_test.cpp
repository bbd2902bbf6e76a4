// Bands of the literature belong to figures that a run can have, and say where they come from.
#include "tests/viz/scratch.hpp"
#include "tests/viz/synthetic_run.hpp"
#include "viz/detail/figures.hpp"
#include "viz/literature.hpp"
#include "viz/run_folder.hpp"
#include <gmock/gmock.h>
#include <set>

namespace kypho {
namespace {

Measures full_measures() {
  const test::Scratch dir;
  write_whole_file(dir.path() / "measures.json", test::synthetic_measures().dump());
  return read_measures(dir);
}

TEST(Literature, EveryBandIsOrderedAndNamesItsSourceAndCondition) {
  ASSERT_GT(literature().size(), 15u);
  for (const LiteratureBand& band : literature()) {
    EXPECT_LE(band.low, band.high) << band.text;
    EXPECT_FALSE(band.text.empty() || band.source.empty() || band.condition.empty()) << band.measure;
  }
}

TEST(Literature, EveryBandBelongsToAFigureOfACompleteRun) {
  std::set<std::string> keys;
  for (const auto& figure : detail::figures_of(full_measures())) keys.insert(figure.key);
  for (const LiteratureBand& band : literature()) EXPECT_TRUE(keys.count(band.measure)) << band.measure;
}

TEST(Literature, FiguresOfPartialRunsLeaveOutWhatTheRunDoesNotHave) {
  Measures only_load;
  only_load.strength["intact"] = {3000, 2900};
  for (const auto& figure : detail::figures_of(only_load)) EXPECT_EQ(figure.group, "Strength");
  EXPECT_EQ(detail::figures_of(only_load).size(), 3u);
  EXPECT_TRUE(detail::figures_of(Measures{}).empty());
}

TEST(Literature, FiguresAreShownInClinicalUnits) {
  for (const auto& figure : detail::figures_of(full_measures())) {
    if (figure.key == "fracture.residual_loss") EXPECT_EQ(figure.shown(), "18.0 %");
    if (figure.key == "balloon.pressure") EXPECT_EQ(figure.shown(), "1.00 MPa (145 psi)");
    if (figure.key == "strength.stiffness_ratio") EXPECT_EQ(figure.shown(), "0.77");
  }
}

} // namespace
} // namespace kypho
