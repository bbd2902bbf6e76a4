// Devices in a fractured vertebra, by the real program on the coarse mesh.
#include "tests/scenarios/scratch.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

using namespace kypho::test;
using nlohmann::json;
using testing::HasSubstr;

namespace {

/// Measures after fracture, posture and @p stages.
json after(const std::string& stages) {
  const Scratch scratch;
  scratch.write("case.toml", "title = \"device\"\n[mesh]\nedge_length = \"3 mm\"\nposterior_edge_length = \"4 mm\"\n"
                             "cavity_edge_length = \"1.6 mm\"\n[solver]\nhold_steps = 3000\n"
                             "[[stage]]\nkind = \"fracture\"\nresidual_loss = \"17.5 %\"\ntolerance = \"3 %\"\n"
                             "[[stage]]\nkind = \"posture\"\n" +
                                 stages);
  const Outcome outcome = kyphosim(scratch.dir(), "run case.toml -o out -q");
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  return json::parse(read_file(scratch.dir() / "out/measures.json"));
}

double anterior(const json& m, const char* station) { return m["stations"][station]["anterior_height_mm"]; }

} // namespace

TEST(device, a_jack_lifts_with_equal_forces_and_holds_what_it_lifted) {
  const json m = after("[[stage]]\nkind = \"access\"\nchannel_diameter = \"5 mm\"\ntip_to_cortex = \"4 mm\"\n"
                       "target_lateral = \"11 mm\"\n[[stage]]\nkind = \"expand\"\nstep = \"3 mm\"\nheight = \"12 mm\"\n"
                       "[[stage]]\nkind = \"deflate\"\n[[stage]]\nkind = \"inject\"\n[[stage]]\nkind = \"cure\"\n");
  ASSERT_EQ(m["expanders"].size(), 2u);
  for (const json& e : m["expanders"]) {
    EXPECT_EQ(e["stopped_by"], "opening");
    EXPECT_NEAR(e["height_mm"], 12, 1e-9);
    EXPECT_GT(e["force_n"], 50);
  }
  EXPECT_GT(m["inflations"][0]["elastic_mj"], 0) << "of the opening; in the wait after it the body only gives out";
  EXPECT_GT(m["inflations"][0]["plastic_mj"], 500);
  const double lift = anterior(m, "inflated") - anterior(m, "prone");
  EXPECT_GT(lift, 0.1);
  EXPECT_EQ(anterior(m, "deflated"), anterior(m, "inflated")) << "it stays";
  EXPECT_NEAR(anterior(m, "treated"), anterior(m, "inflated"), 0.2);
  EXPECT_EQ(m["restoration"]["lost_on_deflation_fraction"], 0);
}

TEST(device, a_stent_keeps_more_of_the_lift_than_its_balloon_alone) {
  const auto inflated = [](const std::string& device) {
    return after(
        "[[stage]]\nkind = \"access\"\nchannel_diameter = \"4.8 mm\"\n[[stage]]\nkind = \"inflate\"\ndevice = \"" +
        device + "\"\nvolume = \"2.2 mL\"\nstep = \"0.5 mL\"\n[[stage]]\nkind = \"deflate\"\n");
  };
  const json stent = inflated("stent_15"), balloon = inflated("ibt_15_3");
  EXPECT_LT(stent["restoration"]["lost_on_deflation_fraction"], balloon["restoration"]["lost_on_deflation_fraction"]);
  EXPECT_GT(balloon["restoration"]["lost_on_deflation_fraction"], 0.05);
}

TEST(device, balloons_of_unequal_volumes_in_turn_stop_each_at_its_own_limit) {
  const json m = after("[[stage]]\nkind = \"access\"\n[[stage]]\nkind = \"inflate\"\norder = \"alternating\"\n"
                       "volume_right = \"1 mL\"\nvolume = \"4 mL\"\nstep = \"0.5 mL\"\nwall_distance = \"3 mm\"\n");
  ASSERT_EQ(m["balloons"].size(), 2u);
  const json &left = m["balloons"][0], &right = m["balloons"][1];
  EXPECT_EQ(right["stopped_by"], "volume");
  EXPECT_NEAR(right["volume_ml"], 1, 0.1) << "but for what fluid and tubing give";
  EXPECT_EQ(left["stopped_by"], "wall_contact");
  EXPECT_THAT(left["stop_detail"].get<std::string>(), HasSubstr(" wall, "));
  EXPECT_LT(left["volume_ml"], 3.9);
  const json& work = m["inflations"][0];
  const double used =
      double(work["membrane_mj"]) + double(work["lifted_mj"]) + double(work["elastic_mj"]) + double(work["plastic_mj"]);
  EXPECT_LT(used, work["fluid_mj"]) << "the rest is damping";
  EXPECT_GT(used, 0.6 * double(work["fluid_mj"]));
  EXPECT_GT(work["compaction_density_ratio"], 1.1);
}

TEST(device, a_balloon_at_its_pressure_limit_waits_goes_on_and_gives_up_at_rest_below_it) {
  const json m = after("[[stage]]\nkind = \"access\"\n[[stage]]\nkind = \"inflate\"\npressure_limit = \"160 psi\"\n"
                       "volume = \"4 mL\"\nstep = \"0.5 mL\"\n");
  for (const json& b : m["balloons"]) {
    EXPECT_EQ(b["stopped_by"], "pressure");
    EXPECT_EQ(b["stop_detail"], "160 psi");
    EXPECT_LT(b["peak_pressure_mpa"], 1.03 * 1.1032) << "a step of the engine beyond 160 psi";
    EXPECT_LT(b["pressure_mpa"], b["peak_pressure_mpa"]);
    EXPECT_LT(b["volume_ml"], 3.9);
  }
  ASSERT_EQ(m["remeshings"].size(), 1u);
  EXPECT_LT(std::abs(m["remeshings"][0]["mass_error"].get<double>()), 0.02);
  EXPECT_NEAR(m["remeshings"][0]["stored_after_mj"], m["remeshings"][0]["stored_before_mj"],
              0.2 * m["remeshings"][0]["stored_before_mj"].get<double>());
}

TEST(device, a_balloon_needs_less_pressure_where_a_curette_has_cut_before) {
  const auto inflated = [](const std::string& before) {
    return after("[[stage]]\nkind = \"access\"\n" + before +
                 "[[stage]]\nkind = \"inflate\"\nvolume = \"1 mL\"\nstep = \"0.5 mL\"\n");
  };
  const json whole = inflated(""), cut = inflated("[[stage]]\nkind = \"curette\"\ndevice = \"curette_5\"\n");
  ASSERT_EQ(cut["curettes"].size(), 2u);
  for (int k = 0; k < 2; ++k) {
    const double volume = cut["curettes"][k]["cut_ml"]; // a cylinder of 5 mm over 16.5 mm, less the channel
    EXPECT_NEAR(volume, 3.14159 * (25 - 1.9 * 1.9) * 16.5 / 1000, 0.25);
    EXPECT_LT(cut["balloons"][k]["pressure_mpa"], whole["balloons"][k]["pressure_mpa"]);
    EXPECT_LT(whole["balloons"][k]["pressure_mpa"], whole["balloons"][k]["peak_pressure_mpa"]) << "it decays";
  }
}
