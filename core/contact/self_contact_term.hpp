#pragma once
// The bone touches itself: walls of a cavity that close, folds of a crushed cortex, the faces of a fracture gap.
//
// A surface node at x that lies inside of a facet's bone is pushed to the nearest point c of the surface, depth d = |c - x|:
//   F = N (c - x) / d + t,   N = k d^2 / (2 s)  up to d = s,  k (d - s / 2)  beyond: no slope at first touch,
//   t = -k (I - n n^T)(x - y),  |t| <= mu N,    y the point of the surface that it sticks to, n the facet's normal
// (node to facet, penalty, return mapping: Wriggers 2006, Computational Contact Mechanics, ch. 5, 6 and 9). The facet
// takes -F where the line of F meets its plane, so momentum and its moment are kept. The node's normal must oppose the
// facet's, it must have come through the surface, and it must not be deeper than half an edge; which pairs there are:
// contact_search.hpp. Both sides are nodes and facets in turn. k is a share of the stiffness of the bone at the node, N/mm.
// Forces depend on u and the sticks alone; the list of pairs only saves time.
#include "core/contact/contact_search.hpp"
#include "core/fem/term.hpp"

namespace kypho {

class SelfContactTerm final : public Term {
public:
  /// @param stiffness k per node, N/mm; a pair has the smaller one of node and facet   @param friction coefficient mu
  SelfContactTerm(const TetMesh& mesh, std::vector<double> stiffness, double friction);
  std::string_view name() const noexcept override { return "self_contact"; }
  void add_forces(const VectorX& u, VectorX& f) override;
  void add_stiffness_rows(const VectorX& u, VectorX& rows) const override;
  void couple(Tangent& K) const override;
  /// As if everything touched that may.
  void add_stiffness_bound(const VectorX& u, Tangent&, VectorX& diagonal) const override {
    add_stiffness_rows(u, diagonal);
  }
  int pattern() const override { return searches_; }
  double linearize(const VectorX& u, VectorX& f, Tangent* K) const override;
  double force_sum() const override { return force_sum_; }
  void visit(Archive& archive) override;

  int touching() const;                       ///< nodes in contact as of the last add_forces
  double deepest() const { return deepest_; } ///< mm, as of the last add_forces
  double depth_limit() const { return search_.depth_limit(); }

private:
  using Pair = ContactSearch::Pair;
  struct Touch { ///< one node in a facet
    int pair;    ///< place in the list it was found in
    Pair at;
    std::array<bool, 3> corners; ///< of the facet that the nearest point lies between
    double stiffness, depth;
  };
  struct Stick { ///< of one node
    int facet = -1;
    Vec3 shape = Vec3::Zero(); ///< weights of the facet's corners
    double depth = 0;
    KYPHO_STATE(facet, shape, depth)
  };
  std::vector<Vec3> positions(const VectorX& u) const;
  bool list_holds(const std::vector<Vec3>& x) const;
  std::vector<Touch> touches(const std::vector<Pair>& pairs, const std::vector<Vec3>& x) const;
  double opposing(const Pair& pair, const std::vector<Vec3>& x) const;
  bool came_from_outside(const Touch& touch, const std::vector<Vec3>& x) const;
  double pair_stiffness(const Pair& pair) const;
  template <class T>
  void force(const Touch& touch, const T (*p)[3], const T* stuck, T* out, T* slip) const;
  bool stuck_at(const Touch& touch, const std::vector<Vec3>& x, Vec3& y) const;

  ContactSearch search_;
  std::vector<Vec3> reference_;
  std::vector<double> stiffness_;
  double friction_, smooth_;
  std::vector<Vec3> searched_; ///< positions at which the list was made
  std::vector<Pair> pairs_;
  std::vector<Vec3> before_;  ///< positions at the end of the last step
  std::vector<Stick> sticks_; ///< per node
  int searches_ = 0;
  double force_sum_ = 0, deepest_ = 0;
};

} // namespace kypho
