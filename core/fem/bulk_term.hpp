#pragma once
// Tetrahedra with one law per region: internal forces of linear elements, total Lagrangian (Bonet & Wood 2008, sec. 9.3)
//   f_a = - V P grad N_a.
// Elements are stored in blocks, structure of arrays inside a block, so that laws run on packs and memory is read once.
#include "core/fem/term.hpp"
#include "core/fem/tet_mesh.hpp"
#include "core/materials/material.hpp"

namespace kypho {

class BulkTerm final : public Term {
public:
  /// @param law_of_tet index into @p laws, or -1 for a tetrahedron that does not exist mechanically
  /// @param points data per tetrahedron; the size is filled in here
  BulkTerm(const TetMesh& mesh, std::vector<std::shared_ptr<const Material>> laws, const std::vector<int>& law_of_tet,
           std::vector<PointData> points);

  std::string_view name() const noexcept override { return "bulk"; }
  void add_forces(const VectorX& u, VectorX& f) override;
  void add_stiffness_rows(const VectorX& u, VectorX& rows) const override;
  double force_sum() const override { return magnitude(force_); }
  void visit(Archive& archive) override;

  /// History of one tetrahedron (empty if it has no law).
  VectorX history(int tet) const;
  void set_history(int tet, const VectorX& history);
  const Material* law(int tet) const;
  const PointData& point(int tet) const { return points_[tet]; }
  const std::vector<PointData>& points() const { return points_; }
  /// New data at one point (the conversion of cement has changed): constants are worked out again.
  void set_point(int tet, const PointData& point);
  /// Deformation gradient of one tetrahedron.
  Mat3 deformation(int tet, const VectorX& u) const;
  /// Smallest det F over all elements and the tetrahedron it occurs in.
  std::pair<double, int> smallest_volume_ratio(const VectorX& u) const;
  /// Cauchy stress of one tetrahedron as of the last add_forces, MPa.
  Mat3 cauchy(int tet, const VectorX& u) const;

private:
  static constexpr int block_size = 32;
  struct Group {
    std::shared_ptr<const Material> law;
    int count = 0, blocks = 0;
    std::vector<int> tets;                  ///< of each slot, -1 for padding
    std::vector<int> nodes;                 ///< [block][4][block_size]
    std::vector<double> geometry;           ///< [block][10][block_size]: inverse reference edge matrix, volume
    std::vector<double> constants, history; ///< [block][size][block_size]
    int force_start = 0;                    ///< in force_: [block][12][block_size]
  };
  void evaluate_block(Group& group, int block, const VectorX& u);
  void fill_constants(Group& group, int slot, const PointData& point);

  std::vector<Group> groups_;
  std::vector<std::pair<int, int>> place_; ///< tet -> group, slot; group -1 if none
  std::vector<PointData> points_;
  std::vector<double> force_;
  std::vector<std::pair<int, int>> work_; ///< group, block
  NodeGather gather_;
};

} // namespace kypho
