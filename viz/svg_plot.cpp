#include "viz/svg_plot.hpp"
#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>

namespace kypho {
namespace {

// Okabe and Ito: told apart with any colour vision and in grey print.
constexpr std::array colors = {"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#555555"};

struct Frame2 {
  double left, right, top, bottom; ///< pixels of the plotting area
  double x0, x1, y0, y1;           ///< values at its edges
  double x(double v) const { return left + (v - x0) / (x1 - x0) * (right - left); }
  double y(double v) const { return bottom - (v - y0) / (y1 - y0) * (bottom - top); }
};

void widen(std::pair<double, double>& range, const std::vector<double>& values) {
  for (double v : values)
    if (std::isfinite(v)) range = {std::min(range.first, v), std::max(range.second, v)};
}

double legend_width(const Plot& plot) {
  double width = 0;
  for (const Curve& c : plot.curves) width += 7.0 * static_cast<double>(c.name.size()) + 42;
  return width;
}

/// The legend stands beside the title where there is room, else below it.
bool legend_below(const Plot& plot) {
  return 100 + 8.5 * static_cast<double>(plot.title.size()) + legend_width(plot) > plot.width;
}

Frame2 frame_of(const Plot& plot) {
  std::pair<double, double> x{1e300, -1e300}, y{1e300, -1e300};
  for (const Curve& c : plot.curves) {
    widen(x, c.x);
    widen(y, c.y);
  }
  for (const PlotBand& b : plot.bands) widen(y, {b.low, b.high});
  const double slack = y.second > y.first ? 0.06 * (y.second - y.first) : std::max(0.5, 0.1 * std::abs(y.first));
  Frame2 f{};
  f.left = 66;
  f.right = plot.width - (plot.right_label.empty() ? 18.0 : 62.0);
  f.top = (plot.marks.empty() ? 40 : 58) + (legend_below(plot) ? 22 : 0);
  f.bottom = plot.height - 48;
  f.x0 = plot.x_low.value_or(x.first);
  f.x1 = plot.x_high.value_or(x.second);
  f.y0 = plot.y_low.value_or(y.first >= 0 && y.first < 0.3 * y.second ? 0 : y.first - slack);
  f.y1 = plot.y_high.value_or(y.second + slack);
  if (!(f.x1 > f.x0)) f.x1 = f.x0 + 1;
  if (!(f.y1 > f.y0)) f.y1 = f.y0 + 1;
  return f;
}

std::string number(double v) { return fmt::format("{:.6g}", std::abs(v) < 1e-12 ? 0.0 : v); }

std::string text(double x, double y, const char* anchor, const std::string& words, const char* more = "") {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\"{}>{}</text>\n", x, y, anchor, more,
                     escaped(words));
}

std::string line(double x1, double y1, double x2, double y2, const char* style) {
  return fmt::format("<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" {}/>\n", x1, y1, x2, y2, style);
}

std::string turned(double x, double y, const std::string& words) {
  return fmt::format("<text transform=\"translate({:.1f},{:.1f}) rotate(-90)\" text-anchor=\"middle\">{}</text>\n", x,
                     y, escaped(words));
}

std::string axes(const Plot& plot, const Frame2& f) {
  constexpr const char* grid = "stroke=\"#dfe4ea\" stroke-width=\"1\"";
  constexpr const char* edge = "stroke=\"#4a5563\" stroke-width=\"1\"";
  std::string svg;
  for (double v : nice_ticks(f.y0, f.y1, 6)) {
    svg += line(f.left, f.y(v), f.right, f.y(v), grid);
    svg += text(f.left - 8, f.y(v) + 4, "end", number(v));
  }
  if (plot.x_ticks)
    for (double v : nice_ticks(f.x0, f.x1, 8)) {
      svg += line(f.x(v), f.top, f.x(v), f.bottom, grid);
      svg += text(f.x(v), f.bottom + 18, "middle", number(v));
    }
  if (!plot.right_label.empty()) {
    for (double v : nice_ticks(f.y0 * plot.right_factor, f.y1 * plot.right_factor, 6)) {
      const double y = f.y(v / plot.right_factor);
      svg += line(f.right, y, f.right + 5, y, edge) + text(f.right + 8, y + 4, "start", number(v));
    }
    svg += line(f.right, f.top, f.right, f.bottom, edge);
    svg += turned(plot.width - 8, (f.top + f.bottom) / 2, plot.right_label);
  }
  svg += line(f.left, f.bottom, f.right, f.bottom, edge) + line(f.left, f.top, f.left, f.bottom, edge);
  svg += text((f.left + f.right) / 2, plot.height - 8, "middle", plot.x_label);
  return svg + turned(16, (f.top + f.bottom) / 2, plot.y_label);
}

std::string bands(const Plot& plot, const Frame2& f) {
  std::string svg;
  for (const PlotBand& b : plot.bands) {
    const double high = f.y(std::min(b.high, f.y1)), low = f.y(std::max(b.low, f.y0));
    if (low <= high) continue;
    svg += fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" fill=\"#e69f00\" "
                       "fill-opacity=\"0.13\"/>\n",
                       f.left, high, f.right - f.left, low - high);
  }
  return svg;
}

/// Over the curves, with a white rim so that both can be read.
std::string band_names(const Plot& plot, const Frame2& f) {
  std::string svg;
  for (const PlotBand& b : plot.bands)
    svg += text(f.right - 6, f.y(std::min(b.high, f.y1)) + 14, "end", b.name,
                " fill=\"#8a6100\" font-size=\"11\" stroke=\"#fff\" stroke-width=\"3\" paint-order=\"stroke\"");
  return svg;
}

/// Names of stages above their intervals, in two rows so that short stages do not collide.
std::string marks(const Plot& plot, const Frame2& f) {
  std::string svg;
  for (std::size_t i = 0; i < plot.marks.size(); ++i) {
    const double from = std::max(plot.marks[i].x, f.x0);
    const double to = i + 1 < plot.marks.size() ? plot.marks[i + 1].x : f.x1;
    if (from > f.x0) svg += line(f.x(from), f.top, f.x(from), f.bottom, "stroke=\"#9aa5b1\" stroke-dasharray=\"3 3\"");
    svg += text((f.x(from) + f.x(to)) / 2, f.top - (i % 2 ? 4 : 17), "middle", plot.marks[i].name,
                " fill=\"#4a5563\" font-size=\"11\"");
  }
  return svg;
}

std::string curve(const Curve& c, const Frame2& f, const char* color) {
  std::string path, dots;
  bool pen_down = false;
  for (std::size_t i = 0; i < std::min(c.x.size(), c.y.size()); ++i) {
    if (!std::isfinite(c.x[i]) || !std::isfinite(c.y[i])) {
      pen_down = false;
      continue;
    }
    path += fmt::format("{}{:.2f} {:.2f}", pen_down ? "L" : "M", f.x(c.x[i]), f.y(c.y[i]));
    pen_down = true;
    if (c.markers)
      dots +=
          fmt::format("<circle cx=\"{:.2f}\" cy=\"{:.2f}\" r=\"3.2\" fill=\"{}\"/>\n", f.x(c.x[i]), f.y(c.y[i]), color);
  }
  return fmt::format("<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"2\" stroke-linejoin=\"round\"/>\n",
                     path, color) +
         dots;
}

std::string legend(const Plot& plot, const Frame2& f) {
  std::string svg;
  const double y = legend_below(plot) ? 40 : 18;
  double x = f.right - legend_width(plot);
  for (std::size_t i = 0; i < plot.curves.size(); ++i) {
    const std::string& name = plot.curves[i].name;
    svg += line(x, y, x + 20, y, fmt::format("stroke=\"{}\" stroke-width=\"3\"", colors[i % colors.size()]).c_str());
    svg += text(x + 26, y + 4, "start", name);
    x += 7.0 * static_cast<double>(name.size()) + 42;
  }
  return svg;
}

} // namespace

std::string escaped(const std::string& text) {
  std::string safe;
  for (char c : text) {
    if (c == '&')
      safe += "&amp;";
    else if (c == '<')
      safe += "&lt;";
    else if (c == '>')
      safe += "&gt;";
    else if (c == '"')
      safe += "&quot;";
    else
      safe += c;
  }
  return safe;
}

std::vector<double> nice_ticks(double low, double high, int wanted) {
  std::vector<double> ticks;
  if (!(high > low) || wanted < 1) return ticks;
  const double raw = (high - low) / wanted, power = std::pow(10, std::floor(std::log10(raw)));
  const double step = power * (raw / power > 5 ? 10 : raw / power > 2 ? 5 : raw / power > 1 ? 2 : 1);
  for (double k = std::ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; ++k) ticks.push_back(k * step);
  return ticks;
}

std::string svg_of(const Plot& plot) {
  const bool drawable = std::any_of(plot.curves.begin(), plot.curves.end(), [](const Curve& c) {
    return std::count_if(c.y.begin(), c.y.end(), [](double v) { return std::isfinite(v); }) >= 2;
  });
  if (!drawable) return "";
  const Frame2 f = frame_of(plot);
  std::string svg =
      fmt::format("<svg class=\"plot\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\" font-size=\"12.5\" "
                  "fill=\"#1d2733\">\n",
                  plot.width, plot.height, escaped(plot.title));
  svg += text(f.left, 22, "start", plot.title, " font-weight=\"600\" font-size=\"14\"");
  svg += bands(plot, f) + axes(plot, f) + marks(plot, f) + legend(plot, f);
  for (std::size_t i = 0; i < plot.curves.size(); ++i) svg += curve(plot.curves[i], f, colors[i % colors.size()]);
  return svg + band_names(plot, f) + "</svg>\n";
}

} // namespace kypho
