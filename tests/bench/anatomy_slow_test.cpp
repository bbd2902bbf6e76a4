// Real anatomy is not much harder for the multigrid method than the body that the benchmarks stand on.
#include "benchmarks/bench/anatomy_body.hpp"
#include "benchmarks/bench/contestant.hpp"
#include "solvers/linear_pattern.hpp"

#include <gtest/gtest.h>

using namespace kypho;
using namespace kypho::bench;

namespace {

/// Linear elements by their matrix, quadratic ones by products.
/// Linear elements by their matrix, quadratic ones by products.
int iterations(const Body& body, int order) {
  const Problem p = problem_on(body, {Case::plain, order, 0});
  for (const Contestant& c : contestants(false))
    if (c.name == (order == 1 ? "multigrid" : "multigrid_products")) {
      VectorX x = VectorX::Zero(body.unknowns());
      const int count = c.run(p, 1, x).iterations;
      EXPECT_LE(relative_residual(p.K, p.b, x), 2 * accuracy);
      return count;
    }
  return 0;
}

void expect_at_most_half_as_many_again(const Body& body, int order) {
  const int plain = iterations(vertebral_body(body.unknowns(), order), order);
  const int real = iterations(body, order);
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
