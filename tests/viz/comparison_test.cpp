// compare.html and strip.png show every arm, also one that failed, and need no network.
#include "core/base/errors.hpp"
#include "tests/viz/display_for_tests.hpp"
#include "tests/viz/scratch.hpp"
#include "tests/viz/synthetic_run.hpp"
#include "viz/comparison.hpp"
#include "viz/scene.hpp"
#include <gmock/gmock.h>
#include <vtkImageData.h>
#include <vtkNew.h>
#include <vtkPNGReader.h>

namespace kypho {
namespace {

using nlohmann::json;
using test::Scratch;
using testing::HasSubstr;
using testing::Not;

json station(double height) {
  return {{"anterior_height_mm", height},
          {"middle_height_mm", height},
          {"posterior_height_mm", 25.0},
          {"wedge_angle_deg", 24.7 - height}};
}

json strength(double part) { return {{"of_intact", {{"stiffness", part}, {"failure_load", part}}}}; }

/// Two arms with pictures, the second without anything of its own, and one that never began.
json three_arms() {
  json reference = station(20);
  reference["station"] = "prone";
  const json lifted{{"name", "two <balloons>"},
                    {"folder", "a"},
                    {"exit_code", 0},
                    {"reason", ""},
                    {"end", station(22.25)},
                    {"gain", {{"anterior_height_mm", 2.25}}},
                    {"restored_fraction", 0.5},
                    {"strength", strength(0.8)},
                    {"warnings", {"thin wall", "shared"}}};
  const json alone{{"name", "none"},
                   {"folder", "b"},
                   {"exit_code", 0},
                   {"end", station(20)},
                   {"gain", {{"anterior_height_mm", -0.04}}}};
  const json failed{{"name", "third"}, {"folder", "c"}, {"exit_code", 3}, {"reason", "inflate: burst & gone"}};
  return {{"title", "Arms & more"},
          {"reference", reference},
          {"common",
           {{"stages", {"fracture[1]", "posture[1]"}},
            {"stations", {{"intact", station(24.5)}}},
            {"fractured_of_intact", json::object()},
            {"warnings", {"shared"}}}},
          {"arms", {lifted, alone, failed}},
          {"notes", json::array()}};
}

/// The folder that the comparison would have left, drawn once.
const Scratch& folder() {
  static const Scratch dir;
  static const bool drawn = [] {
    test::write_synthetic_run(dir.path() / "a", 8, false);
    FrameWriter writer(dir.path() / "b");
    const test::SyntheticVertebra vertebra(8);
    for (const test::Moment& m : test::procedure())
      if (m.stage_index < 2 && m.last) test::write_moment(writer, vertebra, m);
    write_whole_file(dir.path() / "compare.json", three_arms().dump());
    write_comparison(dir.path());
    return true;
  }();
  (void)drawn;
  return dir;
}

long count(const std::string& text, const std::string& what) {
  long n = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++n;
  return n;
}

TEST(Comparison, ThePageShowsEveryArmInPicturesBarsAndFiguresAndLinksItsReport) {
  NEEDS_DISPLAY();
  const std::string page = read_whole_file(folder().path() / "compare.html");
  for (const char* id : {"pictures", "figures", "table", "warnings"})
    EXPECT_THAT(page, HasSubstr(std::string("<section id=\"") + id + "\"")) << id;
  EXPECT_EQ(count(page, "data:image/png;base64,iVBOR"), 3 * 3);
  EXPECT_THAT(page, HasSubstr("Arms &amp; more"));
  EXPECT_THAT(page, HasSubstr("<a href=\"a/report.html\">two &lt;balloons&gt;</a>"));
  EXPECT_THAT(page, HasSubstr("Restored fraction"));
  EXPECT_THAT(page, HasSubstr("failed, exit code 3: inflate: burst &amp; gone"));
  EXPECT_THAT(page, HasSubstr("two &lt;balloons&gt;: thin wall"));
  EXPECT_EQ(count(page, "<li>"), 2) << "what all arms share is told once";
  EXPECT_THAT(page, Not(HasSubstr("http")));
}

TEST(Comparison, BarsTellTheFiguresAndWhatIsMissing) {
  NEEDS_DISPLAY();
  const std::string page = read_whole_file(folder().path() / "compare.html");
  EXPECT_THAT(page, HasSubstr(">2.25</text>"));
  EXPECT_THAT(page, HasSubstr(">\u22120.04</text>"));
  EXPECT_THAT(page, HasSubstr("intact 4.50</text>"));
  EXPECT_THAT(page, HasSubstr(">50</text>"));
  EXPECT_THAT(page, HasSubstr(">80</text>"));
  EXPECT_THAT(page, HasSubstr("third (failed)</text>"));
}

TEST(Comparison, TheStripHasOneColumnPerArmWithItsOwnColours) {
  NEEDS_DISPLAY();
  vtkNew<vtkPNGReader> reader;
  reader->SetFileName((folder().path() / "strip.png").c_str());
  reader->Update();
  vtkImageData* image = reader->GetOutput();
  int size[3];
  image->GetDimensions(size);
  const int width = size[0] / 3, legend = 44;
  const auto count_in = [&](int column, auto&& wanted) {
    long found = 0;
    for (int y = legend; y < size[1]; ++y)
      for (int x = column * width; x < (column + 1) * width; ++x) {
        const auto* p = static_cast<const unsigned char*>(image->GetScalarPointer(x, y, 0));
        found += wanted(Color{p[0] / 255.0, p[1] / 255.0, p[2] / 255.0});
      }
    return found;
  };
  const auto pixels = [&](const Color& color, int column) {
    return count_in(column, [&](const Color& c) {
      return std::abs(c[0] - color[0]) + std::abs(c[1] - color[1]) + std::abs(c[2] - color[2]) < 0.06;
    });
  };
  const auto amber = [](const Color& c) {
    return c[2] < 0.35 * c[0] && c[1] > 0.5 * c[0] && c[0] > 0.25;
  }; // in light and shade
  EXPECT_EQ(size[0] % 3, 0);
  EXPECT_GT(pixels(palette::cement(), 0), 2000);
  EXPECT_LT(pixels(palette::cement(), 1), 50);
  EXPECT_GT(count_in(0, amber), 1000);
  EXPECT_LT(count_in(1, amber), 100);
  EXPECT_GT(pixels(palette::before(), 0), 200);
  EXPECT_LT(pixels(palette::ghost(), 2), 50) << "an arm that never began has no picture";
}

TEST(Comparison, WithoutFiguresThereIsNoPage) {
  const Scratch dir;
  EXPECT_THROW(write_comparison(dir.path()), InputError);
  write_whole_file(dir.path() / "compare.json", "{}");
  EXPECT_THROW(write_comparison(dir.path()), InputError);
}

} // namespace
} // namespace kypho
