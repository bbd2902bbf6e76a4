#pragma once
// Trabecular tetrahedra as a graph for a front that starts at a source and takes the way of least Darcy resistance
// (Dijkstra 1959). Neighbours share a node; the length of a way is measured in the metric K^-1, K = diag(Kt, Kt, Ks).
#include "core/cement/permeation.hpp"
#include <queue>

namespace kypho {

class PoreGraph {
public:
  PoreGraph(const TetMesh& mesh, const std::vector<Vec3>& positions, std::vector<double> pore_fraction,
            const PermeationParams& params);
  /// Begins a new front. @throws InputError if the source touches no trabecular bone
  void start(const CementSource& source);
  /// Moves the front to the next tetrahedron; false when all that can be reached were visited.
  bool advance();
  int front_tet() const { return front_; }
  double volume(int tet) const { return volume_[tet]; }
  double pore_volume(int tet) const { return volume_[tet] * pore_fraction_[tet]; }
  double permeability(int tet) const { return permeability_[tet]; } ///< geometric mean of the directions, mm2
  double distance(int tet) const { return (centre_[tet] - origin_[tet]).norm(); } ///< to the source, mm

private:
  using Entry = std::pair<double, int>; // cost, tetrahedron: ties fall to the lower number
  void offer(int tet, double cost, const Vec3& origin);
  void offer_behind_facets(const std::vector<int>& facets);
  void offer_around_tets(const std::vector<int>& tets);
  void offer_point(const Vec3& point);
  double cost(int tet, const Vec3& way) const;
  bool porous(int tet) const { return mesh_.region[tet] == Region::body || mesh_.region[tet] == Region::composite; }

  const TetMesh& mesh_;
  const std::vector<Vec3>& positions_;
  std::vector<double> pore_fraction_, volume_, permeability_;
  std::vector<Vec3> centre_;
  std::vector<int> first_, tets_of_node_; // compressed rows
  Vec3 slowness_;                         // of the directions relative to the geometric mean, squared
  std::vector<double> cost_;
  std::vector<Vec3> origin_;
  std::vector<char> done_;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> queue_;
  int front_ = -1;
};

} // namespace kypho
