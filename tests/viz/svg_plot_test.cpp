// Line plots: ticks that read well, gaps, safe text, well-formed SVG.
#include "viz/svg_plot.hpp"
#include <cmath>
#include <gmock/gmock.h>
#include <limits>
#include <vtkSmartPointer.h>
#include <vtkXMLDataElement.h>
#include <vtkXMLUtilities.h>

namespace kypho {
namespace {

using testing::HasSubstr;
using testing::Not;

Plot rising() {
  Plot plot;
  plot.title = "P & V";
  plot.x_label = "volume, mL";
  plot.y_label = "pressure, MPa";
  plot.curves = {{"left", {0, 1, 2, 3}, {0, 0.5, 0.8, 0.9}, true}};
  return plot;
}

TEST(SvgPlot, TicksAreOneTwoOrFiveTimesAPowerOfTenAndInsideTheRange) {
  for (double low : {-3.2, 0.0, 17.0})
    for (double span : {1e-4, 0.37, 2.5, 31.0, 4200.0}) {
      const auto ticks = nice_ticks(low, low + span, 6);
      ASSERT_GE(ticks.size(), 3u);
      ASSERT_LE(ticks.size(), 12u);
      const double step = ticks[1] - ticks[0], mantissa = step / std::pow(10, std::floor(std::log10(step) + 1e-6));
      EXPECT_TRUE(std::abs(mantissa - 1) < 1e-6 || std::abs(mantissa - 2) < 1e-6 || std::abs(mantissa - 5) < 1e-6)
          << step;
      EXPECT_GE(ticks.front(), low - 1e-9 * span);
      EXPECT_LE(ticks.back(), low + span * (1 + 1e-9));
    }
}

TEST(SvgPlot, IsWellFormedXmlWithMarkupInNamesEscaped) {
  Plot plot = rising();
  plot.curves[0].name = "<left> & \"right\"";
  plot.marks = {{0, "fracture"}, {1.5, "in<flate"}};
  plot.bands = {{0.6, 1.0, "0.85 < band"}};
  plot.right_label = "psi";
  const std::string svg = svg_of(plot);
  const auto root = vtk::TakeSmartPointer(vtkXMLUtilities::ReadElementFromString(svg.c_str()));
  ASSERT_TRUE(root) << svg;
  EXPECT_STREQ(root->GetName(), "svg");
  EXPECT_THAT(svg, HasSubstr("&lt;left&gt; &amp;"));
  EXPECT_THAT(svg, HasSubstr("P &amp; V"));
}

TEST(SvgPlot, BreaksTheLineWhereAValueIsMissing) {
  Plot plot = rising();
  EXPECT_THAT(svg_of(plot), Not(testing::ContainsRegex("<path d=\"M[^\"]*M")));
  plot.curves[0].y[1] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THAT(svg_of(plot), testing::ContainsRegex("<path d=\"M[^\"]*M"));
  EXPECT_THAT(svg_of(plot), Not(HasSubstr("nan")));
}

TEST(SvgPlot, IsLeftOutWithoutACurve) {
  Plot plot = rising();
  plot.curves[0].y = {1, NAN, NAN, NAN};
  EXPECT_EQ(svg_of(plot), "");
  plot.curves.clear();
  EXPECT_EQ(svg_of(plot), "");
}

TEST(SvgPlot, AConstantCurveStillHasAScale) {
  Plot plot = rising();
  plot.curves[0].y = {37, 37, 37, 37};
  const std::string svg = svg_of(plot);
  EXPECT_THAT(svg, HasSubstr(">36<"));
  EXPECT_THAT(svg, HasSubstr(">38<"));
  EXPECT_THAT(svg, Not(HasSubstr("inf")));
}

} // namespace
} // namespace kypho
