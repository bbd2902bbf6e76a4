#pragma once
// The rows of the literature: each compares what the program computes with what was measured, with one set of material
// parameters for all, the program's defaults. A row is one file in rows/ that defines row_NAME(), and one line in the catalog
// of rows.cpp. The numbers are those of the project's list of targets.
#include "viz/svg_plot.hpp"
#include <functional>
#include <optional>

namespace kypho::validate {

/// One computed number, with what it is held against.
struct Finding {
  std::string quantity, unit;
  double computed = 0;
  std::optional<double> low, high; ///< absent: told, not judged
  std::optional<bool> passed() const {
    if (!low || !high) return std::nullopt;
    return computed >= *low && computed <= *high;
  }
};

struct Figure {
  std::string file; ///< "setting.svg"
  Plot plot;
};

/// What one row found.
struct Outcome {
  std::vector<Finding> findings;
  std::vector<Figure> figures;
  std::vector<std::string> remarks;
  std::string broken; ///< why the row came to no result
  double seconds = 0;

  void judge(std::string quantity, std::string unit, double computed, double low, double high) {
    findings.push_back({std::move(quantity), std::move(unit), computed, low, high});
  }
  void tell(std::string quantity, std::string unit, double computed) {
    findings.push_back({std::move(quantity), std::move(unit), computed, {}, {}});
  }
  /// All that is judged lies in its band; nothing if nothing is judged.
  std::optional<bool> passed() const;
};

enum class Use { calibrated, check, sanity };
const char* name_of(Use use);

struct RowInfo {
  int number = 0;
  std::string name;           ///< "setting_time", of the file and on the command line
  std::string target, source; ///< what was measured, and by whom
  std::string band;           ///< as published; says so if the band is ours
  std::string compared;       ///< how a run is compared: body, load, reference height
  Use use = Use::check;
  bool quick = false;                ///< needs no mechanics, seconds
  std::string missing;               ///< what the program lacks to run it; then there is no run
  std::function<void(Outcome&)> run; ///< @throws NotConverged, NonPhysical: the row is broken
};

/// By number.
const std::vector<RowInfo>& catalog();

struct Result {
  const RowInfo* info = nullptr;
  Outcome outcome;
};

/// @param names names or numbers; empty: all, or all quick ones   @param report called after each row
std::vector<Result> run_rows(const std::vector<std::string>& names, bool quick,
                             const std::function<void(const Result&)>& report);

} // namespace kypho::validate
