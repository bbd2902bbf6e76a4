#include "scenarios/rerun_command.hpp"
#include "core/base/errors.hpp"
#include "core/base/nearest.hpp"
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

namespace kypho {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_named = 8;

std::string text_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw InputError(file.string() + ": cannot be read; a finished run has one");
  return {std::istreambuf_iterator<char>(stream), {}};
}

nlohmann::json figures(const std::string& text) {
  nlohmann::json measures = nlohmann::json::parse(text, nullptr, false);
  if (!measures.is_object()) throw InputError("measures.json: is damaged");
  measures.erase("run");
  return measures;
}

} // namespace

std::string differing_measures(const std::string& one, const std::string& two) {
  std::vector<std::string> paths;
  for (const auto& step : nlohmann::json::diff(figures(one), figures(two))) paths.push_back(step.at("path"));
  const std::size_t more = paths.size() - std::min(paths.size(), most_named);
  paths.resize(paths.size() - more);
  return joined(paths) + (more > 0 ? " and " + std::to_string(more) + " more" : "");
}

int rerun_command(CommandLine command, const Pictures& pictures) {
  fs::path run = (command.file / "").lexically_normal().parent_path();
  if (command.output.empty()) command.output = run.string() + "-rerun";
  if (fs::absolute(command.output / "").lexically_normal() == fs::absolute(run / "").lexically_normal())
    throw InputError("-o " + command.output.string() + ": is the run itself; choose another folder");
  const std::string before = text_of(run / "measures.json");
  if (figures(before).contains("solved_otherwise"))
    throw InputError((run / "echo.toml").string() +
                     ": does not repeat the run: earlier stages were solved with other keys of [solver], see "
                     "solved_otherwise in measures.json");
  command.file = run / "echo.toml";
  run_command(command, pictures);
  const std::string difference = differing_measures(before, text_of(command.output / "measures.json"));
  if (difference.empty())
    std::cout << run.string() << " and " << command.output.string() << " agree in all figures\n";
  else
    std::cout << run.string() << " and " << command.output.string() << " differ in " << difference << '\n';
  return difference.empty() ? 0 : 1;
}

} // namespace kypho
