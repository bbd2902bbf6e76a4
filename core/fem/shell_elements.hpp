#pragma once
// Membrane elements of one shape, 3-node or 6-node triangles, total Lagrangian: the kernel of shell_term.hpp.
//   F = [t_1 t_2] + sum_a u_a grad N_a,   f_a = - sum_q w_q P_q grad N_a(q)
// with gradients in the orthonormal basis t_1, t_2 of the reference surface at each quadrature point, so that a face may
// be curved (Bonet & Wood 2008, sec. 9.3, in the two directions of the surface). Elements lie in blocks, structure of
// arrays inside a block, as those of bulk_term.hpp.
#include "core/fem/shapes.hpp"
#include "core/fem/term.hpp"
#include "core/materials/shell_law.hpp"

namespace kypho {

/// @tparam Shape Tri3 or Tri6Membrane; shell_elements.cpp makes both.
template <class Shape>
class ShellElements {
public:
  using Laws = std::vector<std::shared_ptr<const ShellLaw>>;
  using Basis = Eigen::Matrix<double, 3, 2>;

  /// @param elements nodes of each   @param law_of_element index into @p laws
  void build(const std::vector<Vec3>& nodes, const Laws& laws,
             const std::vector<std::array<int, Shape::nodes>>& elements, const std::vector<int>& law_of_element);
  bool empty() const { return work_.empty(); }
  double strength = 1; ///< ShellTerm::set_strength

  /// As those of Term, all forces times @p scale.
  void add_forces(const VectorX& u, double scale, VectorX& f);
  void add_stiffness_rows(const VectorX& u, double scale, VectorX& rows) const;
  void add_stiffness_bound(const VectorX& u, double scale, Tangent& K) const;
  void couple(Tangent& K) const;
  double linearize(const VectorX& u, double scale, VectorX& f, Tangent* K) const;
  double force_sum() const { return magnitude(force_); }
  /// Stored energy, mJ, for a step that would end at @p u, before the scale.
  double stored(const VectorX& u) const;
  void visit(Archive& archive);

  const std::shared_ptr<const ShellLaw>& law(int element) const { return groups_[place_[element].first].law; }
  VectorX history(int element, int q) const;
  void set_history(int element, int q, const VectorX& history);
  /// Orthonormal basis of the reference surface at a point (columns).
  Basis basis(int element, int q) const;
  /// Deformation gradient against basis(element, q).
  Basis deformation(int element, int q, const VectorX& u) const;
  /// Reference area that a point stands for, mm2.
  double weight(int element, int q) const;

private:
  static constexpr int block_size = 16;
  static constexpr int width = 3 * Shape::nodes;
  struct Group {
    std::shared_ptr<const ShellLaw> law;
    int count = 0, blocks = 0;
    std::vector<int> elements;    ///< of each slot, -1 for padding
    std::vector<int> nodes;       ///< [block][node][block_size]
    std::vector<double> geometry; ///< [block][point][5][block_size]: inverse Jacobian 2x2, area
    std::vector<double> size;     ///< [block][point][block_size]
    std::vector<double> base;     ///< [block][point][6][block_size]: reference basis, row-major 3x2
    std::vector<double> history;  ///< [block][point][size][block_size]
    int force_start = 0;          ///< in force_: [slot][node][3]
  };
  void fill_slot(Group& group, int slot, const std::vector<Vec3>& x, const std::array<int, Shape::nodes>& nodes);
  /// Displacements of the nodes of a block, [node][3][block_size].
  void gather_nodes(const Group& group, int block, const VectorX& u, double* local) const;
  void gradients(const Group& group, int block, int q, const double* local, double* F) const;
  void add_point_forces(const Group& group, int block, int q, double scale, const double* P, double* f) const;
  /// Forces of a block's elements to where they are gathered from.
  void hand_over(const Group& group, int block, const double* f, double* to) const;
  void add_matrices(const Group& group, int block, int q, double scale, const double* A, double* K) const;
  ShellBatch batch_of(const Group& group, int block, int q, const double* F, double* P, double* history) const;

  std::vector<Group> groups_;
  std::vector<std::pair<int, int>> place_; ///< element -> group, slot
  std::vector<double> force_;
  std::vector<std::pair<int, int>> work_; ///< group, block
  NodeGather gather_;
};

extern template class ShellElements<Tri3>;
extern template class ShellElements<Tri6Membrane>;

} // namespace kypho
