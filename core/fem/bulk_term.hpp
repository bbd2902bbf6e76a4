#pragma once
// Tetrahedra with one law per region, linear or quadratic: internal forces, total Lagrangian (Bonet & Wood 2008, sec. 9.3)
//   f_a = - sum_q w_q P_q grad N_a(q).
// Elements are stored in blocks of neighbours, structure of arrays inside a block, so that laws run on packs, memory is read
// once, and the forces of a block are summed over its few nodes before they leave the caches.
//
// Volumetric locking: a quadratic element of a nearly incompressible law sees the mean volume ratio of the element at all
// its points (mean dilatation; Simo, Taylor & Pister 1985, Comput Meth Appl Mech Eng 51:177):
//   F-bar_q = (J-bar / J_q)^(1/3) F_q,   J-bar = sum_q w_q J_q / V.
#include "core/fem/node_rows.hpp"
#include "core/fem/term.hpp"
#include "core/fem/tet_mesh.hpp"
#include "core/materials/material.hpp"

#include <cstdint>
#include <span>

namespace kypho {

class BulkTerm final : public Term {
public:
  /// @param law_of_tet index into @p laws, or -1 for a tetrahedron that does not exist mechanically
  /// @param points data per tetrahedron, or per quadrature point, [tet][point]; the size, edge of the regular
  /// tetrahedron of the point's volume, is filled in here
  /// @param mean_dilatation per law, 1: quadratic elements of it see their mean volume ratio; empty: none
  BulkTerm(const TetMesh& mesh, std::vector<std::shared_ptr<const Material>> laws, const std::vector<int>& law_of_tet,
           std::vector<PointData> points, std::vector<char> mean_dilatation = {});

  std::string_view name() const noexcept override { return "bulk"; }
  void add_forces(const VectorX& u, VectorX& f) override;
  void add_stiffness_rows(const VectorX& u, VectorX& rows) const override;
  void couple(Tangent& K) const override;
  double linearize(const VectorX& u, VectorX& f, Tangent* K) const override;
  void add_stiffness_bound(const VectorX& u, Tangent& K, VectorX& diagonal) const override;
  double force_sum() const override;
  bool stores() const override { return true; }
  double stored(const VectorX& u) const override;
  /// Floats: half of the memory and twice as many elements at once. Elements that see their mean volume stay at double.
  void work_in(Precision precision) override;
  void visit(Archive& archive) override;

  /// Of bone, over that at the reference rate of straining (strain_rate.hpp).
  double strength = 1;
  /// Quadrature points per tetrahedron: 1 or 4.
  int points_per_tet() const { return points_per_tet_; }
  /// History of one tetrahedron at one of its points (empty if it has no law).
  VectorX history(int tet, int q = 0) const;
  void set_history(int tet, const VectorX& history, int q = 0);
  const Material* law(int tet) const;
  const PointData& point(int tet, int q = 0) const { return points_[tet * points_per_tet_ + q]; }
  const std::vector<PointData>& points() const { return points_; } ///< [tet][point]
  /// New data at one point (the conversion of cement has changed): constants are worked out again.
  void set_point(int tet, const PointData& point, int q = 0);
  /// Deformation gradient of one tetrahedron at one of its points.
  Mat3 deformation(int tet, const VectorX& u, int q = 0) const;
  /// Smallest det F over all points and the tetrahedron it occurs in.
  std::pair<double, int> smallest_volume_ratio(const VectorX& u) const;
  /// Cauchy stress at one point for a step that would end at @p u, MPa.
  Mat3 cauchy(int tet, const VectorX& u, int q = 0) const;
  /// First Piola-Kirchhoff stress at a point for a step that would end at @p u, MPa, and stored energy per reference
  /// volume, MPa.
  Material::Response response(int tet, const VectorX& u, int q = 0) const;
  /// Reference volume that a point stands for, mm3.
  double weight(int tet, int q = 0) const;

private:
  static constexpr int block_size = 32;
  template <class R>
  struct Arrays {
    std::vector<R> geometry;           ///< [block][point][10][block_size]: inverse Jacobian, volume
    std::vector<R> constants, history; ///< [block][point][size][block_size]
  };
  struct Group {
    std::shared_ptr<const Material> law;
    bool mean_dilatation = false;
    int count = 0, blocks = 0;
    std::vector<int> tets;            ///< of each slot, -1 for padding
    std::vector<int> nodes;           ///< [block][nodes][block_size]
    std::vector<std::uint16_t> local; ///< the same as four times their place among the nodes of the block
    Arrays<double> full;
    Arrays<float> single; ///< copies; the history of these counts while in_single
    bool in_single = false;
    int first = 0; ///< place of its first block in work_
    template <class R, class Self>
    static auto& arrays(Self& self) {
      if constexpr (std::is_same_v<R, double>)
        return self.full;
      else
        return self.single;
    }
    /// Entry of the history.
    double remembered(std::size_t k) const { return in_single ? single.history[k] : full.history[k]; }
  };
  template <class Shape>
  void build(const TetMesh& mesh);
  void find_block_nodes(int node_count);
  std::span<const int> nodes_of(const Group& group, int block) const;
  template <class Shape>
  void take(const Group& group, int block, const VectorX& u, double* x) const;
  template <class Shape, class R>
  double hand_out(const Group& group, int block, const R* f, std::vector<RowOf<double>>& sums) const;
  template <class Shape, class R>
  void gradients(const Group& group, int block, int q, const double* x, R* F) const;
  PointBatch batch_of(const Group& group, int block, int q, const double* F, double* P) const;
  template <class Shape, class R>
  void evaluate_block(Group& group, int block, const VectorX& u);
  template <class Shape>
  double stored_in_block(const Group& group, int block, const VectorX& u) const;
  /// Where the tangents of a block's elements go: as matrices, [group][entry] of packs, or point by point, or nowhere.
  struct TangentGoal {
    Pack* matrices = nullptr;
    PointTangents* points = nullptr;
    int first = 0;      ///< element
    bool bound = false; ///< what no tangent exceeds, in place of the tangent
  };
  /// @param f forces of the block's elements   @return smallest det F and its lane
  template <class Shape>
  std::pair<double, int> linearize_block(const Group& group, int block, const VectorX& u, double* f,
                                         const TangentGoal& goal) const;
  template <class Shape>
  double linearize_all(const VectorX& u, VectorX& f, Tangent* K, bool bound = false) const;
  void bound_tangents(const Group& group, int block, int q, const double* F, double* A) const;
  template <class Shape>
  void stiffness_rows(const VectorX& u, std::vector<RowOf<double>>& buffer) const;
  void fill_constants(Group& group, int slot, int q, const PointData& point);

  int nodes_per_tet_ = 4, points_per_tet_ = 1;
  std::vector<Group> groups_;
  std::vector<std::pair<int, int>> place_;     ///< tet -> group, slot; group -1 if none
  std::vector<PointData> points_;              ///< [tet][point]
  std::vector<std::pair<int, int>> work_;      ///< group, block
  std::vector<int> block_nodes_, block_start_; ///< nodes of each block in work_, each once
  std::vector<RowOf<double>> force_;           ///< per node of a block
  std::vector<double> magnitude_;              ///< sum of the element forces of each block as of the last add_forces, N
  mutable std::vector<RowOf<double>> tried_;   ///< forces of linearize(), kept because a new buffer costs time
  NodeGather gather_;
};

} // namespace kypho
