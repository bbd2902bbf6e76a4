#include "core/base/errors.hpp"
#include "scenarios/check.hpp"
#include "scenarios/scenario.hpp"
#include "scenarios/sections.hpp"
#include "tests/scenarios/scratch.hpp"
#include <gmock/gmock.h>

using namespace kypho;
using namespace kypho::test;
using testing::HasSubstr;

namespace {

const char* two_inflations = R"(
title = "A case"
[anatomy]
level = "T12"
bmd = "80 mg/cm³"
[materials.cortex]
thickness = "400 um"
[[stage]]
kind = "access"
[[stage]]
kind = "inflate"
[[stage]]
kind = "deflate"
[[stage]]
kind = "inflate"
pressure_limit = "1.5 MPa"
)";

std::string message_of(const fs::path& file, const std::vector<std::string>& overrides = {}) {
  try {
    check_case(Scenario::read(file, overrides));
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

} // namespace

TEST(scenario, values_are_read_in_internal_units_and_the_rest_has_defaults) {
  const Scratch scratch;
  const Scenario s = Scenario::read(scratch.write("case.toml", two_inflations));
  EXPECT_EQ(s.title, "A case");
  EXPECT_EQ(s.anatomy.text("level"), "T12");
  EXPECT_EQ(s.anatomy.number("bmd"), 80);
  EXPECT_EQ(s.materials.at("cortex").params.number("thickness"), 400 * 1e-3);
  ASSERT_EQ(s.stages.size(), 4u);
  EXPECT_EQ(s.stages[3].kind, "inflate");
  EXPECT_EQ(s.stages[3].ordinal, 2);
  EXPECT_EQ(s.stages[3].params.number("pressure_limit"), 1.5);
  EXPECT_NEAR(s.stages[1].params.number("volume"), 2400, 1e-9);
  EXPECT_EQ(s.materials.size(), tissue_catalog().size());
}

TEST(scenario, elements_are_linear_or_quadratic_and_nothing_else) {
  const Scratch scratch;
  const fs::path file = scratch.write("case.toml", std::string(two_inflations) + "[mesh]\nelement_order = 3\n");
  EXPECT_THAT(message_of(file), HasSubstr("case.toml:18: mesh.element_order: "));
  EXPECT_EQ(Scenario::read(file, {"mesh.element_order=2"}).mesh.integer("element_order"), 2);
  EXPECT_EQ(Scenario::read(scratch.write("plain.toml", two_inflations)).mesh.integer("element_order"), 1);
}

TEST(scenario, the_echo_holds_every_key_and_reads_back_to_the_same_echo) {
  const Scratch scratch;
  const Scenario first = Scenario::read(scratch.write("case.toml", two_inflations));
  const std::string echo = first.echo();
  for (const ParamSpec& spec : find_stage("inflate").specs)
    EXPECT_TRUE(spec.optional || echo.find("\n" + spec.name + " = ") != echo.npos) << spec.name;
  const Scenario second = Scenario::read(scratch.write("echo.toml", echo));
  EXPECT_EQ(second.echo(), echo);
  EXPECT_EQ(second.sha256, first.sha256);
}

TEST(scenario, two_files_that_mean_the_same_have_the_same_hash) {
  const Scratch scratch;
  const std::string text = small_case("bmd = \"0.08 g/cm3\"");
  const std::string hash = Scenario::read(scratch.write("a/case.toml", text)).sha256;
  EXPECT_EQ(hash.size(), 64u);
  EXPECT_EQ(Scenario::read(scratch.write("b/other.toml", "# a comment\n" + small_case("bmd = \"80 mg/mL\"  "))).sha256,
            hash);
  EXPECT_NE(Scenario::read(scratch.write("b/third.toml", small_case("bmd = \"81 mg/mL\""))).sha256, hash);
}

TEST(scenario, relative_paths_start_at_the_folder_of_the_case) {
  const Scratch scratch;
  scratch.write("data/ct.nii", "x");
  const fs::path file = scratch.write("cases/case.toml", small_case("volume = \"../data/ct.nii\""));
  EXPECT_EQ(fs::path(Scenario::read(file).anatomy.text("volume")), fs::canonical(scratch.dir()) / "data/ct.nii");
}

TEST(scenario, every_shipped_case_is_valid_or_says_which_file_it_lacks) {
  int cases = 0;
  for (const auto& entry : fs::directory_iterator(KYPHOSIM_SOURCE_DIR "/scenarios/cases")) {
    ++cases;
    const std::string message = message_of(entry.path());
    EXPECT_TRUE(message.empty() || message.find("no such file") != message.npos) << message;
  }
  EXPECT_GE(cases, 6);
}

TEST(scenario, an_override_reaches_every_table) {
  const Scratch scratch;
  const Scenario s = Scenario::read(scratch.write("case.toml", two_inflations),
                                    {"title=Other", "anatomy.level=L2", "mesh.edge_length=3 mm", "solver.steps=500",
                                     "materials.cortex.thickness=\"0.3 mm\"", "stage.access.pedicles=left"});
  EXPECT_EQ(s.title, "Other");
  EXPECT_EQ(s.anatomy.text("level"), "L2");
  EXPECT_EQ(s.mesh.number("edge_length"), 3);
  EXPECT_EQ(s.solver.integer("steps"), 500);
  EXPECT_EQ(s.materials.at("cortex").params.number("thickness"), 0.3);
  EXPECT_EQ(s.stages[0].params.text("pedicles"), "left");
}

TEST(scenario, an_override_means_one_stage_by_number_and_all_of_its_kind_without) {
  const Scratch scratch;
  const fs::path file = scratch.write("case.toml", two_inflations);
  const Scenario one = Scenario::read(file, {"stage.inflate[2].pressure_limit=\"300 psi\""});
  EXPECT_FALSE(one.stages[1].params.has("pressure_limit")) << "what the balloon bears";
  EXPECT_NEAR(one.stages[3].params.number("pressure_limit"), 2.068, 1e-3);
  const Scenario all = Scenario::read(file, {"stage.inflate.pressure_limit=300 psi"});
  EXPECT_NEAR(all.stages[1].params.number("pressure_limit"), 2.068, 1e-3);
  EXPECT_NEAR(all.stages[3].params.number("pressure_limit"), 2.068, 1e-3);
}

TEST(scenario, the_later_of_two_overrides_wins) {
  const Scratch scratch;
  const fs::path file = scratch.write("case.toml", two_inflations);
  EXPECT_EQ(Scenario::read(file, {"anatomy.level=L2", "anatomy.level=L3"}).anatomy.text("level"), "L3");
}

TEST(scenario, a_wrong_override_is_refused_like_the_file_and_names_itself) {
  const Scratch scratch;
  const fs::path file = scratch.write("case.toml", two_inflations);
  EXPECT_THAT(message_of(file, {"stage.inflate.pressure_limit=300 mm"}),
              HasSubstr("--set stage.inflate.pressure_limit: '300 mm' is a length; it must be a pressure in MPa"));
  EXPECT_THAT(message_of(file, {"stage.inflate[3].volume=2 mL"}),
              HasSubstr("the case has 2 stage(s) 'inflate', not 3"));
  EXPECT_THAT(message_of(file, {"stage.inflat.volume=2 mL"}), HasSubstr("did you mean 'inflate'?"));
  EXPECT_THAT(message_of(file, {"stage.inflate.kind=load"}), HasSubstr("cannot be overridden"));
  EXPECT_THAT(message_of(file, {"anatmoy.level=L1"}), HasSubstr("did you mean 'anatomy'?"));
  for (const char* malformed :
       {"anatomy.level", "=L1", "", "anatomy..level=L1", "anatomy.=L1", "a.b.c.d=1", "stage.inflate[x].volume=1 mL"})
    EXPECT_THAT(message_of(file, {malformed}), HasSubstr("must be")) << malformed;
}

TEST(scenario, a_law_of_the_wrong_kind_for_a_tissue_is_refused) {
  const Scratch scratch;
  const fs::path file = scratch.write("case.toml", small_case() + "[materials.cortex]\nlaw = \"trabecular_bone\"\n");
  EXPECT_THAT(message_of(file),
              HasSubstr("materials.cortex.law: unknown law 'trabecular_bone'; allowed cortical_shell"));
}

TEST(scenario, a_stage_that_contradicts_itself_is_refused_before_the_run) {
  const Scratch scratch;
  const fs::path file = scratch.write(
      "case.toml",
      small_case("",
                 "[[stage]]\nkind=\"access\"\n[[stage]]\nkind=\"inflate\"\ndevice=\"ibt_10_2\"\nvolume=\"3.5 mL\"\n"));
  EXPECT_THAT(message_of(file), HasSubstr("case.toml:6: stage.inflate: volume 3.5 mL is above the 3 mL"));
}
