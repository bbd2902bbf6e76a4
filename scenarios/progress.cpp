#include "scenarios/progress.hpp"
#include <cmath>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <ostream>
#include <unistd.h>

namespace kypho {
namespace {

using seconds = std::chrono::duration<double>;

/// Below this share of the work the time left is a guess that misleads.
constexpr double foreseeable = 0.02;

std::optional<double> time_left(const Progress& p, double elapsed_s) {
  if (p.fraction < foreseeable || p.fraction > 1) return std::nullopt;
  return elapsed_s * (1 - p.fraction) / p.fraction;
}

std::string duration_text(double s) {
  const long whole = std::lround(s);
  return whole < 60 ? fmt::format("{} s", whole) : fmt::format("{} min {} s", whole / 60, whole % 60);
}

std::string json_text(const Progress& p, double elapsed_s) {
  nlohmann::ordered_json line{{"event", "progress"}, {"stage", p.stage},       {"ordinal", p.ordinal},
                              {"index", p.index},    {"stages", p.stages},     {"pseudo_time", p.pseudo_time},
                              {"steps", p.steps},    {"fraction", p.fraction}, {"elapsed_s", elapsed_s}};
  if (p.pressure_mpa) line["pressure_mpa"] = *p.pressure_mpa;
  if (p.height_mm) line["anterior_height_mm"] = *p.height_mm;
  if (p.load_n) line["axial_load_n"] = *p.load_n;
  if (const auto left = time_left(p, elapsed_s)) line["time_left_s"] = *left;
  return line.dump();
}

} // namespace

ProgressStyle progress_style(bool quiet, bool json, int file_descriptor) {
  if (json) return ProgressStyle::json;
  if (quiet) return ProgressStyle::none;
  return isatty(file_descriptor) ? ProgressStyle::live : ProgressStyle::lines;
}

std::optional<Progress> progress_of(const std::string& json_line) {
  const nlohmann::json line = nlohmann::json::parse(json_line, nullptr, false);
  if (!line.is_object() || line.value("event", "") != "progress") return std::nullopt;
  const auto maybe = [&](const char* key) {
    return line.contains(key) ? std::optional<double>(line.at(key)) : std::nullopt;
  };
  return Progress{.stage = line.at("stage"),
                  .ordinal = line.at("ordinal"),
                  .index = line.at("index"),
                  .stages = line.at("stages"),
                  .pseudo_time = line.at("pseudo_time"),
                  .steps = line.at("steps"),
                  .pressure_mpa = maybe("pressure_mpa"),
                  .height_mm = maybe("anterior_height_mm"),
                  .load_n = maybe("axial_load_n"),
                  .fraction = line.at("fraction")};
}

std::string progress_text(const Progress& p, double elapsed_s) {
  std::string text = fmt::format("[{}/{}] {}{} {:3.0f} %  step {}", p.index + 1, p.stages, p.stage,
                                 p.ordinal > 1 ? fmt::format("[{}]", p.ordinal) : "", 100 * p.pseudo_time, p.steps);
  if (p.pressure_mpa) text += fmt::format("  {:.2f} MPa", *p.pressure_mpa);
  if (p.height_mm) text += fmt::format("  height {:.2f} mm", *p.height_mm);
  if (p.load_n) text += fmt::format("  load {:.0f} N", *p.load_n);
  if (const auto left = time_left(p, elapsed_s)) text += fmt::format("  {} left", duration_text(*left));
  return text;
}

void ProgressLine::report(const Progress& p) {
  if (style_ == ProgressStyle::none) return;
  const auto now = std::chrono::steady_clock::now();
  const std::string stage = fmt::format("{}[{}]", p.stage, p.ordinal);
  const bool turn = stage != last_stage_ || (p.pseudo_time >= 1 && last_pseudo_time_ < 1);
  const seconds interval(style_ == ProgressStyle::live ? 0.1 : 10);
  if (!turn && now - last_ < interval) return;
  const double elapsed = seconds(now - start_).count();
  switch (style_) {
  case ProgressStyle::live: out_ << "\r\033[K" << progress_text(p, elapsed); break;
  case ProgressStyle::json: out_ << json_text(p, elapsed) << '\n'; break;
  default: out_ << progress_text(p, elapsed) << '\n';
  }
  out_.flush();
  shown_ = style_ == ProgressStyle::live;
  last_ = now;
  last_stage_ = stage;
  last_pseudo_time_ = p.pseudo_time;
}

void ProgressLine::announce(const std::string& phase) {
  if (style_ == ProgressStyle::none) return;
  if (style_ == ProgressStyle::live)
    out_ << "\r\033[K" << phase << std::flush;
  else if (style_ == ProgressStyle::json)
    out_ << nlohmann::ordered_json{{"event", "phase"}, {"phase", phase}}.dump() << std::endl;
  else
    out_ << phase << std::endl;
  shown_ = style_ == ProgressStyle::live;
}

void ProgressLine::clear() {
  if (shown_) out_ << "\r\033[K" << std::flush;
  shown_ = false;
}

} // namespace kypho
