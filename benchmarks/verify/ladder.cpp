#include "benchmarks/verify/ladder.hpp"
#include "core/base/errors.hpp"
#include "core/base/nearest.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

#define KYPHO_VERIFY_CASES(X)                                                                                          \
  X(patch)                                                                                                             \
  X(manufactured)                                                                                                      \
  X(tangent)                                                                                                           \
  X(objectivity)                                                                                                       \
  X(material_points)                                                                                                   \
  X(newton_tail)                                                                                                       \
  X(thick_sphere)                                                                                                      \
  X(thick_cylinder)                                                                                                    \
  X(cook)                                                                                                              \
  X(le10)                                                                                                              \
  X(cantilever)                                                                                                        \
  X(inflated_sphere)                                                                                                   \
  X(hertz)                                                                                                             \
  X(softening)                                                                                                         \
  X(cavity_expansion)                                                                                                  \
  X(balloon_in_air)                                                                                                    \
  X(heat_conduction)                                                                                                   \
  X(calculix)

namespace kypho::verify {

#define KYPHO_DECLARE(name) CaseInfo verify_##name();
KYPHO_VERIFY_CASES(KYPHO_DECLARE)
#undef KYPHO_DECLARE

const std::vector<CaseInfo>& catalog() {
#define KYPHO_ENTRY(name) verify_##name(),
  static const std::vector<CaseInfo> all{KYPHO_VERIFY_CASES(KYPHO_ENTRY)};
#undef KYPHO_ENTRY
  return all;
}

void Rows::compare(const std::string& quantity, double reference, double computed, double tolerance,
                   std::optional<double> order) {
  const double error = std::abs(computed - reference) / std::abs(reference);
  rows_.push_back({name_, quantity, reference, computed, error, tolerance, order, error <= tolerance});
}

void Rows::bound(const std::string& quantity, double error, double tolerance) {
  rows_.push_back({name_, quantity, 0, error, std::abs(error), tolerance, {}, std::abs(error) <= tolerance});
}

void Rows::order(const std::string& quantity, const std::vector<double>& errors, double least) {
  const double order = std::log2(errors[errors.size() - 2] / errors.back());
  rows_.push_back({name_, quantity, 0, errors.back(), std::max(0.0, least - order), 0, order, order >= least});
}

std::vector<Row> run_ladder(const std::vector<std::string>& names, bool quick,
                            const std::function<void(const CaseInfo&, const Rows&, double)>& report) {
  std::vector<std::string> known;
  for (const CaseInfo& info : catalog()) known.push_back(info.name);
  for (const std::string& name : names)
    if (std::find(known.begin(), known.end(), name) == known.end())
      throw InputError(unknown_name("verification case", name, known));
  std::vector<Row> all;
  for (const CaseInfo& info : catalog()) {
    if (names.empty() ? quick && !info.quick : std::find(names.begin(), names.end(), info.name) == names.end())
      continue;
    const auto start = std::chrono::steady_clock::now();
    Rows rows(info.name);
    try {
      info.run(rows);
    } catch (const Interrupted&) {
      throw;
    } catch (const std::exception& error) { // one case that fails does not keep the others from being told
      rows.fail(error.what());
    }
    report(info, rows, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    all.insert(all.end(), rows.rows().begin(), rows.rows().end());
  }
  return all;
}

} // namespace kypho::verify
