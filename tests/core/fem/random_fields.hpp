#pragma once
// A small distorted mesh and displacement fields on it, the same in every run.
#include "core/fem/tet_mesh.hpp"
#include "tests/core/cement/simple_meshes.hpp"
#include <omp.h>
#include <random>

namespace kypho::testing_meshes {

/// n^3 cells of 2 mm whose inner nodes are pushed about by up to a fifth of that.
inline TetMesh distorted_block(int n) {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> push(-0.4, 0.4);
  return box_mesh(n, n, n, [&](int i, int j, int k) {
    Vec3 x(2.0 * i, 2.0 * j, 2.0 * k);
    const bool inside = i > 0 && j > 0 && k > 0 && i < n && j < n && k < n;
    const Vec3 d(push(random), push(random), push(random));
    return inside ? Vec3(x + d) : x;
  });
}

/// u = (F - I) X at the nodes, then @p extra unknowns at zero.
inline VectorX linear_field(const TetMesh& mesh, const Mat3& F, int extra = 0) {
  VectorX u = VectorX::Zero(3 * mesh.nodes.size() + extra);
  for (std::size_t n = 0; n < mesh.nodes.size(); ++n) u.segment<3>(3 * n) = (F - Mat3::Identity()) * mesh.nodes[n];
  return u;
}

inline void add_noise(VectorX& u, double size) {
  std::mt19937 random(11);
  std::uniform_real_distribution<double> noise(-size, size);
  for (double& x : u) x += noise(random);
}

/// Sum of the nodal forces and of their moments about the origin at the displaced positions.
inline std::pair<Vec3, Vec3> resultants(const TetMesh& mesh, const VectorX& u, const VectorX& f) {
  Vec3 force = Vec3::Zero(), moment = Vec3::Zero();
  for (std::size_t n = 0; n < mesh.nodes.size(); ++n) {
    const Vec3 x = mesh.nodes[n] + u.segment<3>(3 * n), g = f.segment<3>(3 * n);
    force += g;
    moment += Vec3(x[1] * g[2] - x[2] * g[1], x[2] * g[0] - x[0] * g[2], x[0] * g[1] - x[1] * g[0]);
  }
  return {force, moment};
}

inline std::vector<char> on_boundary(const TetMesh& mesh) {
  std::vector<char> boundary(mesh.nodes.size(), 0);
  for (const Facet& facet : mesh.facets)
    for (const int node : facet.nodes) boundary[node] = 1;
  return boundary;
}

/// Sets the number of threads and puts the former one back.
class Threads {
public:
  explicit Threads(int n) : before_(omp_get_max_threads()) { omp_set_num_threads(n); }
  ~Threads() { omp_set_num_threads(before_); }
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;

private:
  int before_;
};

} // namespace kypho::testing_meshes
