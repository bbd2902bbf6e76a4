#pragma once
// Line plots as SVG text, for reports that open without a network.
#include <optional>
#include <string>
#include <vector>

namespace kypho {

struct Curve {
  std::string name;
  std::vector<double> x, y; ///< a NaN breaks the line
  bool markers = false;     ///< a dot at each point
};

/// A shaded strip of values on the y axis, with its name.
struct PlotBand {
  double low = 0, high = 0;
  std::string name;
};

/// A vertical line; its name stands above the interval that it begins.
struct PlotMark {
  double x = 0;
  std::string name;
};

struct Plot {
  std::string title, x_label, y_label; ///< labels with units, "volume, mL"
  std::vector<Curve> curves = {};
  std::vector<PlotBand> bands = {};
  std::vector<PlotMark> marks = {};
  std::string right_label = {};                                           ///< second scale on the right; empty: none
  double right_factor = 1;                                                ///< right value = left value * factor
  std::optional<double> x_low = {}, x_high = {}, y_low = {}, y_high = {}; ///< fixed ends; else from the curves
  bool x_ticks = true;                                                    ///< false where only the marks matter
  int width = 760, height = 400;
};

/// <svg>...</svg>; empty if no curve has two points. The same plot gives the same text.
std::string svg_of(const Plot& plot);
/// Ticks in steps of 1, 2 or 5 times a power of ten inside [low, high], about @p wanted of them.
std::vector<double> nice_ticks(double low, double high, int wanted);
/// &, <, > and quotes made safe for HTML and SVG.
std::string escaped(const std::string& text);

} // namespace kypho
