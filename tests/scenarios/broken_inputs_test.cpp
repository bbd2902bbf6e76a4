// Broken inputs, given to the real program: the exit code says whose fault it is, one line says what is wrong and
// where, and nothing is left behind.
#include "tests/scenarios/scratch.hpp"
#include "tests/scenarios/tiny_nifti.hpp"
#include <algorithm>
#include <gmock/gmock.h>

using namespace kypho::test;
using testing::AllOf;
using testing::HasSubstr;

namespace {

std::vector<std::string> everything_in(const fs::path& dir) {
  std::vector<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(dir)) names.push_back(entry.path().string());
  std::sort(names.begin(), names.end());
  return names;
}

/// Runs the program, which must refuse with @p code and one line that matches @p message, and leave no trace.
void expect_refused(const Scratch& scratch, const std::string& arguments, int code,
                    const testing::Matcher<std::string>& message, const std::string& prefix = "") {
  const auto before = everything_in(scratch.dir());
  const Outcome outcome = kyphosim(scratch.dir(), arguments, prefix);
  EXPECT_EQ(outcome.code, code) << outcome.err;
  EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
  EXPECT_THAT(outcome.err, message);
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(everything_in(scratch.dir()), before);
}

/// The same for the text of a case file.
void expect_case_refused(const std::string& text, const testing::Matcher<std::string>& message) {
  const Scratch scratch;
  scratch.write("case.toml", text);
  expect_refused(scratch, "run case.toml -o out -q", 2, message);
}

std::string stages(const std::vector<std::string>& kinds) {
  std::string text;
  for (const std::string& kind : kinds) text += "[[stage]]\nkind = \"" + kind + "\"\n";
  return text;
}

std::string image_case(const std::string& volume, const std::string& labels) {
  return small_case("source = \"image\"\nlevel = \"L1\"\nvolume = \"" + volume + "\"\nlabels = \"" + labels + "\"");
}

} // namespace

// The file itself.

TEST(broken_inputs, a_missing_case_file) {
  expect_refused(Scratch(), "run nowhere.toml -o out", 2, HasSubstr("nowhere.toml: no such file"));
}

TEST(broken_inputs, a_folder_given_as_case_file) {
  expect_refused(Scratch(), "run . -o out", 2, HasSubstr("is a folder, not a case file"));
}

TEST(broken_inputs, an_empty_case_file) { expect_case_refused("", HasSubstr("case.toml: is empty")); }

TEST(broken_inputs, a_case_file_cut_off_in_the_middle) {
  expect_case_refused("title = \"x\"\n[anatomy]\nbmd = \"75 m", HasSubstr("case.toml:3: not valid TOML"));
}

TEST(broken_inputs, a_binary_file_given_as_case_file) {
  expect_case_refused(std::string("\x1f\x8b\x08\x00\xff\xfe", 6), HasSubstr("case.toml:1: not valid TOML"));
}

TEST(broken_inputs, a_duplicate_key) {
  expect_case_refused(small_case("level = \"L1\"\nlevel = \"L2\""),
                      AllOf(HasSubstr("case.toml:4:"), HasSubstr("redefine"), HasSubstr("'level'")));
}

// Keys and values.

TEST(broken_inputs, a_misspelt_key) {
  expect_case_refused(small_case("leval = \"L1\""),
                      HasSubstr("case.toml:3: anatomy.leval: unknown key; allowed source, level,"));
}

TEST(broken_inputs, a_misspelt_table) {
  expect_case_refused("[anatmy]\n" + stages({"load"}),
                      HasSubstr("case.toml:1: unknown table 'anatmy'; allowed anatomy, mesh, solver, "
                                "materials, cement, stage (did you mean 'anatomy'?)"));
}

TEST(broken_inputs, a_wrong_unit) {
  expect_case_refused(
      small_case("bmd = \"75 mm\""),
      HasSubstr("case.toml:3: anatomy.bmd: '75 mm' is a length; it must be a mineral density in mg/cm3"));
}

TEST(broken_inputs, a_missing_unit) {
  expect_case_refused(small_case("bmd = 75"), HasSubstr("anatomy.bmd: '75' has no unit"));
}

TEST(broken_inputs, a_negative_density) {
  expect_case_refused(small_case("bmd = \"-75 mg/cm3\""),
                      HasSubstr("anatomy.bmd: '-75 mg/cm3' is out of range; allowed 10 to 400 mg/cm3"));
}

TEST(broken_inputs, a_value_that_is_not_a_number) {
  expect_case_refused(small_case() + "[solver]\ndamping = nan\n",
                      HasSubstr("solver.damping: 'nan' is not a finite number"));
}

TEST(broken_inputs, a_whole_number_with_a_fraction) {
  expect_case_refused(small_case() + "[solver]\nsteps = 1000.5\n",
                      HasSubstr("solver.steps: '1000.5' is not a whole number; allowed 200 to 1000000"));
}

TEST(broken_inputs, a_text_where_a_number_belongs) {
  expect_case_refused(small_case("scale = \"1\""),
                      HasSubstr("anatomy.scale: must be a number, written without quotes"));
}

TEST(broken_inputs, a_table_where_a_value_belongs) {
  expect_case_refused(small_case("bmd = { value = 75 }"), HasSubstr("anatomy.bmd: must be a value, not a table"));
}

TEST(broken_inputs, a_level_that_does_not_exist) {
  expect_case_refused(small_case("level = \"L6\""),
                      AllOf(HasSubstr("anatomy.level: 'L6' is unknown; allowed T5, T6"), HasSubstr("L5")));
}

TEST(broken_inputs, an_unknown_tissue) {
  expect_case_refused(small_case() + "[materials.spongy]\nlaw = \"trabecular_bone\"\n",
                      HasSubstr("materials.spongy: unknown tissue 'spongy'; allowed trabecular"));
}

TEST(broken_inputs, an_unknown_law) {
  expect_case_refused(
      small_case() + "[materials.trabecular]\nlaw = \"trabecular_bones\"\n",
      HasSubstr("case.toml:7: materials.trabecular.law: unknown law 'trabecular_bones'; allowed trabecular_bone"));
}

TEST(broken_inputs, an_unknown_cement) {
  expect_case_refused(small_case() + "[cement]\nname = \"chewing_gum\"\n",
                      HasSubstr("cement.name: cement 'chewing_gum' is unknown; allowed kyphon_hv_r"));
}

TEST(broken_inputs, an_inverted_range_of_conversion) {
  expect_case_refused(small_case("", stages({"access", "inject", "cure"})) +
                          "[cement]\ngel_conversion = 0.9\nglass_conversion = 0.5\n",
                      AllOf(HasSubstr("gel_conversion"), HasSubstr("glass_conversion")));
}

// Stages.

TEST(broken_inputs, no_stages) {
  expect_case_refused("title = \"x\"\n", HasSubstr("case.toml: no stages; write at least one [[stage]]"));
}

TEST(broken_inputs, a_stage_without_a_kind) {
  expect_case_refused("[[stage]]\nvolume = \"2 mL\"\n",
                      HasSubstr("case.toml:1: stage.kind: is missing; allowed fracture, posture"));
}

TEST(broken_inputs, an_unknown_stage) {
  expect_case_refused(
      stages({"inflatte"}),
      HasSubstr("unknown stage 'inflatte'; allowed fracture, posture, access, curette, inflate, expand, "
                "deflate, inject, cure, load (did you mean 'inflate'?)"));
}

TEST(broken_inputs, an_unknown_device) {
  expect_case_refused(small_case("", stages({"access", "inflate"}) + "device = \"ibt_15_4\"\n"),
                      AllOf(HasSubstr("case.toml:8: stage.inflate.device: 'ibt_15_4' is unknown; allowed ibt_10_3"),
                            HasSubstr("did you mean 'ibt_15_3'?")));
}

TEST(broken_inputs, an_inflation_before_access) {
  expect_case_refused(stages({"fracture", "inflate"}),
                      HasSubstr("case.toml:3: stage.inflate: needs an earlier access"));
}

TEST(broken_inputs, a_deflation_without_inflation) {
  expect_case_refused(stages({"access", "deflate"}), HasSubstr("case.toml:3: stage.deflate: needs an earlier inflate"));
}

TEST(broken_inputs, a_cure_without_cement) {
  expect_case_refused(stages({"access", "cure"}), HasSubstr("case.toml:3: stage.cure: needs an earlier inject"));
}

TEST(broken_inputs, cement_around_an_inflated_balloon) {
  expect_case_refused(stages({"access", "inflate", "inject"}),
                      HasSubstr("case.toml:5: stage.inject: needs an earlier deflate"));
}

TEST(broken_inputs, more_volume_than_the_balloon_holds) {
  expect_case_refused(stages({"access", "inflate"}) + "device = \"ibt_10_2\"\nvolume = \"3.5 mL\"\n",
                      HasSubstr("case.toml:3: stage.inflate: volume 3.5 mL is above the 3 mL that ibt_10_2 holds"));
}

TEST(broken_inputs, a_balloon_longer_than_the_body) {
  expect_case_refused(
      small_case("level = \"T5\"", stages({"access", "inflate"}) + "device = \"ibt_20_3\"\n"),
      AllOf(HasSubstr("case.toml:6: stage.inflate.device: the working length of ibt_20_3"), HasSubstr("do not fit")));
}

TEST(broken_inputs, a_curette_too_thick_for_its_channel_and_a_stroke_longer_than_the_body) {
  expect_case_refused(stages({"access"}) + "channel_diameter = \"2.5 mm\"\n" + stages({"curette"}),
                      AllOf(HasSubstr("stage.curette.device: curette_5 is 3.2 mm thick"), HasSubstr("2.5 mm")));
  expect_case_refused(stages({"access", "curette"}) + "stroke = \"40 mm\"\n",
                      AllOf(HasSubstr("stage.curette.stroke: 40 mm"), HasSubstr("do not fit a body")));
}

TEST(broken_inputs, a_channel_wider_than_the_pedicle) {
  expect_case_refused(small_case("level = \"T5\"", stages({"access"}) + "channel_diameter = \"5.5 mm\"\n"),
                      HasSubstr("stage.access.channel_diameter: 5.5 mm does not pass through a pedicle"));
}

TEST(broken_inputs, a_way_beside_the_pedicle) {
  expect_case_refused(small_case("level = \"L1\"", stages({"access"}) + "entry_lateral = \"9 mm\"\n"),
                      AllOf(HasSubstr("case.toml:4: stage.access: the line through the left pedicle, by ("),
                            HasSubstr("does not pass through the bone")));
}

TEST(broken_inputs, two_balloons_in_each_others_way) {
  expect_case_refused(
      small_case("level = \"L1\"", stages({"access"}) + "target_anterior = \"3 mm\"\ntarget_lateral = \"0 mm\"\n"),
      AllOf(HasSubstr("stage.access: the left channel"), HasSubstr("meet"), HasSubstr("near (")));
}

TEST(broken_inputs, access_without_pedicles) {
  expect_case_refused(small_case("posterior_elements = \"none\"", stages({"access"})),
                      HasSubstr("stage.access: this anatomy has no pedicles"));
}

// Files that a case names.

TEST(broken_inputs, a_missing_image) {
  expect_case_refused(image_case("ct.nii", "labels.nii"), HasSubstr("case.toml:5: anatomy.volume: no such file"));
}

TEST(broken_inputs, a_folder_given_as_image) {
  expect_case_refused(image_case(".", "."),
                      AllOf(HasSubstr("case.toml:5: anatomy.volume:"), HasSubstr("is a folder, not a file")));
}

TEST(broken_inputs, an_image_source_without_an_image) {
  expect_case_refused(small_case("source = \"image\""), AllOf(HasSubstr("case.toml"), HasSubstr("volume")));
}

TEST(broken_inputs, a_truncated_nifti) {
  const Scratch scratch;
  const std::string whole = tiny_nifti(24, [](int, int, int) { return 31; });
  scratch.write("ct.nii", whole.substr(0, whole.size() / 2));
  scratch.write("labels.nii", whole.substr(0, whole.size() / 2));
  scratch.write("case.toml", image_case("ct.nii", "labels.nii"));
  expect_refused(scratch, "run case.toml -o out -q", 2, AllOf(HasSubstr("case.toml"), HasSubstr("labels.nii")));
}

TEST(broken_inputs, a_nifti_that_is_none) {
  const Scratch scratch;
  scratch.write("ct.nii", "this is a letter");
  scratch.write("case.toml", image_case("ct.nii", "ct.nii"));
  expect_refused(scratch, "run case.toml -o out -q", 2, AllOf(HasSubstr("case.toml"), HasSubstr("ct.nii")));
}

TEST(broken_inputs, labels_without_the_vertebra_asked_for) {
  const Scratch scratch;
  scratch.write("ct.nii", tiny_nifti(24, [](int, int, int) { return 100; }));
  scratch.write("labels.nii", tiny_nifti(24, [](int i, int, int) { return i < 12 ? 29 : 0; }));
  scratch.write("case.toml", image_case("ct.nii", "labels.nii"));
  expect_refused(scratch, "run case.toml -o out -q", 2,
                 AllOf(HasSubstr("labels.nii"), HasSubstr("31"), HasSubstr("29")));
}

TEST(broken_inputs, labels_that_are_too_small_for_a_vertebra) {
  const Scratch scratch;
  scratch.write("ct.nii", tiny_nifti(24, [](int, int, int) { return 100; }));
  scratch.write("labels.nii", tiny_nifti(24, [](int i, int j, int k) { return i == 5 && j == 5 && k == 5 ? 31 : 0; }));
  scratch.write("case.toml", image_case("ct.nii", "labels.nii"));
  expect_refused(scratch, "run case.toml -o out -q", 2, HasSubstr("case.toml"));
}

TEST(broken_inputs, a_surface_that_is_not_closed) {
  const Scratch scratch;
  scratch.write("open.stl", "solid x\nfacet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 40 0 0\nvertex 0 40 "
                            "0\nendloop\nendfacet\nendsolid x\n");
  scratch.write("case.toml", small_case("source = \"surface\"\nsurface = \"open.stl\""));
  expect_refused(scratch, "run case.toml -o out -q", 2,
                 AllOf(HasSubstr("open.stl: the surface is open"), HasSubstr("3 edges")));
}

TEST(broken_inputs, a_surface_format_that_is_not_known) {
  const Scratch scratch;
  scratch.write("bone.step", "ISO-10303-21;");
  scratch.write("case.toml", small_case("source = \"surface\"\nsurface = \"bone.step\""));
  expect_refused(scratch, "run case.toml -o out -q", 2, AllOf(HasSubstr("bone.step"), HasSubstr(".stl")));
}

// The command line and the output folder.

TEST(broken_inputs, a_malformed_override) {
  const Scratch scratch;
  scratch.write("case.toml", small_case());
  expect_refused(scratch, "run case.toml -o out --set anatomy.level", 2,
                 HasSubstr("--set anatomy.level: must be PATH=VALUE"));
}

TEST(broken_inputs, an_override_of_a_stage_that_is_not_there) {
  const Scratch scratch;
  scratch.write("case.toml", small_case());
  expect_refused(scratch, "run case.toml -o out --set 'stage.inflate.volume=2 mL'", 2,
                 HasSubstr("--set stage.inflate.volume: the case has no stage 'inflate'; it has load"));
}

TEST(broken_inputs, an_override_out_of_range) {
  const Scratch scratch;
  scratch.write("case.toml", small_case());
  expect_refused(scratch, "run case.toml -o out --set 'anatomy.bmd=4000 mg/cm3'", 2,
                 HasSubstr("--set anatomy.bmd: '4000 mg/cm3' is out of range; allowed 10 to 400 mg/cm3"));
}

TEST(broken_inputs, an_unknown_command) {
  expect_refused(Scratch(), "rnu case.toml", 2, HasSubstr("did you mean 'run'?"));
}

TEST(broken_inputs, an_unknown_option) {
  const Scratch scratch;
  scratch.write("case.toml", small_case());
  expect_refused(scratch, "run case.toml --outptu out", 2, HasSubstr("--outptu"));
}

TEST(broken_inputs, a_thread_count_that_is_none) {
  const Scratch scratch;
  scratch.write("case.toml", small_case());
  expect_refused(scratch, "run case.toml -o out", 2, HasSubstr("KYPHOSIM_THREADS='two'"), "KYPHOSIM_THREADS=two");
}

TEST(broken_inputs, an_output_folder_that_holds_something_else) {
  const Scratch scratch;
  scratch.write("case.toml", small_case());
  scratch.write("thesis/chapter1.tex", "x");
  expect_refused(scratch, "run case.toml -o thesis", 2, HasSubstr("-o thesis: is not empty and holds no earlier run"));
}

TEST(broken_inputs, an_output_folder_that_is_a_file) {
  const Scratch scratch;
  scratch.write("case.toml", small_case());
  expect_refused(scratch, "run case.toml -o case.toml", 2, HasSubstr("-o case.toml: is a file, not a folder"));
}

TEST(broken_inputs, an_output_folder_that_cannot_be_written) {
  const Scratch scratch;
  scratch.write("case.toml", small_case());
  expect_refused(scratch, "run case.toml -o case.toml/out", 4, HasSubstr("cannot write 'case.toml/out'"));
  // Even root cannot write there.
  expect_refused(scratch, "run case.toml -o /proc/kyphosim_out", 4, HasSubstr("cannot write '/proc/kyphosim_out'"));
}

TEST(broken_inputs, a_picture_of_a_run_that_is_not_there) {
  expect_refused(Scratch(), "render nowhere --view lateral --stage inflate out.png", 2, HasSubstr("nowhere"));
}
