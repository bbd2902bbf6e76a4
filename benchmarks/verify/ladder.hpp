#pragma once
// The verification ladder: every case computes figures whose true value is known from elsewhere, and says how far off it is.
// A case is one file in cases/ that defines verify_NAME(), and one line in the catalog of ladder.cpp.
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace kypho::verify {

struct Row {
  std::string case_name, quantity;
  double reference = 0, computed = 0;
  double error = 0; ///< what is compared with the tolerance: relative unless the quantity says otherwise
  double tolerance = 0;
  std::optional<double> order; ///< of convergence, where a series of meshes was run
  bool passed = false;
};

/// Collects the rows of one case.
class Rows {
public:
  explicit Rows(std::string case_name) : name_(std::move(case_name)) {}
  /// |computed - reference| / |reference| <= tolerance
  void compare(const std::string& quantity, double reference, double computed, double tolerance,
               std::optional<double> order = {});
  /// An error that should be zero.
  void bound(const std::string& quantity, double error, double tolerance);
  /// Order of convergence at least @p least. @param errors of three or more meshes, each half as coarse as the one before:
  /// the order is that of the last two
  void order(const std::string& quantity, const std::vector<double>& errors, double least);
  /// The case broke off.
  void fail(const std::string& why) { rows_.push_back({name_, "broke off: " + why, 0, 0, 1, 0, {}, false}); }
  /// The case cannot run here; @p why is told and nothing passes or fails.
  void skip(const std::string& why) { skipped_ = why; }
  const std::vector<Row>& rows() const { return rows_; }
  const std::string& skipped() const { return skipped_; }

private:
  std::string name_, skipped_;
  std::vector<Row> rows_;
};

struct CaseInfo {
  std::string name, group, meaning;
  std::string source; ///< of the reference values
  bool quick = true;  ///< runs with --quick, seconds
  std::function<void(Rows&)> run;
};

const std::vector<CaseInfo>& catalog();

/// Runs the chosen cases. @param names empty: all, or all quick ones   @param report called after each case
std::vector<Row> run_ladder(const std::vector<std::string>& names, bool quick,
                            const std::function<void(const CaseInfo&, const Rows&, double seconds)>& report);

} // namespace kypho::verify
