// Newton's method as a whole: a neo-Hookean cylinder with bonded ends, pressed together by 15 % in ten increments.
#include "benchmarks/bench/body.hpp"
#include "benchmarks/bench/machine.hpp"
#include "benchmarks/bench/race.hpp"
#include "benchmarks/verify/pressed_model.hpp"
#include "benchmarks/verify/problem.hpp"
#include "mesh/calculix.hpp"
#include "solvers/linear_pattern.hpp"

#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <iostream>
#include <omp.h>

namespace kypho::bench {
namespace {

constexpr double width = 45, depth = 32, height = 27; // mm
constexpr double young = 300, poisson = 0.3;          // MPa, 1
constexpr double shear = young / (2 * (1 + poisson)), bulk = young / (3 * (1 - 2 * poisson));
constexpr double pressed = 0.15; // of the height
constexpr int increments = 10;
constexpr double balance = 1e-6;

/// Nearly elliptical in plan: of a square whose corners are rounded, so that no element there is flat.
TetMesh cylinder(int unknowns, int order) {
  const double edge = cell_edge(unknowns, order, {width, depth, height});
  const auto cells = [&](double side) { return std::max(2, static_cast<int>(std::lround(side / edge))); };
  return verify::block(cells(width), cells(depth), cells(height), order, [](const Vec3& x) -> Vec3 {
    const double a = 2 * x[0] - 1, b = 2 * x[1] - 1;
    return {0.5 * width * a * std::sqrt(1 - 0.4 * b * b), 0.5 * depth * b * std::sqrt(1 - 0.4 * a * a), height * x[2]};
  });
}

/// Sum of the forces at both ends, or of their moments about the middle over the height, whichever is larger, N.
double out_of_balance(const verify::Problem& problem, const verify::Problem::Where& top,
                      const verify::Problem::Where& bottom) {
  const VectorX& u = problem.system.u;
  VectorX f = VectorX::Zero(u.size());
  for (const Term* term : problem.system.terms) term->linearize(u, f, nullptr);
  Vec3 force = Vec3::Zero(), moment = Vec3::Zero();
  for (std::size_t n = 0; n < problem.mesh.nodes.size(); ++n) {
    const Vec3& X = problem.mesh.nodes[n];
    if (!top(X) && !bottom(X)) continue;
    const Vec3 own = f.segment<3>(3 * static_cast<Eigen::Index>(n));
    force += own;
    moment += (X + u.segment<3>(3 * static_cast<Eigen::Index>(n)) - Vec3(0, 0, 0.5 * height)).cross(own);
  }
  return std::max(force.norm(), moment.norm() / height);
}

/// @param x the displacements, then the force, what the ends' forces and moments lack of balance, and the imbalance
Solved press(const TetMesh& mesh, const std::string& backend, VectorX& x) {
  const Stopwatch watch;
  verify::Problem problem(mesh,
                          verify::law("mooney_rivlin", {{"c10", 0.5 * shear}, {"c01", 0}, {"bulk_modulus", bulk}}));
  problem.linear_solver = backend;
  const auto bottom = [](const Vec3& X) { return X[2] < 1e-9; };
  const auto top = [](const Vec3& X) { return X[2] > height - 1e-9; };
  for (int i = 0; i < 3; ++i) problem.hold(bottom, i);
  for (int i = 0; i < 2; ++i) problem.hold(top, i);
  problem.hold(top, 2, [](const Vec3&, double t) { return -pressed * height * t; });
  Solved solved;
  solved.setup_s = watch.seconds();
  const std::vector<double> tail = problem.solve(increments, balance);
  solved.solve_s = watch.seconds() - solved.setup_s;
  solved.iterations = static_cast<int>(problem.newton_iterations);
  const double above = problem.reaction(top, 2);
  x << problem.system.u, above, out_of_balance(problem, top, bottom) / std::abs(above), tail.back();
  return solved;
}

constexpr const char* other_program = "calculix";

/// The same by CalculiX, which works on until its own criterion is met. Its answers have seven digits.
Solved press_by_calculix(const TetMesh& mesh, int threads, VectorX& x) {
  std::vector<int> lower, upper;
  for (std::size_t n = 0; n < mesh.nodes.size(); ++n) {
    if (mesh.nodes[n][2] < 1e-9) lower.push_back(static_cast<int>(n));
    if (mesh.nodes[n][2] > height - 1e-9) upper.push_back(static_cast<int>(n));
  }
  const FeModel model = verify::pressed_model(mesh, lower, upper, {"body", NeoHookeLaw{0.5 * shear, 2 / bulk}, {}},
                                              pressed * height, true, increments);
  const Stopwatch watch;
  const CalculixResult result = run_calculix(model, "calculix", threads);
  const double seconds = watch.seconds();
  double above = 0;
  Vec3 sum = Vec3::Zero();
  for (const int n : upper) above += result.force[n][2];
  for (std::size_t n = 0; n < mesh.nodes.size(); ++n) {
    x.segment<3>(3 * static_cast<Eigen::Index>(n)) = result.displacement[n];
    sum += result.force[n];
  }
  x.tail<3>() << above, 0, sum.norm() / std::abs(above);
  return {0, seconds, 0};
}

std::vector<int> sizes_of(const Options& options) {
  return options.sizes.empty() ? std::vector<int>{30000, 115000} : options.sizes;
}

std::vector<std::string> backends_of(const Options& options) {
  std::vector<std::string> all{"multigrid"};
  if (options.against_peers) all.insert(all.end(), {direct_solver(), other_program});
  if (!options.backends.empty()) all = options.backends;
  return all;
}

std::vector<Need> needs(const Options& options) {
  std::vector<Need> all;
  for (const int unknowns : sizes_of(options))
    for (const int order : options.orders) {
      const double n = unknowns / 1e5, runs = options.repeat * static_cast<double>(options.threads.size());
      Need need{fmt::format("cylinder, order {}, {} unknowns", order, unknowns), 100 + 400 * n, 15 * n * runs, 0};
      for (const std::string& backend : backends_of(options))
        if (backend != "multigrid") {
          need.most_mb = 100 + 1500 * std::pow(n, 1.35);
          need.seconds += (backend == other_program ? 400 : 300) * n * n * runs;
        }
      all.push_back(need);
    }
  return all;
}

void run_one(const TetMesh& mesh, const Options& options, double& first_force, Row& row) {
  VectorX x = VectorX::Zero(row.dof + 3);
  const bool other = row.backend == other_program;
  const auto work = [&](VectorX& y) {
    return other ? press_by_calculix(mesh, row.threads, y) : press(mesh, row.backend, y);
  };
  const Apart apart = run_apart({work, {}, other}, x, row.threads, {memory_budget_mb(options), options.time_limit_s});
  if (!apart.error.empty()) {
    row.status = apart.over_time ? "not run" : "failed";
    row.remark = apart.error;
    return;
  }
  note(apart, row);
  row.bytes_per_dof = row.added_memory_mb * 1048576 / row.dof;
  const double force = x[row.dof], ends = x[row.dof + 1];
  row.relative_residual = x[row.dof + 2];
  if (first_force == 0) first_force = force;
  // Forces that are balanced to 1e-6 of those inside leave the ends balanced, and the same for every solver, to that.
  if (!(ends < 1e-6) || !(std::abs(force / first_force - 1) < (other ? 1e-3 : 1e-4))) {
    row.status = "wrong";
    row.remark = fmt::format("force {:.8g} N instead of {:.8g}, ends balance to {:.1e}", force, first_force, ends);
  }
  std::cerr << fmt::format(
      "  {}, {} thread{}: {:.2f} s, {} Newton iterations, {:.1f} N, ends balance to {:.1e}, {:.0f} MB\n", row.backend,
      row.threads, row.threads == 1 ? "" : "s", apart.solved.solve_s, row.iterations, force, ends, apart.peak_mb);
}

/// Time over that of the fastest other program with as many threads, among @p rows from @p first on.
void compare(std::vector<Row>& rows, std::size_t first) {
  for (std::size_t k = first; k < rows.size(); ++k)
    for (std::size_t j = first; j < rows.size(); ++j)
      if (rows[j].backend == other_program && rows[j].threads == rows[k].threads && rows[j].measured() &&
          !rows[j].bad() && rows[k].measured())
        rows[k].over_best_peer = total_s(rows[k]) / total_s(rows[j]);
}

void run(const Options& options, Machine& machine, std::vector<Row>& rows) {
  omp_set_num_threads(1); // the children could not start theirs otherwise
  machine.rates.clear();
  for (const int threads : options.threads) machine.rates.push_back(measure_rate(threads));
  for (const int unknowns : sizes_of(options))
    for (const int order : options.orders) {
      const TetMesh mesh = cylinder(unknowns, order);
      std::cerr << fmt::format("cylinder, order {}, {} unknowns\n", order, 3 * mesh.nodes.size());
      const std::size_t first = rows.size();
      for (const std::string& backend : backends_of(options))
        for (const int threads : options.threads) {
          Row row;
          row.suite = "cylinder";
          row.case_name = "pressed";
          row.order = order;
          row.dof = static_cast<int>(3 * mesh.nodes.size());
          row.backend = backend;
          row.threads = threads;
          if (backend == other_program) {
            row.remark = "ends at an accuracy of its own; seven digits of its answer are printed";
            if (!calculix_available()) row.status = "absent", row.remark = "apt-get install calculix-ccx";
          }
          rows.push_back(row);
        }
      double force = 0;
      for (int round = 0; round < options.repeat; ++round)
        for (std::size_t k = first; k < rows.size(); ++k)
          if (rows[k].status == "ok") run_one(mesh, options, force, rows[k]);
      compare(rows, first);
    }
}

} // namespace

Suite bench_cylinder() {
  return {"cylinder",
          "Newton's method as a whole on a cylinder that is pressed together",
          "## Newton's method",
          "A neo-Hookean cylinder (E 300 MPa, nu 0.3) of about 45 x 32 x 27 mm with bonded ends, pressed together by "
          "15 % in ten increments, balanced to 1e-6 of the forces inside; the ends' forces and moments are checked to "
          "balance to 1e-6 of the force. `calculix` is the program ccx on the same mesh, with the direct solver that "
          "it has "
          "been built with. Solve: everything from the first increment on; iterations are Newton's; the "
          "residual is the imbalance at the end; B/unknown: what the process grew by.",
          needs,
          run};
}

} // namespace kypho::bench
