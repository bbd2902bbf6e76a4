#include "benchmarks/bench/race.hpp"
#include "benchmarks/bench/machine.hpp"
#include "core/base/errors.hpp"
#include "solvers/linear_pattern.hpp"

#include <cmath>
#include <fmt/format.h>
#include <iostream>
#include <optional>

namespace kypho::bench {
namespace {

constexpr double rounding = 2; // the residual that conjugate gradients carry along drifts from the true one

class Race {
public:
  Race(Problem& problem, const Options& options, std::vector<Machine::Rate>& rates, std::vector<Row>& rows)
      : p_(problem), options_(options), rates_(rates), rows_(rows), first_row_(rows.size()),
        program_mb_(resident_memory_mb() - problem_mb()), budget_mb_(memory_budget_mb(options)) {}

  void enter(const Contestant& contestant, int threads) {
    Row row;
    row.suite = "solver";
    row.case_name = p_.size.case_name();
    row.order = p_.size.order;
    row.dof = p_.size.unknowns;
    row.backend = contestant.name;
    row.threads = threads;
    const Need need = contestant.need(p_.size);
    if (!contestant.absent.empty())
      refuse(row, "absent", contestant.absent);
    else if (const double mb = need.memory_mb + (contestant.others_only ? 0 : resident_memory_mb()); mb > budget_mb_)
      refuse(row, "no fit", fmt::format("needs about {:.1f} GB of {:.1f} GB", mb / 1024, budget_mb_ / 1024));
    else if (need.seconds > options_.time_limit_s)
      refuse(row, "not run", fmt::format("would take about {:.0f} min", std::ceil(need.seconds / 60)));
    else
      row.remark = contestant.note;
    rows_.push_back(std::move(row));
    entries_.push_back(contestant);
  }

  void round(int number) {
    for (const int threads : options_.threads) rates_.push_back(measure_rate(threads));
    for (std::size_t k = 0; k < entries_.size(); ++k)
      if (rows_[first_row_ + k].status == "ok") run(number, entries_[k], rows_[first_row_ + k]);
  }

  void compare() {
    for (std::size_t k = 0; k < entries_.size(); ++k) {
      Row& row = rows_[first_row_ + k];
      double best = 0;
      for (std::size_t j = 0; j < entries_.size(); ++j) {
        const Row& other = rows_[first_row_ + j];
        if (!entries_[j].peer || !entries_[j].keeps_accuracy || other.threads != row.threads || !other.measured() ||
            other.bad())
          continue;
        if (best == 0 || total_s(other) < best) best = total_s(other);
      }
      if (best > 0 && row.measured()) row.over_best_peer = total_s(row) / best;
    }
  }

private:
  static void refuse(Row& row, const char* status, std::string why) {
    row.status = status;
    row.remark = std::move(why);
  }
  double problem_mb() const {
    const double numbers = 12.0 * static_cast<double>(p_.K.nonZeros()) + 8.0 * 8 * p_.size.unknowns;
    return numbers / 1048576;
  }

  void run(int number, const Contestant& contestant, Row& row) {
    VectorX x = VectorX::Zero(p_.size.unknowns);
    const Limits limits{budget_mb_, options_.time_limit_s};
    const auto let_go = [&] { // in the child
      if (!contestant.needs_matrix) SparseMatrix().swap(p_.K); // an assignment would keep its room
    };
    const Apart apart =
        run_apart({[&](VectorX& y) { return contestant.run(p_, row.threads, y); }, let_go, contestant.others_only}, x,
                  row.threads, limits);
    std::cerr << fmt::format("  round {}, {}, {} thread{}: ", number + 1, row.backend, row.threads,
                             row.threads == 1 ? "" : "s");
    if (!apart.error.empty()) {
      refuse(row, apart.over_memory ? "no fit" : apart.over_time ? "not run" : "failed", apart.error);
      std::cerr << row.status << ": " << row.remark << std::endl;
      return;
    }
    note(apart, contestant, row);
    check(x, contestant, row);
    std::cerr << fmt::format("{:.3f} + {:.3f} s, {} iterations, {:.0f} MB{}", apart.solved.setup_s,
                             apart.solved.solve_s, row.iterations, apart.peak_mb,
                             row.bad() ? ", WRONG: " + row.remark : "")
              << std::endl;
  }

  void note(const Apart& apart, const Contestant& contestant, Row& row) const {
    bench::note(apart, row);
    const double own = row.peak_memory_mb - (contestant.others_only ? 0 : std::min(program_mb_, apart.start_mb));
    row.bytes_per_dof = own * 1048576 / row.dof;
    double triad = 0;
    for (const Machine::Rate& rate : rates_)
      if (rate.threads == row.threads) triad = std::max(triad, rate.bytes);
    if (apart.solved.bytes_per_iteration > 0 && triad > 0)
      row.ceiling_fraction = apart.solved.bytes_per_iteration * row.iterations / (median(row.solve_s) * triad);
  }

  /// From K x = b - r follows x.b - x0.b = (r0 - r).K^-1 b, so that the energies of two right answers differ by no more
  /// than (|r| + |r0|) |K^-1 b|.
  void check(const VectorX& x, const Contestant& contestant, Row& row) {
    row.relative_residual = relative_residual(p_.K, p_.b, x);
    const double energy = x.dot(p_.b), size = p_.b.norm() * x.norm();
    const bool exact = !contestant.energy_tolerance;
    if (exact && !(row.relative_residual <= rounding * accuracy))
      return refuse(row, "wrong",
                    fmt::format("relative residual {:.1e} instead of {:.0e}", row.relative_residual, accuracy));
    if (!energy_) {
      if (exact) energy_ = {energy, row.relative_residual};
      return;
    }
    const double allowed = exact ? rounding * (row.relative_residual + energy_->residual) * size
                                 : contestant.energy_tolerance(p_.size) * std::abs(energy_->value);
    if (!(std::abs(energy - energy_->value) <= allowed + 1e-12 * std::abs(energy)))
      refuse(row, "wrong", fmt::format("energy {:.10g} instead of {:.10g}", energy, energy_->value));
  }

  struct Energy {
    double value, residual;
  };
  Problem& p_;
  const Options& options_;
  std::vector<Machine::Rate>& rates_;
  std::vector<Row>& rows_;
  std::size_t first_row_;
  double program_mb_, budget_mb_;
  std::vector<Contestant> entries_;
  std::optional<Energy> energy_;
};

} // namespace

void note(const Apart& apart, Row& row) {
  row.setup_s.push_back(apart.solved.setup_s);
  row.solve_s.push_back(apart.solved.solve_s);
  row.cpu_s.push_back(apart.cpu_s);
  row.wall_s.push_back(apart.wall_s);
  row.iterations = apart.solved.iterations;
  row.peak_memory_mb = std::max(row.peak_memory_mb, apart.peak_mb);
  row.added_memory_mb = std::max(row.added_memory_mb, apart.peak_mb - apart.start_mb);
}

void race(Problem& problem, const std::vector<Contestant>& contestants, const Options& options,
          std::vector<Machine::Rate>& rates, std::vector<Row>& rows) {
  Race race(problem, options, rates, rows);
  for (const Contestant& contestant : contestants)
    if (contestant.takes(problem.size))
      for (const int threads : options.threads) race.enter(contestant, threads);
  try {
    for (int number = 0; number < options.repeat; ++number) race.round(number);
  } catch (const Interrupted&) {
    std::erase_if(rows, [](const Row& row) { return row.status == "ok" && !row.measured(); });
    throw;
  }
  race.compare();
}

} // namespace kypho::bench
