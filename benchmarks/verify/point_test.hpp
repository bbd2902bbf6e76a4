#pragma once
// A law on the bench: one point, its history, and the stretches that a testing machine imposes.
#include "core/materials/catalog.hpp"

#include <array>
#include <string_view>

namespace kypho::verify {

class PointTest {
public:
  PointTest(std::shared_ptr<const Material> law, const PointData& point);
  /// Takes the step to @p F and keeps its history. @return first Piola-Kirchhoff stress, MPa
  Mat3 go(const Mat3& F);
  /// Stretch along one axis, the faces across free of stress. @return nominal stress along the axis, MPa
  double pull(int axis, double stretch);
  /// @return first step of @p step at which the history moves, as the nominal stress there
  double first_yield(int axis, double step);
  const Mat3& F() const { return F_; }
  const Mat3& P() const { return P_; }
  /// Entry of the history by the name it has in pictures.
  double history(std::string_view name) const;

private:
  std::shared_ptr<const Material> law_;
  VectorX c_, h_;
  Mat3 F_ = Mat3::Identity(), P_ = Mat3::Zero();
};

/// A shell on the bench, pulled along x, its sides free.
class ShellTest {
public:
  /// @param size edge length of the element, mm
  ShellTest(std::shared_ptr<const ShellLaw> law, double size);
  /// @return force per reference length, N/mm
  double pull(double stretch);
  double history(std::string_view name) const;

private:
  /// Forces along x and y. @param trial history at the end
  std::array<double, 2> look(double along, double across, VectorX& trial) const;
  std::shared_ptr<const ShellLaw> law_;
  double size_, across_ = 1;
  VectorX h_;
};

} // namespace kypho::verify
