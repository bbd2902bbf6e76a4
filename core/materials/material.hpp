#pragma once
// Constitutive law at one quadrature point: no mesh, no assembly, no I/O.
#include "core/base/errors.hpp"
#include "core/base/params.hpp"
#include <memory>

namespace kypho {

using Mat9 = Eigen::Matrix<double, 9, 9>;
using ConstHistory = Eigen::Ref<const VectorX>;
using History = Eigen::Ref<VectorX>;

/// What may differ from point to point of one tissue.
struct PointData {
  double bmd = 100;              ///< mineral density in the reference state, mg/cm3
  Vec3 axis = Vec3::UnitZ();     ///< direction of the vertical trabeculae in the reference state
  double size = 1;               ///< edge length of the element, mm, for regularised softening
};

class Material {
public:
  struct Response {
    double W;   ///< stored (recoverable) energy per reference volume, MPa
    Mat3 P;     ///< first Piola-Kirchhoff stress, MPa
    bool stiff_valid = false;
  };
  virtual ~Material() = default;
  /// Doubles of history kept per point.
  virtual int history_size() const noexcept = 0;
  /// Fills the history of an undeformed, virgin point.
  virtual void initial_history(History history) const = 0;
  /// Response at the end of the step.
  /// @param F    3x3 deformation gradient x_{i,J}
  /// @param dt   step length, s; rate-independent laws ignore it
  /// @param old  committed history, read only   @param trial all values written
  /// @throws NonPhysical if det F <= 0
  virtual Response evaluate(const Mat3& F, double dt, const PointData& point, ConstHistory old,
                            History trial) const = 0;
  /// Consistent tangent dP/dF, MPa; row i+3J, column k+3L (column-major vec).
  virtual Mat9 tangent(const Mat3& F, double dt, const PointData& point, ConstHistory old) const;
  /// Upper bound of the stiffness of the law, MPa (P-wave modulus), for the explicit step.
  virtual double stiffness_bound(const PointData& point) const = 0;
};

} // namespace kypho
