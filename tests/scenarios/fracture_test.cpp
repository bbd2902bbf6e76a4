#include "scenarios/run.hpp"
#include "scratch.hpp"

namespace kypho {
namespace {

/// Keeps the heights of the last frame before the unloading.
class Heights final : public ResultSink {
public:
  void frame(const Frame& frame) override {
    if (frame.pseudo_time <= 0.7 && frame.scalars.contains("platen_rise_mm")) crushed = frame.scalars;
  }
  std::map<std::string, double> crushed;
};

TEST(Fracture, tells_the_losses_of_height_that_the_bone_shows_also_when_the_middle_is_pressed) {
  const test::Scratch scratch;
  scratch.write("case.toml", "[anatomy]\nlevel = \"T8\"\nposterior_elements = \"none\"\n"
                             "[mesh]\nedge_length = \"4 mm\"\n[solver]\nsteps = 400\n"
                             "[[stage]]\nkind = \"fracture\"\npattern = \"biconcave\"\nresidual_loss = \"12 %\"\n"
                             "tolerance = \"3 %\"\n");
  Heights sink;
  Measures m;
  run(Scenario::read(scratch.dir() / "case.toml"), sink, {}, 1, m);
  const Station &intact = m.stations.at("intact"), &fractured = m.stations.at("fractured");
  EXPECT_NEAR(1 - fractured.middle_height_mm / intact.middle_height_mm, 0.12, 0.031);
  const FractureMeasure& f = *m.fracture;
  EXPECT_DOUBLE_EQ(f.peak_anterior_loss, 1 - sink.crushed.at("anterior_height_mm") / intact.anterior_height_mm);
  EXPECT_DOUBLE_EQ(f.peak_middle_loss, 1 - sink.crushed.at("middle_height_mm") / intact.middle_height_mm);
  EXPECT_DOUBLE_EQ(f.residual_anterior_loss, 1 - fractured.anterior_height_mm / intact.anterior_height_mm);
  EXPECT_DOUBLE_EQ(f.residual_middle_loss, 1 - fractured.middle_height_mm / intact.middle_height_mm);
  EXPECT_GT(f.peak_middle_loss, f.residual_middle_loss);
  EXPECT_TRUE(f.deepest_in_the_middle());
  EXPECT_LT(f.peak_anterior_loss, 0.5 * f.peak_middle_loss) << "the rim is not pressed";
}

// Lamina and pedicle are so thin that the far surface lies within the reach of the search.
TEST(Fracture, walls_of_the_arch_do_not_touch_through_the_bone) {
  double loss[2];
  for (const bool contact : {false, true}) {
    const test::Scratch scratch;
    scratch.write("case.toml", std::string("[mesh]\nedge_length = \"4 mm\"\nposterior_edge_length = \"4 mm\"\n"
                                           "[solver]\nsteps = 500\nhold_steps = 1000\nbalance = 1e-3\n") +
                                   "self_contact = \"" + (contact ? "on" : "off") +
                                   "\"\n[[stage]]\nkind = \"fracture\"\nresidual_loss = \"17.5 %\"\n"
                                   "tolerance = \"5 %\"\n");
    Heights sink;
    Measures m;
    run(Scenario::read(scratch.dir() / "case.toml"), sink, {}, 1, m);
    loss[contact] = m.fracture->residual_anterior_loss;
  }
  EXPECT_NEAR(loss[1], loss[0], 0.02 * loss[0]);
}

} // namespace
} // namespace kypho
