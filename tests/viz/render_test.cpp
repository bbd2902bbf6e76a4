// Pictures show what the run did: right way round, to scale, in the colours of the legend.
#include "core/base/errors.hpp"
#include "tests/viz/display_for_tests.hpp"
#include "tests/viz/scratch.hpp"
#include "tests/viz/synthetic_run.hpp"
#include "viz/render.hpp"
#include "viz/scene.hpp"
#include <gmock/gmock.h>
#include <vtkImageData.h>
#include <vtkNew.h>
#include <vtkPNGReader.h>
#include <vtkSmartPointer.h>

namespace kypho {
namespace {

using test::Scratch;
using testing::HasSubstr;

/// One run for all tests of this file.
const std::filesystem::path& run() {
  static const Scratch dir;
  static const bool written = (test::write_synthetic_run(dir, 12, false), true);
  return written ? dir.path() : dir.path();
}

class Picture {
public:
  explicit Picture(const std::filesystem::path& png) {
    vtkNew<vtkPNGReader> reader;
    reader->SetFileName(png.c_str());
    reader->Update();
    image_ = reader->GetOutput();
    image_->GetDimensions(size_);
  }
  int width() const { return size_[0]; }
  int height() const { return size_[1]; }
  Color at(int x, int y) const {
    const auto* p = static_cast<const unsigned char*>(image_->GetScalarPointer()) + 3 * (y * size_[0] + x);
    return {p[0] / 255.0, p[1] / 255.0, p[2] / 255.0};
  }
  bool is(int x, int y, const Color& wanted, double tolerance = 0.03) const {
    const Color c = at(x, y);
    for (int k = 0; k < 3; ++k)
      if (std::abs(c[k] - wanted[k]) > tolerance) return false;
    return true;
  }
  /// Pixels of a colour outside the legend, and their mean column.
  std::pair<long, double> find(const Color& wanted, double tolerance = 0.03) const {
    long count = 0;
    double column = 0;
    for (int y = 60; y < height() - 100; ++y)
      for (int x = 0; x < width() - 140; ++x)
        if (is(x, y, wanted, tolerance)) {
          ++count;
          column += x;
        }
    return {count, count > 0 ? column / static_cast<double>(count) : 0};
  }

private:
  vtkSmartPointer<vtkImageData> image_;
  int size_[3] = {0, 0, 0};
};

Picture drawn(const char* view, const char* stage, const char* field = "", bool cut = true) {
  const Scratch dir;
  render_picture(run(), view, stage, dir.path() / "picture.png", field, cut);
  return Picture(dir.path() / "picture.png");
}

/// Drawn once, however many tests look at it.
const Picture& picture(const char* view, const char* stage, const char* field = "", bool cut = true) {
  static std::map<std::string, std::unique_ptr<Picture>> pictures;
  auto& known = pictures[fmt::format("{} {} {} {}", view, stage, field, cut)];
  if (!known) known = std::make_unique<Picture>(drawn(view, stage, field, cut));
  return *known;
}

double difference(const Picture& a, const Picture& b) {
  double sum = 0;
  for (int y = 0; y < a.height(); ++y)
    for (int x = 0; x < a.width(); ++x)
      for (int k = 0; k < 3; ++k) sum += std::abs(a.at(x, y)[k] - b.at(x, y)[k]);
  return sum / (3.0 * a.width() * a.height());
}

template <class Call>
std::string message_of(Call call) {
  try {
    call();
  } catch (const InputError& error) {
    return error.what();
  }
  return "no InputError";
}

TEST(Render, LateralViewHasTheBodyOnTheLeftAndTheArchOnTheRight) {
  NEEDS_DISPLAY();
  const Picture& p = picture("lateral", "inject");
  const auto [count, column] = p.find(palette::cement());
  EXPECT_GT(count, 1000); // a ball of 6.7 mm radius at ten pixels per mm
  EXPECT_LT(column, 0.4 * p.width());
}

TEST(Render, DrawsBalloonCavityAndCementInTheirOwnColours) {
  NEEDS_DISPLAY();
  const Color balloon = palette::balloon();
  const auto amber = [&](const char* stage) { return picture("frontal", stage).find(balloon, 0.12).first; };
  EXPECT_GT(amber("inflate"), 3000);
  EXPECT_LT(amber("deflate"), 300);
  EXPECT_GT(picture("frontal", "cure").find(palette::cement()).first, 10000);
  EXPECT_LT(picture("frontal", "fracture").find(palette::cement()).first, 50);
}

TEST(Render, TheScaleBarIsTrue) {
  NEEDS_DISPLAY();
  const Picture& p = picture("axial", "first");
  int bar = 0, left = p.width(), right = 0;
  for (int x = p.width() / 2; x < p.width(); ++x) bar += p.is(x, 35, palette::ink());
  // The widest row of the cut body: 2 x 21 mm, narrowed by the waist of 7 % at mid-height.
  for (int y = p.height() / 2; y < p.height() - 100; ++y)
    for (int x = 40; x < p.width() - 180; ++x)
      if (!p.is(x, y, palette::background(), 0.02)) {
        left = std::min(left, x);
        right = std::max(right, x);
      }
  const double mm = 10.0 * (right - left + 1) / bar;
  EXPECT_NEAR(mm, 2 * test::half_width, 0.03 * 2 * test::half_width);
}

TEST(Render, WholeViewFieldViewAndCutViewDiffer) {
  NEEDS_DISPLAY();
  const Picture &cut = picture("frontal", "cure"), &whole = picture("frontal", "cure", "", false),
                &hot = picture("frontal", "cure", "temperature");
  EXPECT_GT(difference(cut, whole), 0.005);
  EXPECT_GT(difference(cut, hot), 0.02);
  EXPECT_GT(difference(whole, hot), 0.02);
}

TEST(Render, TheSamePictureTwiceIsTheSamePicture) {
  NEEDS_DISPLAY();
  EXPECT_EQ(difference(picture("frontal", "inflate"), drawn("frontal", "inflate")), 0);
}

TEST(Render, SeveralPicturesShareOneServer) {
  NEEDS_DISPLAY();
  picture("axial", "first");
  const std::string before = std::getenv("DISPLAY");
  picture("frontal", "inflate");
  EXPECT_EQ(before, std::getenv("DISPLAY"));
}

TEST(Render, NamesWhatExistsWhenAskedForSomethingElse) {
  const Scratch dir;
  const auto out = dir.path() / "x.png";
  EXPECT_THAT(message_of([&] { render_picture(run(), "oblique", "cure", out); }), HasSubstr("lateral, frontal, axial"));
  EXPECT_THAT(message_of([&] { render_picture(run(), "lateral", "curee", out); }), HasSubstr("cure[1]"));
  NEEDS_DISPLAY();
  EXPECT_THAT(message_of([&] { render_picture(run(), "lateral", "inflate", out, "temperature"); }),
              HasSubstr("equivalent_plastic_strain"));
  EXPECT_FALSE(std::filesystem::exists(out));
}

TEST(RenderDeathTest, WithoutDisplayAndWithoutXvfbItSaysWhatToInstall) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        unsetenv("DISPLAY");
        setenv("PATH", "/nonexistent", 1);
        try {
          ensure_display();
        } catch (const BackendError& error) {
          fprintf(stderr, "%s\n", error.what());
          _exit(1);
        }
        _exit(0);
      },
      testing::ExitedWithCode(1), "apt-get install xvfb");
}

TEST(RenderDeathTest, TheOwnServerEndsWithTheProgram) {
  if (!test::program_is_there("Xvfb")) GTEST_SKIP() << "SKIPPED: no Xvfb";
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const Scratch dir;
  const std::string note = (dir.path() / "display").string();
  setenv("KYPHOSIM_TEST_NOTE", note.c_str(), 0); // the child process runs this line again with a folder of its own
  EXPECT_EXIT(
      {
        unsetenv("DISPLAY");
        ensure_display();
        write_whole_file(std::getenv("KYPHOSIM_TEST_NOTE"), std::getenv("DISPLAY"));
        std::exit(0);
      },
      testing::ExitedWithCode(0), "");
  const std::string number = read_whole_file(note).substr(1);
  unsetenv("KYPHOSIM_TEST_NOTE");
  EXPECT_FALSE(std::filesystem::exists("/tmp/.X11-unix/X" + number))
      << "the server on display " << number << " still runs";
}

} // namespace
} // namespace kypho
