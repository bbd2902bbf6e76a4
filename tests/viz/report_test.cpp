// The report holds what the run has, leaves out what it has not, and needs no network.
#include "core/base/errors.hpp"
#include "tests/viz/display_for_tests.hpp"
#include "tests/viz/scratch.hpp"
#include "tests/viz/synthetic_run.hpp"
#include "viz/report.hpp"
#include <gmock/gmock.h>

namespace kypho {
namespace {

using test::Scratch;
using testing::HasSubstr;
using testing::Not;
namespace fs = std::filesystem;

std::string report_of(const fs::path& run) {
  write_report(run);
  return read_whole_file(run / "report.html");
}

long count(const std::string& text, const std::string& what) {
  long n = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++n;
  return n;
}

TEST(Report, OfAWholeRunHasEveryPartAndNoLinkOutside) {
  NEEDS_DISPLAY();
  const Scratch run;
  test::write_synthetic_run(run, 8, false);
  write_whole_file(run.path() / "echo.toml", "title = \"a <test>\"\n");
  write_whole_file(
      run.path() / "manifest.json",
      R"({"ending": "complete", "scenario": {"title": "Wedge & <balloons>", "sha256": "ab"}, "compiler": "12.2",
                       "inputs": [{"file": "ct.nii.gz", "sha256": "cd"}], "libraries": {"vtk": "9.1"}})");
  const std::string page = report_of(run);
  for (const char* id : {"pictures", "landmarks", "heights", "stations", "pressure", "load", "temperature", "figures",
                         "warnings", "cost", "provenance"})
    EXPECT_THAT(page, HasSubstr(std::string("<section id=\"") + id + "\"")) << id;
  EXPECT_THAT(page, HasSubstr("not a medical device"));
  EXPECT_THAT(page, HasSubstr("Wedge &amp; &lt;balloons&gt;"));
  EXPECT_THAT(page, HasSubstr("6e340b9cffb37a98"));
  EXPECT_THAT(page, HasSubstr("Input ct.nii.gz"));
  EXPECT_THAT(page, HasSubstr("vtk 9.1"));
  EXPECT_THAT(page, HasSubstr("Nan Fang 2006"));
  EXPECT_THAT(page, Not(HasSubstr("http")));
  EXPECT_THAT(page, Not(HasSubstr("src=\"/")));
  // Eight stages and the state before, lateral and frontal at least; three of the landmarks.
  EXPECT_GE(count(page, "data:image/png;base64,iVBOR"), 2 * 9 + 3);
}

TEST(Report, OfALoadTestAloneLeavesOutTheRest) {
  NEEDS_DISPLAY();
  const Scratch run;
  FrameWriter writer(run);
  const test::SyntheticVertebra vertebra(5);
  for (double t : {0.0, 0.5, 1.0})
    test::write_moment(writer, vertebra, {"load", 0, t, t == 1.0, 0.04 * t, 0, false, false, 0, 2000 * t});
  write_whole_file(
      run.path() / "measures.json",
      R"({"run": {"wall_s": 3}, "strength": {"intact": {"stiffness_n_per_mm": 3000, "failure_load_n": 2500}}})");
  write_whole_file(run.path() / "history.csv", "stage,ordinal,pseudo_time,axial_load_n,anterior_height_mm\nload,1,0,0,"
                                               "25\nload,1,0.5,1000,24.5\nload,1,1,2000,24\n");
  const std::string page = report_of(run);
  EXPECT_THAT(page, HasSubstr("<section id=\"load\""));
  EXPECT_THAT(page, HasSubstr("Load tests"));
  for (const char* id : {"landmarks", "pressure", "temperature", "stations", "warnings"})
    EXPECT_THAT(page, Not(HasSubstr(std::string("<section id=\"") + id + "\""))) << id;
  EXPECT_THAT(page, Not(HasSubstr("Crush and unloading")));
}

TEST(Report, OfARunThatBrokeOffBeforeItsFirstFrameSaysSo) {
  const Scratch run;
  FrameWriter writer(run);
  write_whole_file(run.path() / "measures.json", R"({"warnings": ["ended early"]})");
  write_whole_file(run.path() / "manifest.json", R"({"ending": "fracture found no equilibrium"})");
  const std::string page = report_of(run);
  EXPECT_THAT(page, HasSubstr("fracture found no equilibrium"));
  EXPECT_THAT(page, Not(HasSubstr("<section id=\"pictures\"")));
}

TEST(Report, NeedsMeasures) {
  const Scratch run;
  EXPECT_THROW(write_report(run), InputError);
}

} // namespace
} // namespace kypho
