#pragma once
// The rows of a series of procedures: on disk, one line each, so that an interrupted series goes on; and as tables.
#include "benchmarks/robustness/procedure_trial.hpp"

namespace kypho::robustness {

/// DIR/procedures.jsonl, one JSON object per line.
class ProcedureRows {
public:
  /// @throws LimitReached if the folder cannot be written
  explicit ProcedureRows(const std::filesystem::path& dir);
  /// The row of this very case, if it is there.
  std::optional<ProcedureTrial> find(const DrawnProcedure& drawn) const;
  void add(const ProcedureTrial& trial); ///< @throws LimitReached

private:
  std::filesystem::path file_;
  std::vector<ProcedureTrial> rows_;
};

std::string line(const ProcedureTrial& trial);
/// Markdown: how many did what, why the others did not, what repeats each of these, and all rows.
std::string summary_page(const std::vector<ProcedureTrial>& trials, unsigned seed);
std::string summary_json(const std::vector<ProcedureTrial>& trials, unsigned seed);

/// Whether the series holds what is asked: of those not refused 95 of 100 complete, the others gave up with a reason.
bool holds(const std::vector<ProcedureTrial>& trials);

} // namespace kypho::robustness
