// Figures of the arms as bars: small plots side by side that share their rows.
#include "viz/detail/comparison_parts.hpp"
#include "viz/svg_plot.hpp"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace kypho::detail {
namespace {

constexpr double row_height = 30, head = 44, foot = 26, gap = 26, width = 1080;

struct Scale {
  double left, right, low, high;
  double x(double value) const { return left + (value - low) / (high - low) * (right - left); }
};

std::string text(double x, double y, const char* anchor, const std::string& words, const char* more = "") {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\"{}>{}</text>\n", x, y, anchor, more,
                     escaped(words));
}

/// With room for the figure beside the longest bar, also on the left of a negative one.
Scale scale_of(const BarPanel& panel, double left, double right) {
  double low = 0, high = 0;
  for (const auto& value : panel.values)
    if (value) {
      low = std::min(low, *value);
      high = std::max(high, *value);
    }
  for (const auto& [name, value] : panel.lines) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
  if (high - low < 1e-9) high = low + 1;
  const double room = 0.34 * (high - low);
  return {left, right, low < 0 ? low - room : low, high + room};
}

/// The figure has a white rim, so that it can be read over a line.
std::string bar(const Scale& scale, double y, double value, int digits) {
  const double from = scale.x(std::min(0.0, value)), to = scale.x(std::max(0.0, value));
  const std::string shown = fmt::format("{:.{}f}", std::abs(value), digits);
  const bool negative = value < 0 && shown.find_first_not_of("0.") != shown.npos;
  const double middle = y + row_height / 2 + 4;
  constexpr const char* rim = " stroke=\"#fff\" stroke-width=\"3\" paint-order=\"stroke\"";
  return fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" fill=\"#0b5c8f\"/>\n", from,
                     y + 6, std::max(0.8, to - from), row_height - 12) +
         (negative ? text(from - 5, middle, "end", "\u2212" + shown, rim) : text(to + 5, middle, "start", shown, rim));
}

/// Values to compare with; their names stand below, one line each.
std::string lines_of(const BarPanel& panel, const Scale& scale, double bottom) {
  std::string svg;
  double y = bottom + 13;
  for (const auto& [name, value] : panel.lines) {
    const char* color = name == "intact" ? "#2f6fb3" : "#c0392b";
    svg += fmt::format("<line x1=\"{0:.1f}\" y1=\"{1}\" x2=\"{0:.1f}\" y2=\"{2:.1f}\" stroke=\"{3}\" "
                       "stroke-width=\"1.5\" stroke-dasharray=\"4 3\"/>\n",
                       scale.x(value), head, bottom, color);
    const bool right = scale.x(value) > (scale.left + scale.right) / 2;
    svg += text(std::clamp(scale.x(value), scale.left, scale.right), y, right ? "end" : "start",
                fmt::format("{} {:.{}f}", name, value, panel.digits),
                fmt::format(" fill=\"{}\" font-size=\"11\"", color).c_str());
    y += 12;
  }
  return svg;
}

std::string panel_svg(const BarPanel& panel, const Scale& scale, double bottom) {
  std::string svg = text(scale.left, 16, "start", panel.title, " font-weight=\"600\"");
  svg += text(scale.left, 33, "start", panel.unit, " fill=\"#5b6673\" font-size=\"11.5\"");
  svg += lines_of(panel, scale, bottom);
  for (std::size_t k = 0; k < panel.values.size(); ++k) {
    const double y = head + row_height * static_cast<double>(k);
    svg += panel.values[k] ? bar(scale, y, *panel.values[k], panel.digits)
                           : text(scale.x(0) + 5, y + row_height / 2 + 4, "start", "\u2013", " fill=\"#5b6673\"");
  }
  return svg + fmt::format("<line x1=\"{0:.1f}\" y1=\"{1}\" x2=\"{0:.1f}\" y2=\"{2:.1f}\" stroke=\"#4a5563\"/>\n",
                           scale.x(0), head, bottom);
}

} // namespace

std::string svg_of(const std::vector<std::string>& arms, const std::vector<BarPanel>& panels) {
  std::size_t longest = 0;
  for (const std::string& arm : arms) longest = std::max(longest, arm.size());
  const double names = std::min(240.0, 20 + 7.2 * static_cast<double>(longest));
  const double bottom = head + row_height * static_cast<double>(arms.size());
  std::string svg =
      fmt::format("<svg class=\"plot\" viewBox=\"0 0 {:.0f} {:.0f}\" role=\"img\" aria-label=\"Figures of "
                  "the arms\" font-size=\"12.5\" fill=\"#1d2733\">\n",
                  width, bottom + foot);
  for (std::size_t k = 0; k < arms.size(); ++k) {
    const double y = head + row_height * static_cast<double>(k);
    if (k % 2 == 0)
      svg += fmt::format("<rect x=\"0\" y=\"{:.1f}\" width=\"{:.0f}\" height=\"{}\" fill=\"#f3f5f7\"/>\n", y, width,
                         row_height);
    svg += text(4, y + row_height / 2 + 4, "start", arms[k], " font-weight=\"600\"");
  }
  const double each = (width - names) / static_cast<double>(panels.size());
  for (std::size_t p = 0; p < panels.size(); ++p) {
    const double left = names + each * static_cast<double>(p);
    svg += panel_svg(panels[p], scale_of(panels[p], left, left + each - gap), bottom);
  }
  return svg + "</svg>\n";
}

} // namespace kypho::detail
