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
  split(middle, block, first, half);
  split(middle, block, half, last);
}

} // namespace

std::vector<int> neighbours_together(const TetMesh& mesh, std::vector<int> tets, int block) {
  std::vector<Vec3> middle(mesh.tets.size());
  for (const int t : tets) {
    middle[t].setZero();
    for (const int n : mesh.tets[t]) middle[t] += 0.25 * mesh.nodes[n];
  }
  split(middle, block, tets.data(), tets.data() + tets.size());
  return tets;
}

} // namespace kypho
