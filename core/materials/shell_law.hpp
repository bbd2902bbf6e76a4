#pragma once
// Law of a thin shell: membrane forces, and the figures of its bending (hinge_term.hpp): cortex, endplate, balloon wall.
// Deformation gradient 3x2 against an orthonormal basis of the reference facet, F[2*i + A]; the response is a force per
// reference length, P[2*i + A] in N/mm (thickness included, and what a change of reference has done to it).
#include "core/base/pack.hpp"
#include "core/base/params.hpp"
#include "core/materials/stiffness_bound.hpp"
#include <memory>

namespace kypho {

/// Facets as structure of arrays, as PointBatch: entry k of facet p at [k * stride + p], n a multiple of pack_width.
struct ShellBatch {
  int n = 0;
  std::ptrdiff_t stride = 0;
  const double* F = nullptr;    ///< 6 per facet
  const double* size = nullptr; ///< edge length, mm: regularises softening
  double* history = nullptr;    ///< history_size() per facet
  double* P = nullptr;          ///< 6 per facet, N/mm
  double* W = nullptr;          ///< stored energy per reference area, N/mm; may be null
  double strength = 1;          ///< of bone, over that at the reference rate of straining (strain_rate.hpp)
};

/// Bending of a thin shell: elastic up to the plastic moment, which fades as the shell breaks along a line.
struct ShellBending {
  double stiffness = 0;      ///< D = E t^3 / 12 (1 - nu^2), N mm; 0: none
  double plastic_moment = 0; ///< Y t^2 / 4, N mm per mm
  double break_angle = 1;    ///< plastic rotation, rad, that halves what can be lost of the moment
  double residual = 1;       ///< share of the moment that a broken shell keeps
};

class ShellLaw {
public:
  virtual ~ShellLaw() = default;
  virtual int history_size() const noexcept = 0;
  virtual std::vector<std::pair<std::string, int>> visible_history() const = 0;
  virtual void initial_history(Eigen::Ref<VectorX> history) const = 0;
  /// Takes the deformed state as the new reference. @param F 3x2 of the old facet @param Q 2x2 rotation from the basis
  /// carried along with the old facet to that of the new one
  virtual void change_reference(const Eigen::Matrix<double, 3, 2>& F, const Eigen::Matrix2d& Q,
                                Eigen::Ref<VectorX> history) const = 0;
  virtual StiffnessBound stiffness_bound() const = 0;
  /// A wall does not resist bending unless it says so.
  virtual ShellBending bending() const { return {}; }
  virtual void evaluate_batch(const ShellBatch& batch) const = 0;
  /// P and the consistent tangent A = dP/dF, N/mm; A_kl at [(6 k + l) * stride + p]. The history is read only.
  virtual void linearize_batch(const ShellBatch& batch, double* A) const = 0;
};

} // namespace kypho
