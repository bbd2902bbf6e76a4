#pragma once
// Which nodes of a bone's surface may come to touch which of its facets.
//
// A pair is admitted if its pieces were apart, with nothing but void between them, in the reference:
//   * the facet has neither the node nor a neighbour of it along an edge: folds that sharp invert elements first;
//   * the node did not lie behind the facet, seen through the bone: (X - C) . N > -0.25 |X - C|, C the facet's middle. So the
//     two faces of a thin wall are no pair, and neither are pieces that overlap when the mesh is made: they stay as they are.
// Facets come from the outer surface and the walls of cavities alike, counter-clockwise seen from outside the bone. Lengths
// mm. Search by buckets (Wriggers 2006, Computational Contact Mechanics, ch. 10).
#include "core/fem/tet_mesh.hpp"

namespace kypho {

class ContactSearch {
public:
  struct Pair {
    int node, facet;
    auto operator<=>(const Pair&) const = default;
  };
  explicit ContactSearch(const TetMesh& mesh);
  /// Admitted pairs closer than reach() at @p x, by node, then facet. @param x positions of all nodes of the mesh
  std::vector<Pair> find(const std::vector<Vec3>& x) const;

  double depth_limit() const { return 0.5 * edge_; } ///< a node deeper than this has not come from outside
  /// Distance up to which find() is complete after every node has gone up to half of skin().
  double range() const { return std::max(depth_limit(), look_ahead); }
  double skin() const { return skin_; }
  double reach() const { return range() + skin_; }
  static constexpr double look_ahead = 0.8; ///< mm that two nodes may approach between two looks at the explicit mass

  const std::vector<int>& nodes() const { return nodes_; } ///< on the surface, ascending
  const std::vector<std::array<int, 3>>& facets() const { return facets_; }
  double edge() const { return edge_; } ///< mean of the surface
  /// Outward at a node: the mean of its facets by their areas.
  Vec3 normal(int node, const std::vector<Vec3>& x) const;

private:
  bool admitted(int node, int facet) const;
  std::vector<Vec3> reference_;
  std::vector<std::array<int, 3>> facets_;
  std::vector<int> nodes_;
  std::vector<int> start_, around_; ///< facets of each node
  std::vector<Vec3> middle_, out_;  ///< of each facet in the reference
  double edge_ = 1, skin_ = 0.5;
};

} // namespace kypho
