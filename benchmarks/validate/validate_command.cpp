#include "benchmarks/validate/validate_command.hpp"
#include "benchmarks/validate/page.hpp"
#include "core/base/errors.hpp"

#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <iostream>
#include <map>

namespace kypho::validate {
namespace {

namespace fs = std::filesystem;

void print(const Result& r) {
  std::cout << fmt::format("\n{}. {}: {} ({:.1f} s)\n", r.info->number, r.info->name, verdict(r), r.outcome.seconds);
  if (!r.info->missing.empty()) std::cout << "  missing: " << r.info->missing << '\n';
  if (!r.outcome.broken.empty()) std::cout << "  " << r.outcome.broken << '\n';
  for (const Finding& f : r.outcome.findings) {
    const auto passed = f.passed();
    std::cout << fmt::format("  {:<70} {:>10.4g} {:<10}", f.quantity, f.computed, f.unit);
    if (passed) std::cout << fmt::format(" [{:.4g}, {:.4g}]  {}", *f.low, *f.high, *passed ? "pass" : "FAIL");
    std::cout << '\n';
  }
  for (const std::string& remark : r.outcome.remarks) std::cout << "  " << remark << '\n';
  std::cout << std::flush;
}

void save(const fs::path& file, const std::string& text) {
  std::ofstream stream(file, std::ios::binary);
  stream << text;
  if (!stream.flush()) throw LimitReached("cannot write " + file.string());
}

/// svg_of() is made for pages that hold it; a file of its own names its language, font and ground.
std::string standing_alone(std::string svg) {
  svg.insert(4, " xmlns=\"http://www.w3.org/2000/svg\" font-family=\"sans-serif\" style=\"background:#fff\"");
  return svg;
}

void save_page(const fs::path& page, const std::vector<Result>& results) {
  const std::string folder = page.stem().string();
  for (const Result& r : results)
    for (const Figure& f : r.outcome.figures) {
      fs::create_directories(page.parent_path() / folder);
      save(page.parent_path() / folder / f.file, standing_alone(svg_of(f.plot)) + "\n");
    }
  save(page, page_of(results, folder));
  std::cout << "written: " << page.string() << '\n';
}

} // namespace

int validate_command(const Options& options) {
  const std::vector<Result> results = run_rows(options.rows, options.quick, print);
  std::map<std::string, int> count;
  bool broken = false;
  for (const Result& r : results) {
    const std::string word = verdict(r);
    ++count[word];
    broken = broken || !r.outcome.broken.empty();
  }
  std::cout << '\n';
  for (const auto& [word, n] : count) std::cout << fmt::format("{}: {}\n", word, n);
  if (!options.json.empty()) save(options.json, json_of(results));
  fs::path page = options.page;
  if (page.empty() && options.rows.empty() && !options.quick && fs::is_directory(KYPHOSIM_SOURCE_DIR "/docs"))
    page = KYPHOSIM_SOURCE_DIR "/docs/validation.md";
  if (!page.empty()) save_page(page, results);
  return broken ? 3 : 0;
}

} // namespace kypho::validate
