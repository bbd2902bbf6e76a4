#pragma once
// Private to viz: the parts of compare.html and strip.png.
#include "viz/scene.hpp"
#include <filesystem>
#include <nlohmann/json.hpp>
#include <vector>

namespace kypho::detail {

/// One moment of every arm, from one side.
struct StripRow {
  std::string title;
  std::vector<std::string> pngs; ///< in the order of the arms; empty where an arm has no such moment
};

struct ComparisonPictures {
  std::vector<StripRow> rows;
  std::vector<std::pair<std::string, Color>> legend;
  std::string strip; ///< all of them as one PNG
};

/// Needs a display (ensure_display). Same box, same scale and same views for all arms.
/// @param comparison compare.json @throws InputError if an arm's frames cannot be read
ComparisonPictures pictures_of(const std::filesystem::path& compare_dir, const nlohmann::json& comparison);

/// Bars of one figure for every arm; the arms' names stand at the left of the first one.
struct BarPanel {
  std::string title, unit;
  int digits = 1;
  std::vector<std::optional<double>> values;         ///< in the order of the arms
  std::vector<std::pair<std::string, double>> lines; ///< values to compare with, "intact"
};
/// <svg>...</svg> with the panels side by side, one row per arm. @param failed words instead of bars
std::string svg_of(const std::vector<std::string>& arms, const std::vector<BarPanel>& panels);

/// A number under /a/b/c; nothing if there is none.
std::optional<double> number_at(const nlohmann::json& object, const std::string& pointer);

} // namespace kypho::detail
