#pragma once
// What a run left on disk, read back for pictures, report and viewer. Nothing but files is needed.
#include "core/measures.hpp"
#include <filesystem>

namespace kypho {

struct FieldInfo {
  std::string name, unit; ///< "temperature", "degC"
  int components = 1;
  std::string array_name() const; ///< "temperature [degC]"; pure numbers: the name alone
};

/// One entry of DIR/frames/index.json.
struct FrameInfo {
  std::string stage;
  int ordinal = 1, stage_index = 0;
  double pseudo_time = 0;
  bool last_of_stage = false;
  std::filesystem::path volume, surface; ///< .vtu and .vtp, absolute or relative to the working directory
  std::vector<FieldInfo> node_fields, tet_fields, facet_fields;
  std::map<std::string, double> scalars;
};

/// A table of numbers with named columns; text columns are kept apart. Missing cells are NaN.
struct Table {
  std::map<std::string, std::vector<double>> numbers;
  std::map<std::string, std::vector<std::string>> texts;
  std::size_t rows = 0;
  bool has(const std::string& column) const { return numbers.count(column) > 0; }
};

/// All frames of a run in time order. @throws InputError if there is no index or it cannot be read
std::vector<FrameInfo> read_frames(const std::filesystem::path& run_dir);
/// The last frame of a stage: "fracture", "load[2]" (second of its kind), "3" (place in the scenario), "first", "last".
/// A kind alone means its last occurrence. @throws InputError naming the stages that exist
const FrameInfo& find_stage_frame(const std::vector<FrameInfo>& frames, const std::string& stage);
/// Stage name for people: "Balloon inflation", "Load test 2".
std::string stage_title(const std::vector<FrameInfo>& frames, const FrameInfo& frame);
/// All of them, "Load test → Fracture".
std::string stage_titles(const std::vector<FrameInfo>& frames);
/// @throws InputError if the file exists but is no table
Table read_table(const std::filesystem::path& csv);
/// DIR/measures.json, without version and hash. @throws InputError
Measures read_measures(const std::filesystem::path& run_dir);
/// DIR/landmarks.json: names -> points, mm; empty where there is none.
std::map<std::string, Vec3> read_landmarks(const std::filesystem::path& run_dir);

} // namespace kypho
