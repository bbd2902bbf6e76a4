// Real anatomy is not much harder for the multigrid method than the body that the benchmarks stand on.
#include "benchmarks/bench/anatomy_body.hpp"
#include "benchmarks/bench/contestant.hpp"
#include "core/fem/elastic_stiffness.hpp"

#include <gtest/gtest.h>

using namespace kypho;
using namespace kypho::bench;

namespace {

int iterations(const Body& body, bool products) {
  Eigen::MatrixXd modes = Eigen::MatrixXd::Zero(body.unknowns(), 6);
  for (std::size_t n = 0; n < body.mesh.nodes.size(); ++n) {
    const Vec3& x = body.mesh.nodes[n];
    modes.block<3, 3>(3 * n, 0).setIdentity();
    modes.block<3, 3>(3 * n, 3) << 0, x[2], -x[1], -x[2], 0, x[0], x[1], -x[0], 0;
  }
  for (int i = 0; i < body.unknowns(); ++i)
    if (body.fixed[i]) modes.row(i).setZero();
  const auto solver = make_linear_solver("multigrid");
  VectorX x = VectorX::Zero(body.unknowns());
  if (products) {
    const ElasticStiffness K(body.mesh, body.young, body.poisson, body.nearly_incompressible, body.fixed);
    solver->setup(K, modes, Definiteness::positive_definite);
    return solver->solve(load(body), x, accuracy).iterations;
  }
  const SparseMatrix K = stiffness(body);
  solver->setup(K, modes, Definiteness::positive_definite);
  return solver->solve(load(body), x, accuracy).iterations;
}

void expect_at_most_half_as_many_again(const Body& body, int order) {
  const int plain = iterations(vertebral_body(body.unknowns(), order), order == 2);
  const int real = iterations(body, order == 2);
  std::cout << "order " << order << ": " << body.unknowns() << " unknowns, " << real << " iterations, plain body "
            << plain << std::endl;
  EXPECT_GT(real, 0);
  EXPECT_LE(real, 1.5 * plain);
}

} // namespace

TEST(bench_anatomy, a_parametric_l1_with_arch_and_processes_takes_at_most_half_as_many_iterations_again) {
  for (const int order : {1, 2}) expect_at_most_half_as_many_again(parametric_l1(98000, order), order);
}

TEST(bench_anatomy, a_t12_from_ct_takes_at_most_half_as_many_iterations_again) {
  const char* given = std::getenv("KYPHOSIM_DATA");
  const auto folder =
      (given ? std::filesystem::path(given) : std::filesystem::path(KYPHOSIM_SOURCE_DIR) / ".." / "shared" / "data") /
      "totalseg_lumbar_ct";
  if (!exists(folder)) GTEST_SKIP() << "no CT at " << folder << "; KYPHOSIM_DATA names the folder that holds it";
  Params params(anatomy_specs());
  params.set("source", std::string("image"));
  params.set("level", std::string("T12"));
  params.set("volume", (folder / "ct_native_0.977x0.977x2mm_HU.nii.gz").string());
  params.set("labels", (folder / "labels_native.nii.gz").string());
  params.set("posterior_elements", std::string("full"));
  const auto anatomy = make_anatomy(params);
  for (const int order : {1, 2}) expect_at_most_half_as_many_again(anatomy_body(*anatomy, 98000, order), order);
}
