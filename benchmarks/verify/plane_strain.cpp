#include "benchmarks/verify/plane_strain.hpp"

#include <Eigen/Dense>
#include <Eigen/Sparse>
#include <Eigen/SparseCholesky>
#include <cmath>
#include <vector>

namespace kypho::verify {
namespace {

// Values and slopes of the three quadratic Lagrange polynomials on [-1, 1].
std::array<double, 3> lagrange(double s) { return {0.5 * s * (s - 1), 1 - s * s, 0.5 * s * (s + 1)}; }
std::array<double, 3> lagrange_slope(double s) { return {s - 0.5, -2 * s, s + 0.5}; }

} // namespace

double shear_loaded_panel(const std::array<std::array<double, 2>, 4>& corners, double E, double nu, double force,
                          int cells) {
  const double mu = E / (2 * (1 + nu)), bulk = E / (3 * (1 - 2 * nu));
  const int side = 2 * cells + 1;
  const auto node = [&](int i, int j) { return i + side * j; };
  const auto place = [&](int i, int j) { // bilinear map of the grid
    const double s = static_cast<double>(i) / (side - 1), t = static_cast<double>(j) / (side - 1);
    Eigen::Vector2d x = Eigen::Vector2d::Zero();
    const double weight[4] = {(1 - s) * (1 - t), s * (1 - t), s * t, (1 - s) * t};
    for (int c = 0; c < 4; ++c) x += weight[c] * Eigen::Vector2d(corners[c][0], corners[c][1]);
    return x;
  };
  static constexpr double gauss[3] = {-0.7745966692414834, 0, 0.7745966692414834};
  static constexpr double weight[3] = {5.0 / 9, 8.0 / 9, 5.0 / 9};
  std::vector<Eigen::Triplet<double>> entries;
  for (int ej = 0; ej < cells; ++ej)
    for (int ei = 0; ei < cells; ++ei) {
      Eigen::Matrix<double, 18, 18> K = Eigen::Matrix<double, 18, 18>::Zero();
      Eigen::Matrix<double, 18, 3> B = Eigen::Matrix<double, 18, 3>::Zero(); // divergence against 1, s, t
      Eigen::Matrix3d M = Eigen::Matrix3d::Zero();
      for (int q = 0; q < 9; ++q) {
        const double s = gauss[q % 3], t = gauss[q / 3];
        const auto Ns = lagrange(s), Nt = lagrange(t), Ds = lagrange_slope(s), Dt = lagrange_slope(t);
        Eigen::Matrix2d J = Eigen::Matrix2d::Zero();
        for (int a = 0; a < 9; ++a) {
          const Eigen::Vector2d x = place(2 * ei + a % 3, 2 * ej + a / 3);
          J.col(0) += x * Ds[a % 3] * Nt[a / 3];
          J.col(1) += x * Ns[a % 3] * Dt[a / 3];
        }
        const double w = weight[q % 3] * weight[q / 3] * J.determinant();
        const Eigen::Matrix2d G = J.inverse().transpose();
        const Eigen::Vector3d pressure(1, s, t);
        Eigen::Matrix<double, 4, 18> D =
            Eigen::Matrix<double, 4, 18>::Zero(); // deviatoric strain xx, yy, zz, xy sqrt 2
        Eigen::Matrix<double, 18, 1> divergence = Eigen::Matrix<double, 18, 1>::Zero();
        for (int a = 0; a < 9; ++a) {
          const Eigen::Vector2d g = G * Eigen::Vector2d(Ds[a % 3] * Nt[a / 3], Ns[a % 3] * Dt[a / 3]);
          for (int i = 0; i < 2; ++i) {
            divergence[2 * a + i] = g[i];
            D(i, 2 * a + i) = g[i];
            D(3, 2 * a + i) = g[1 - i] / std::sqrt(2.0);
          }
        }
        for (int k = 0; k < 3; ++k) D.row(k) -= divergence.transpose() / 3;
        K += 2 * mu * w * D.transpose() * D;
        B += w * divergence * pressure.transpose();
        M += w * pressure * pressure.transpose();
      }
      K += bulk * B * M.inverse() * B.transpose(); // the pressure of a cell depends on its own displacements only
      for (int a = 0; a < 9; ++a)
        for (int b = 0; b < 9; ++b) {
          const int n = node(2 * ei + a % 3, 2 * ej + a / 3), m = node(2 * ei + b % 3, 2 * ej + b / 3);
          if (n % side == 0 || m % side == 0) continue; // clamped
          for (int i = 0; i < 2; ++i)
            for (int j = 0; j < 2; ++j) entries.emplace_back(2 * n + i, 2 * m + j, K(2 * a + i, 2 * b + j));
        }
    }
  const int unknowns = 2 * side * side;
  for (int j = 0; j < side; ++j)
    for (int i = 0; i < 2; ++i) entries.emplace_back(2 * node(0, j) + i, 2 * node(0, j) + i, 1.0);
  Eigen::VectorXd load = Eigen::VectorXd::Zero(unknowns);
  for (int ej = 0; ej < cells; ++ej) // Simpson's shares of a uniform traction
    for (int a = 0; a < 3; ++a)
      load[2 * node(side - 1, 2 * ej + a) + 1] += force / cells * (a == 1 ? 4.0 / 6 : 1.0 / 6);
  Eigen::SparseMatrix<double> A(unknowns, unknowns);
  A.setFromTriplets(entries.begin(), entries.end());
  const Eigen::SimplicialLDLT<Eigen::SparseMatrix<double>> factors(A);
  return Eigen::VectorXd(factors.solve(load))[2 * node(side - 1, side - 1) + 1];
}

} // namespace kypho::verify
