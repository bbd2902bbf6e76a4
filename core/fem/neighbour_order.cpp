#include "core/fem/neighbour_order.hpp"

#include <algorithm>

namespace kypho {
namespace {

void split(const std::vector<Vec3>& middle, int block, int* first, int* last) {
  if (last - first <= block) return std::sort(first, last);
  Box box;
  for (const int* t = first; t != last; ++t) box.extend(middle[*t]);
  int axis = 0;
  (box.upper - box.lower).maxCoeff(&axis);
  const std::ptrdiff_t blocks = (last - first + block - 1) / block;
  int* half = first + blocks / 2 * block;
  std::nth_element(first, half, last, [&](int a, int b) {
    return middle[a][axis] != middle[b][axis] ? middle[a][axis] < middle[b][axis] : a < b;
  });
  constexpr std::ptrdiff_t worth_a_task = 4096;
#pragma omp task if (last - first > worth_a_task) shared(middle)
  split(middle, block, first, half);
  split(middle, block, half, last);
#pragma omp taskwait
}

} // namespace

std::vector<int> neighbours_together(const TetMesh& mesh, std::vector<int> tets, int block) {
  std::vector<Vec3> middle(mesh.tets.size());
#pragma omp parallel
  {
#pragma omp for schedule(static)
    for (std::size_t k = 0; k < tets.size(); ++k) {
      Vec3& m = middle[tets[k]];
      m.setZero();
      for (const int n : mesh.tets[tets[k]]) m += 0.25 * mesh.nodes[n];
    }
#pragma omp single
    split(middle, block, tets.data(), tets.data() + tets.size());
  }
  return tets;
}

} // namespace kypho
