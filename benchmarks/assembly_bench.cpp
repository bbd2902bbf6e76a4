// How fast residual and tangent of the bulk are assembled, and how far that is from what the machine can do.
//   assembly_bench [ROUNDS] > section                             the section "Assembly" of docs/performance.md
//   OMP_WAIT_POLICY=passive assembly_bench [ROUNDS] processors    where others use the machine as well
// Floor of a row: the longer of its least traffic at the triad's bandwidth and its arithmetic, counted by running the
// kernels (count/), at the rates of multiply-add, division and root; all rates measured between the rows, in every round.
#include "benchmarks/ceilings.hpp"
#include "benchmarks/count/law_count.hpp"
#include "benchmarks/cube.hpp"
#include "core/base/pack.hpp"
#include "core/fem/bulk_term.hpp"
#include "core/fem/quadratic.hpp"
#include "core/materials/catalog.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <omp.h>

namespace kypho {
namespace {

constexpr int thread_counts[] = {1, 2};

struct Law {
  std::string name;
  std::shared_ptr<const Material> law;
  double crush; ///< strain along the axis
  count::LawCount cost;
};

Mat3 crushed(double strain) {
  Mat3 F = Mat3::Identity();
  F(2, 2) -= strain;
  return F;
}

std::vector<Law> laws() {
  const LawInfo &bone = find_law("trabecular_bone"), &rubber = find_law("mooney_rivlin");
  Params of_bone(bone.specs), of_rubber(rubber.specs);
  of_rubber.set("c01", 0.0);
  std::vector<Law> all;
  for (const auto& [name, strain] : {std::pair{"bone, elastic", 0.001}, std::pair{"bone, flowing", 0.03}})
    all.push_back({name, bone.make(of_bone), strain, count::trabecular_bone(of_bone, crushed(strain))});
  all.push_back({"neo-Hooke", rubber.make(of_rubber), 0.03, count::mooney_rivlin(of_rubber, crushed(0.03))});
  return all;
}

Clock watch;

/// The quarter of the measurements that were disturbed least ends here.
double lower_quartile(std::vector<double> x) {
  std::nth_element(x.begin(), x.begin() + x.size() / 4, x.end());
  return x[x.size() / 4];
}
double upper_quartile(std::vector<double> x) {
  std::nth_element(x.begin(), x.begin() + x.size() / 4, x.end(), std::greater<>());
  return x[x.size() / 4];
}

/// One law on one mesh.
class Assembly {
public:
  Assembly(const Law& law, int order)
      : law_(law), order_(order), mesh_(order == 1 ? cube(16) : quadratic(cube(8))),
        bulk_(mesh_, {law.law}, std::vector<int>(mesh_.tets.size(), 0), std::vector<PointData>(mesh_.tets.size())),
        u_(VectorX::Zero(3 * mesh_.nodes.size())), f_(u_), K_(static_cast<int>(u_.size())) {
    bulk_.couple(K_);
    K_.finish();
    for (std::size_t n = 0; n < mesh_.nodes.size(); ++n) u_[3 * n + 2] = -law.crush * mesh_.nodes[n][2];
  }
  /// Nanoseconds per point.
  double run(bool tangent, int threads) {
    const double begin = watch.now(threads);
    if (tangent) K_.clear();
    bulk_.linearize(u_, f_, tangent ? &K_ : nullptr);
    return 1e9 * (watch.now(threads) - begin) / points();
  }
  /// Operations per point.
  count::Operations cost(bool tangent) const {
    const count::ElementCount element = count::element(order_);
    count::Operations sum = tangent ? law_.cost.tangent : law_.cost.residual;
    const double share = 1.0 / bulk_.points_per_tet();
    sum.additions += static_cast<long>(share * (element.residual.additions + tangent * element.matrix.additions));
    sum.multiplications +=
        static_cast<long>(share * (element.residual.multiplications + tangent * element.matrix.multiplications));
    return sum;
  }
  /// Bytes per point: geometry, constants, history and places of nodes are read, displacements read and forces added to
  /// once per node; the matrix is set to zero, read and written once, its places are read.
  double bytes(bool tangent) const {
    const int nodes = order_ == 1 ? 4 : 10, Q = bulk_.points_per_tet();
    const double tets = static_cast<double>(mesh_.tets.size());
    double sum = tets * Q * 8.0 * (10 + law_.law->constants_size() + law_.law->history_size()) + tets * 2 * nodes;
    sum += static_cast<double>(mesh_.nodes.size()) * 3 * (8 + 16);
    if (tangent) sum += tets * 4 * nodes * nodes + 24.0 * static_cast<double>(K_.matrix().nonZeros());
    return sum / points();
  }
  std::string name() const { return law_.name + (order_ == 1 ? ", tet4" : ", tet10"); }

private:
  double points() const { return static_cast<double>(mesh_.tets.size()) * bulk_.points_per_tet(); }
  const Law& law_;
  int order_;
  TetMesh mesh_;
  BulkTerm bulk_;
  VectorX u_, f_;
  Tangent K_;
};

/// A law at 32 points in the cache, all at once or one after the other.
class Points {
public:
  explicit Points(const Law& law)
      : law_(law), c_(law.law->constants_size()), h_(law.law->history_size()), F_(crushed(law.crush)) {
    law.law->constants({}, c_);
    law.law->initial_history(h_);
    constants_.resize(c_.size() * n);
    stored_.resize(h_.size() * n);
    for (int l = 0; l < n; ++l) {
      for (int k = 0; k < 9; ++k) gradients_[k * n + l] = F_(k / 3, k % 3);
      for (int k = 0; k < c_.size(); ++k) constants_[k * n + l] = c_[k];
      for (int k = 0; k < h_.size(); ++k) stored_[k * n + l] = h_[k];
    }
  }
  /// Nanoseconds per point.
  double run(bool tangent, bool batch) {
    constexpr int rounds = 20;
    VectorX trial(h_.size());
    double sum = 0;
    const double begin = watch.now(1);
    for (int r = 0; r < rounds; ++r)
      if (batch) {
        history_ = stored_;
        const PointBatch b{n, n, gradients_, constants_.data(), history_.data(), stress_, nullptr};
        if (tangent)
          law_.law->linearize_batch(b, tangent_);
        else
          law_.law->evaluate_batch(b);
        sum += stress_[r];
      } else
        for (int l = 0; l < n; ++l)
          sum += tangent ? law_.law->tangent(F_, c_, h_)(0, 0) : law_.law->evaluate(F_, c_, h_, trial).P(0, 0);
    const double end = watch.now(1);
    if (sum == 0.123) std::abort(); // never: keeps the loop
    return 1e9 * (end - begin) / (rounds * n);
  }

private:
  static constexpr int n = 32;
  const Law& law_;
  VectorX c_, h_;
  Mat3 F_;
  std::vector<double> constants_, stored_, history_;
  alignas(64) double gradients_[9 * n], stress_[9 * n], tangent_[81 * n];
};

/// Measurements of all rounds.
struct Measured {
  std::vector<double> assembly[6][2][2]; ///< mesh and law, tangent, threads
  std::vector<double> points[3][2][2];   ///< law, tangent, batch
  std::vector<double> bytes[2], flops[2], fused[2], divisions[2], roots[2];
};

Measured measure(std::vector<std::unique_ptr<Assembly>>& rows, std::vector<Points>& points, int rounds) {
  Measured m;
  for (int round = 0; round < rounds; ++round) {
    for (int t = 0; t < 2; ++t) {
      omp_set_num_threads(thread_counts[t]);
      const Ceilings c = measure_ceilings(thread_counts[t], watch);
      m.bytes[t].push_back(c.bytes);
      m.flops[t].push_back(c.flops);
      m.fused[t].push_back(c.fused);
      m.divisions[t].push_back(c.divisions);
      m.roots[t].push_back(c.roots);
      for (std::size_t r = 0; r < rows.size(); ++r)
        for (const int tangent : {0, 1}) m.assembly[r][tangent][t].push_back(rows[r]->run(tangent, thread_counts[t]));
    }
    for (std::size_t p = 0; p < points.size(); ++p)
      for (const int tangent : {0, 1})
        for (const int batch : {0, 1}) m.points[p][tangent][batch].push_back(points[p].run(tangent, batch));
  }
  return m;
}

void print_ceilings(const Measured& m, int rounds) {
  std::printf(
      "## Assembly\n\nWritten by `assembly_bench` on %s, packs of %d, best quarter of %d rounds that take all rows "
      "in turn.\n\n",
      processor_model().c_str(), pack_width, rounds);
  if (watch.of_processors)
    std::printf("Others used the machine as well: times are those of the processors over the number of threads.\n\n");
  std::printf(
      "| threads | triad, GB/s | multiply-add apart, Gflop/s | fused, Gflop/s | divisions, 1e9/s | roots, 1e9/s "
      "|\n| --- | --- | --- | --- | --- | --- |\n");
  for (int t = 0; t < 2; ++t)
    std::printf("| %d | %.1f | %.1f | %.1f | %.2f | %.2f |\n", thread_counts[t], 1e-9 * upper_quartile(m.bytes[t]),
                1e-9 * upper_quartile(m.flops[t]), 1e-9 * upper_quartile(m.fused[t]),
                1e-9 * upper_quartile(m.divisions[t]), 1e-9 * upper_quartile(m.roots[t]));
  std::printf(
      "\nThe program is compiled without fused operations, so that its bits do not depend on inlining: its floor is "
      "the "
      "column\n\"apart\".\n\nThe floor of a row is the longer of two times. Memory: geometry, constants, history and "
      "node "
      "numbers read, displacements read\nand forces added to once per node; for a tangent the matrix cleared, read and "
      "written, and its places read; over the triad.\nArithmetic: sums and products at the rate apart, plus divisions "
      "and "
      "roots at theirs. They are counted by running the kernels\nthemselves with a number that remembers how it came "
      "about: an operation counts if a result needs it, equal ones once, and\nnothing is paid for zeros, ones and "
      "signs. "
      "Comparisons, selections, logarithms and exponentials are not in the floor. All\nper quadrature point (tet4: "
      "one, "
      "tet10: four).\n");
}

void print_rows(const Measured& m, const std::vector<std::unique_ptr<Assembly>>& rows) {
  std::printf(
      "\n| case | | threads | 1e6 points/s | flops | div. + roots | bytes | floor, ns | of which memory | measured, "
      "ns | over floor |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
  for (std::size_t r = 0; r < rows.size(); ++r)
    for (const int tangent : {0, 1})
      for (int t = 0; t < 2; ++t) {
        const count::Operations cost = rows[r]->cost(tangent);
        const double bytes = rows[r]->bytes(tangent), memory = 1e9 * bytes / upper_quartile(m.bytes[t]);
        const double arithmetic = 1e9 * (static_cast<double>(cost.flops()) / upper_quartile(m.flops[t]) +
                                         static_cast<double>(cost.divisions) / upper_quartile(m.divisions[t]) +
                                         static_cast<double>(cost.roots) / upper_quartile(m.roots[t]));
        const double floor = std::max(memory, arithmetic), ns = lower_quartile(m.assembly[r][tangent][t]);
        std::printf("| %s | %s | %d | %.2f | %ld | %ld | %.0f | %.0f | %.0f | %.0f | %.2f |\n", rows[r]->name().c_str(),
                    tangent ? "tangent" : "residual", thread_counts[t], 1e3 / ns, cost.flops(),
                    cost.divisions + cost.roots, bytes, floor, memory, ns, ns / floor);
      }
}

void print_points(const Measured& m, const std::vector<Law>& laws) {
  std::printf(
      "\nThe laws alone, data in the cache, one thread: many points at once against one point after the other, ns "
      "per point.\n\n| law | | one point | batch | gain |\n| --- | --- | --- | --- | --- |\n");
  for (std::size_t p = 0; p < laws.size(); ++p)
    for (const int tangent : {0, 1}) {
      const double one = lower_quartile(m.points[p][tangent][0]), batch = lower_quartile(m.points[p][tangent][1]);
      std::printf("| %s | %s | %.0f | %.0f | %.1f |\n", laws[p].name.c_str(), tangent ? "tangent" : "residual", one,
                  batch, one / batch);
    }
}

} // namespace
} // namespace kypho

int main(int count, char** arguments) {
  using namespace kypho;
  watch.of_processors = count > 2 && arguments[2] == std::string("processors");
  const int rounds = count > 1 ? std::atoi(arguments[1]) : 25;
  const std::vector<Law> all = laws();
  std::vector<std::unique_ptr<Assembly>> rows;
  for (const int order : {1, 2})
    for (const Law& law : all) rows.push_back(std::make_unique<Assembly>(law, order));
  std::vector<Points> points;
  points.reserve(all.size());
  for (const Law& law : all) points.emplace_back(law);
  const Measured m = measure(rows, points, rounds);
  print_ceilings(m, rounds);
  print_rows(m, rows);
  print_points(m, all);
}
