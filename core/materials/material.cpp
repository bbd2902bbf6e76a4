#include "core/materials/material.hpp"

#include <Eigen/LU>

namespace kypho {

Material::Response Material::evaluate(const Mat3& F, ConstHistory constants, ConstHistory old, History trial) const {
  if (!(F.determinant() > 0)) throw NonPhysical("inverted material point: det F = " + std::to_string(F.determinant()));
  return evaluate_point(F, constants, old, trial);
}

void Material::set_stress_free(const Mat3&, History) const {
  throw std::logic_error("this law is never born under load");
}

void Material::carry_stress(const Mat3&, History) const {
  throw std::logic_error("this law does not form around stressed bone");
}

void Material::strengthen(History, double) const {}

void Material::shrink(double, History) const { throw std::logic_error("this law does not shrink"); }

Mat9 Material::tangent(const Mat3& F, ConstHistory constants, ConstHistory old) const {
  if (!(F.determinant() > 0)) throw NonPhysical("inverted material point: det F = " + std::to_string(F.determinant()));
  return tangent_at_point(F, constants, old);
}

} // namespace kypho
