#include "benchmarks/validate/rows.hpp"
#include "core/base/errors.hpp"
#include "core/base/nearest.hpp"

#include <algorithm>
#include <chrono>

#define KYPHO_VALIDATION_ROWS(X)                                                                                       \
  X(restoration_without_load)                                                                                          \
  X(pressure_young)                                                                                                    \
  X(loss_on_deflation)                                                                                                 \
  X(follower_load)                                                                                                     \
  X(sitting_to_supine)                                                                                                 \
  X(failure_stress)                                                                                                    \
  X(wedge_anatomy)                                                                                                     \
  X(setting_time)                                                                                                      \
  X(cannula_share)                                                                                                     \
  X(mobility_decay)                                                                                                    \
  X(permeability)                                                                                                      \
  X(leak_viscosity)                                                                                                    \
  X(fill_stiffness)                                                                                                    \
  X(bilateral_lift)                                                                                                    \
  X(clinical_cohort)                                                                                                   \
  X(bone_strength)                                                                                                     \
  X(bone_strains)                                                                                                      \
  X(restoration_trends)                                                                                                \
  X(curette)

namespace kypho::validate {

#define KYPHO_DECLARE(name) RowInfo row_##name();
KYPHO_VALIDATION_ROWS(KYPHO_DECLARE)
#undef KYPHO_DECLARE

const std::vector<RowInfo>& catalog() {
#define KYPHO_ENTRY(name) row_##name(),
  static const std::vector<RowInfo> all{KYPHO_VALIDATION_ROWS(KYPHO_ENTRY)};
#undef KYPHO_ENTRY
  return all;
}

const char* name_of(Use use) {
  switch (use) {
  case Use::calibrated: return "calibrated";
  case Use::check: return "check";
  case Use::sanity: return "sanity only";
  }
  return "?";
}

std::optional<bool> Outcome::passed() const {
  std::optional<bool> all;
  for (const Finding& f : findings)
    if (const auto one = f.passed()) all = all.value_or(true) && *one;
  return all;
}

namespace {

bool asked(const RowInfo& info, const std::vector<std::string>& names) {
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& n) { return n == info.name || n == std::to_string(info.number); });
}

void check_names(const std::vector<std::string>& names) {
  std::vector<std::string> known;
  for (const RowInfo& info : catalog()) known.push_back(info.name);
  for (const RowInfo& info : catalog()) known.push_back(std::to_string(info.number));
  for (const std::string& name : names)
    if (std::find(known.begin(), known.end(), name) == known.end())
      throw InputError(unknown_name("validation row", name, known));
}

} // namespace

std::vector<Result> run_rows(const std::vector<std::string>& names, bool quick,
                             const std::function<void(const Result&)>& report) {
  check_names(names);
  std::vector<Result> results;
  for (const RowInfo& info : catalog()) {
    if (names.empty() ? quick && !info.quick : !asked(info, names)) continue;
    Result result{&info, {}};
    const auto start = std::chrono::steady_clock::now();
    if (info.missing.empty()) {
      try {
        info.run(result.outcome);
      } catch (const NotConverged& error) {
        result.outcome.broken = error.what();
      } catch (const NonPhysical& error) {
        result.outcome.broken = error.what();
      }
    }
    result.outcome.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    report(result);
    results.push_back(std::move(result));
  }
  return results;
}

} // namespace kypho::validate
