#pragma once
// Constitutive law at one quadrature point: no mesh, no assembly, no I/O.
//
// A law sees F, its own constants and its own history. Constants are worked out once per point from the density of
// the bone there; history is what the point remembers. The batch form evaluates many points with the same kernel.
#include "core/base/archive.hpp"
#include "core/base/errors.hpp"
#include "core/base/pack.hpp"
#include "core/base/params.hpp"
#include "core/materials/stiffness_bound.hpp"
#include <memory>

namespace kypho {

using Mat9 = Eigen::Matrix<double, 9, 9>;
using ConstHistory = Eigen::Ref<const VectorX>;
using History = Eigen::Ref<VectorX>;

/// What may differ from point to point of one tissue.
struct PointData {
  double bmd = 100; ///< mineral density of the intact bone, mg/cm3
  double volume_ratio =
      1; ///< reference volume / intact volume: 1 until a remeshing takes the crushed state as reference
  Vec3 axis = Vec3::UnitZ();   ///< direction of the vertical trabeculae in the reference state
  Vec3 radial = Vec3::UnitX(); ///< normal of the fibre sheets, outwards from the middle of a disc
  double integrity = 1;        ///< of trabecular bone: share of its stiffness and strength that a cut has left
  double size = 1;             ///< edge length of the element, mm: regularises softening
  double conversion = 0;       ///< of cement, 0..1
  double stiffness_factor = 1; ///< of cement in bone: what the composite keeps of the pure cement's stiffness
  KYPHO_STATE(bmd, volume_ratio, axis, radial, integrity, size, conversion, stiffness_factor)
};

/// Points as structure of arrays: entry k of point p lies at [k * stride + p]. n is a multiple of pack_width, of floats of
/// twice that.
template <class R>
struct PointBatchOf {
  int n = 0;
  std::ptrdiff_t stride = 0;
  const R* F = nullptr;         ///< 9 per point, row-major F_iJ
  const R* constants = nullptr; ///< constants_size() per point
  R* history = nullptr;         ///< history_size() per point: committed in, trial out
  R* P = nullptr;               ///< 9 per point, first Piola-Kirchhoff stress, MPa, row-major
  R* W = nullptr;               ///< stored energy per reference volume, MPa; may be null
  R strength = 1;               ///< of bone, over that at the reference rate of straining (strain_rate.hpp)
};
using PointBatch = PointBatchOf<double>;
using SingleBatch = PointBatchOf<float>;

class Material {
public:
  struct Response {
    double W; ///< stored (recoverable) energy per reference volume, MPa
    Mat3 P;   ///< first Piola-Kirchhoff stress, MPa
  };
  virtual ~Material() = default;

  virtual int constants_size() const noexcept = 0;
  /// Fills what evaluation needs at a point. @throws InputError for data outside the law's range
  virtual void constants(const PointData& point, History constants) const = 0;
  virtual int history_size() const noexcept = 0;
  /// Names of the history entries that a picture may show, with their place: {"equivalent_plastic_strain", 7}.
  virtual std::vector<std::pair<std::string, int>> visible_history() const = 0;
  /// Fills the history of an undeformed, virgin point.
  virtual void initial_history(History history) const = 0;
  /// Takes the deformed state F as the new reference: what remembers the old reference is pushed forward.
  /// The caller turns PointData::axis into F axis / |F axis|, radial into F^-T radial / |F^-T radial|; @p axis is the
  /// one before.
  virtual void change_reference(const Mat3& F, const Vec3& axis, History history) const = 0;
  /// The point is stress-free at F.
  virtual void set_stress_free(const Mat3& F, History history) const;
  /// From here on the point carries the second Piola-Kirchhoff stress @p S, MPa, besides its own.
  virtual void carry_stress(const Mat3& S, History history) const;
  /// The size that the point would have if it were free shrinks by the linear factor (1 - shrinkage).
  virtual void shrink(double shrinkage, History history) const;
  /// Power of the rate of straining with which the strength grows; 0: it does not.
  virtual double rate_exponent() const { return 0; }
  /// Takes those of @p constants that are strengths times @p share, as the batch forms do by themselves.
  virtual void strengthen(History constants, double share) const;
  /// At the present history, for the explicit step.
  virtual StiffnessBound stiffness_bound(ConstHistory constants, ConstHistory history) const = 0;

  /// Response at the end of a step.
  /// @param F      3x3 deformation gradient x_{i,J}
  /// @param old    committed history, read only   @param trial all values written
  /// @throws NonPhysical if det F <= 0
  Response evaluate(const Mat3& F, ConstHistory constants, ConstHistory old, History trial) const;
  /// The same for a batch, in place, without the check of det F.
  virtual void evaluate_batch(const PointBatch& batch) const = 0;
  /// In single precision.
  virtual void evaluate_batch(const SingleBatch& batch) const = 0;
  /// P, W and the consistent tangent A = dP/dF, MPa, of a batch; A_kl at [(9 k + l) * stride + p] with k = 3i + J, l = 3j + L.
  /// Exact for what evaluate_batch computes. The history is read only.
  virtual void linearize_batch(const PointBatch& batch, double* A) const = 0;
  /// The same at one point: row i+3J, column k+3L (column-major vec). @throws NonPhysical if det F <= 0
  Mat9 tangent(const Mat3& F, ConstHistory constants, ConstHistory old) const;

protected:
  virtual Mat9 tangent_at_point(const Mat3& F, ConstHistory constants, ConstHistory old) const = 0;
  virtual Response evaluate_point(const Mat3& F, ConstHistory constants, ConstHistory old, History trial) const = 0;
};

} // namespace kypho
