#include "benchmarks/bench/contestant.hpp"
#include "benchmarks/bench/anatomy_body.hpp"
#include "benchmarks/bench/calculix_run.hpp"
#include "core/fem/elastic_stiffness.hpp"
#include "solvers/linear_pattern.hpp"

#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace kypho::bench {
namespace {

/// Memory and time grow with a power of the unknowns; on one thread, some measured and some guessed.
struct Growth {
  const char* backend;
  double mb[2], seconds[2]; ///< at 100 000 unknowns, of linear and quadratic elements
  double mb_power, seconds_power;
  double discs; ///< how many times slower with discs
};
constexpr Growth growths[] = {
    {"multigrid", {80, 90}, {1.5, 4}, 1, 1.05, 4},          {"multigrid_products", {0, 60}, {0, 1}, 1, 1.05, 4},
    {"cholmod", {1020, 1170}, {7.5, 8.5}, 1.35, 1.9, 1},    {"eigen_ldlt", {1400, 1700}, {290, 300}, 1.4, 2.1, 1},
    {"eigen_cg", {190, 350}, {8, 22}, 1, 1.35, 3},          {"eigen_cg_jacobi", {70, 130}, {7, 20}, 1, 1.35, 3},
    {"petsc_gamg", {210, 330}, {4, 11}, 1, 1.05, 3},        {"petsc_hypre", {260, 430}, {3, 7.5}, 1, 1.05, 3},
    {"petsc_mumps", {1100, 1300}, {11, 12}, 1.35, 1.9, 1},  {"calculix_pccg", {150, 120}, {2.5, 6}, 1, 1.3, 6},
    {"calculix_spooles", {770, 1400}, {45, 36}, 1.4, 2, 1},
};

Need need_of(const std::string& backend, const Size& size) {
  const Growth* g =
      std::find_if(std::begin(growths), std::end(growths), [&](const Growth& e) { return e.backend == backend; });
  if (g == std::end(growths)) g = growths; // a backend that nobody has measured
  const double n = size.unknowns / 1e5, slower = size.discs() ? g->discs : 1;
  return {backend, g->mb[size.order - 1] * std::pow(n, g->mb_power),
          slower * g->seconds[size.order - 1] * std::pow(n, g->seconds_power)};
}

/// Bytes that an iteration moves at least: the matrix once, with 12 bytes per entry, the preconditioner and the vectors.
double least_traffic(const std::string& backend, const Problem& problem) {
  const double matrix = 12.0 * static_cast<double>(problem.K.nonZeros()), vector = 8.0 * problem.size.unknowns;
  if (backend == "eigen_cg_jacobi") return matrix + 12 * vector;
  if (backend == "eigen_cg") return 2 * matrix + 12 * vector; // both triangles of the factor
  if (backend == "multigrid")                                 // blocks of 3 x 3 floats, four times on the finest level
    return matrix + 4 * (40.0 / 9) * static_cast<double>(problem.K.nonZeros()) + 12 * vector;
  return 0;
}

Solved solve_by(const std::string& backend, const Problem& problem, int threads, VectorX& x) {
  setenv("KYPHOSIM_RANKS", std::to_string(threads).c_str(), 1); // of PETSc's processes
  const auto solver = make_linear_solver(backend);
  solver->setup(problem.K, problem.modes, Definiteness::positive_definite);
  const LinearReport report = solver->solve(problem.b, x, accuracy);
  return {report.setup_s, report.solve_s, report.iterations, least_traffic(backend, problem)};
}

/// The same of a solution by products. Per iteration four products in floats, each with a step of the smoother, and one in
/// doubles; per element twelve numbers and ten places of two bytes, per node sums, and of a step the inverse block, r, d and x;
/// seven passes over the blocks of the linear level, about 15 a row; twelve vectors of conjugate gradients. What the levels
/// below and patches take is left out.
double least_traffic_of_products(const ElasticStiffness& K, const TetMesh& mesh) {
  const double elements = static_cast<double>(mesh.tets.size()), nodes = K.nodes(), corners = K.corners();
  const double floats = elements * (48 + 20) + nodes * (32 + 36 + 72), doubles = elements * (96 + 20) + nodes * 64;
  return 4 * floats + doubles + 7 * 40 * 15 * corners + 12 * 24 * nodes;
}

/// The same without a matrix: quadratic elements by their products. Set-up begins with the mesh.
Solved solve_by_products(const Problem& problem, int, VectorX& x) {
  const Stopwatch watch;
  const Body& body = problem.body;
  const ElasticStiffness K(body.mesh, body.young, body.poisson, body.nearly_incompressible, body.fixed);
  const double made_s = watch.seconds();
  const auto solver = make_linear_solver("multigrid");
  solver->setup(K, problem.modes, Definiteness::positive_definite);
  const LinearReport report = solver->solve(problem.b, x, accuracy);
  return {made_s + report.setup_s, report.solve_s, report.iterations, least_traffic_of_products(K, body.mesh)};
}

constexpr const char* ours = "multigrid";

/// Peers that a build may lack.
struct Optional {
  const char *name, *packages;
};
constexpr Optional optional_peers[] = {{"cholmod", "libsuitesparse-dev"},
                                       {"petsc_gamg", "petsc-dev openmpi-bin"},
                                       {"petsc_hypre", "petsc-dev openmpi-bin"},
                                       {"petsc_mumps", "petsc-dev openmpi-bin"}};

} // namespace

std::vector<Contestant> contestants(bool peers) {
  std::vector<Contestant> all;
  const auto add = [&](const std::string& name) {
    Contestant c;
    c.name = name;
    c.peer = name != ours;
    c.need = [name](const Size& size) { return need_of(name, size); };
    c.run = [name](const Problem& p, int threads, VectorX& x) { return solve_by(name, p, threads, x); };
    all.push_back(std::move(c));
  };
  add(ours);
  add("multigrid_products");
  all.back().peer = false;
  all.back().only_order = 2;
  all.back().needs_matrix = false;
  all.back().run = solve_by_products;
  if (!peers) return all;
  for (const std::string& name : linear_solver_names())
    if (name != ours) add(name);
  for (const Optional& peer : optional_peers)
    if (std::none_of(all.begin(), all.end(), [&](const Contestant& c) { return c.name == peer.name; })) {
      add(peer.name);
      all.back().absent = std::string("not in this build: apt-get install ") + peer.packages + ", then build anew";
    }
  for (const bool direct : {false, true}) {
    add(direct ? "calculix_spooles" : "calculix_pccg");
    Contestant& c = all.back();
    c.absent = calculix_absent();
    c.keeps_accuracy = direct;
    c.note = direct ? "seven digits of its answer are printed, so the residual says nothing"
                    : "ends at an accuracy that is built in and far from 1e-8, and is not counted as a peer";
    c.others_only = true;
    // It has no mean dilatation, and its quadratic discs are stiffer.
    c.energy_tolerance = [](const Size& size) { return size.discs() && size.order == 2 ? 0.15 : 1e-3; };
    c.run = [direct](const Problem& p, int threads, VectorX& x) { return run_calculix(p, direct, threads, x); };
  }
  return all;
}

Problem make_problem(const Size& size) {
  Body body = size.body == Case::l1 ? parametric_l1(size.unknowns, size.order)
                                    : vertebral_body(size.unknowns, size.order, size.discs());
  // Other programs look materials up one after the other: moduli within 1 % become one.
  for (double& young : body.young) young = std::exp(0.01 * std::round(100 * std::log(young)));
  return problem_on(std::move(body), size);
}

Problem problem_on(Body body, Size size) {
  const int n = size.unknowns = body.unknowns();
  Problem p{size, std::move(body), {}, {}, Eigen::MatrixXd::Zero(n, 6)};
  p.K = stiffness(p.body);
  p.b = load(p.body);
  for (int i = 0; i < n; ++i) {
    if (p.body.fixed[i]) continue;
    const Vec3& at = p.body.mesh.nodes[i / 3];
    p.modes(i, i % 3) = 1;
    for (int axis = 0; axis < 3; ++axis) p.modes(i, 3 + axis) = Vec3::Unit(axis).cross(at)[i % 3];
  }
  return p;
}

ProblemNeed need_of_problem(const Size& size) {
  const double n = size.unknowns / 1e5;
  if (size.order == 1) return {30 + 155 * n, 30 + 70 * n, 0.5 * n};
  return {30 + 235 * n, 30 + 110 * n, n};
}

} // namespace kypho::bench
