#include "benchmarks/verify/balloon_reference.hpp"

#include <Eigen/Sparse>
#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <tuple>

namespace kypho::verify {

namespace {

using Vec = Eigen::VectorXd;
using Vec4 = Eigen::Vector4d;
using Mat4 = Eigen::Matrix4d;

/// Half the meridian, from the middle (z = 0) to the pole (r = 0): node k has r at 2 k and z at 2 k + 1. The last unknown
/// is the pressure.
class Meridian {
public:
  Meridian(const Capsule& capsule, int elements)
      : m_(capsule.tension), jm_(2 * std::pow(capsule.locking_stretch, 2) + std::pow(capsule.locking_stretch, -4) - 3),
        n_(elements + 1), r_(n_), z_(n_) {
    for (int k = 0; k < n_; ++k) std::tie(r_[k], z_[k]) = capsule.at(capsule.arc() * k / elements);
    r_.back() = 0;
  }

  int unknowns() const { return 2 * n_ + 1; }
  /// Wider by @p stretch in the middle, under the pressure that a cylinder has there.
  Vec begin(double stretch) const {
    Vec x(unknowns());
    for (int k = 0; k < n_; ++k) {
      const double wider = 1 + (stretch - 1) * std::cos(M_PI / 2 * k / (n_ - 1));
      x[2 * k] = wider * r_[k];
      x[2 * k + 1] = z_[k];
    }
    x[2 * n_] = m_ * (1 - std::pow(stretch, -4)) / r_[0];
    return x;
  }
  double half_volume(const Vec& x) const {
    Vec4 slope;
    Mat4 curvature;
    double volume = 0;
    for (int e = 0; e + 1 < n_; ++e) volume += frustum(x.segment<4>(2 * e), slope, curvature);
    return volume;
  }

  /// Out of balance: dE - p dV and V - wanted, both for half the balloon; the matrix of Newton's method.
  Vec residual(const Vec& x, double wanted, std::vector<Eigen::Triplet<double>>& K) const {
    Vec f = Vec::Zero(unknowns());
    K.clear();
    const double p = x[2 * n_];
    double volume = 0;
    for (int e = 0; e + 1 < n_; ++e) {
      Vec4 slope, of_volume;
      Mat4 curvature, volume_curvature;
      wall(e, x.segment<4>(2 * e), slope, curvature);
      volume += frustum(x.segment<4>(2 * e), of_volume, volume_curvature);
      f.segment<4>(2 * e) += slope - p * of_volume;
      curvature -= p * volume_curvature;
      for (int i = 0; i < 4; ++i) {
        for (int j = 0; j < 4; ++j) K.emplace_back(2 * e + i, 2 * e + j, curvature(i, j));
        K.emplace_back(2 * e + i, 2 * n_, -of_volume[i]);
        K.emplace_back(2 * n_, 2 * e + i, -of_volume[i]);
      }
    }
    f[2 * n_] = wanted - volume;
    return f;
  }
  /// z in the middle and r at the pole do not move.
  bool held(int unknown) const { return unknown == 1 || unknown == 2 * n_ - 2; }
  FreeBalloon read(const Vec& x, double volume) const {
    FreeBalloon b{volume, x[2 * n_], 2 * x[0], 0, {}};
    for (int k = 0; k < n_; ++k) {
      b.meridian.emplace_back(x[2 * k], x[2 * k + 1]);
      b.length = std::max(b.length, 2 * x[2 * k + 1]);
    }
    return b;
  }

private:
  /// Energy of an element by its r, z, r, z: stretches in its middle.
  void wall(int e, const Vec4& x, Vec4& slope, Mat4& curvature) const {
    const double L2 = std::pow(r_[e + 1] - r_[e], 2) + std::pow(z_[e + 1] - z_[e], 2);
    const double R = 0.5 * (r_[e] + r_[e + 1]), area = 2 * M_PI * R * std::sqrt(L2);
    const double dr = x[2] - x[0], dz = x[3] - x[1], r = 0.5 * (x[0] + x[2]);
    const double a = (dr * dr + dz * dz) / L2, b = r * r / (R * R); // squares of the stretches
    const Vec4 of_a = Vec4(-dr, -dz, dr, dz) * 2 / L2, of_b = Vec4(r, 0, r, 0) / (R * R);
    const double lock = 1 / (1 - (a + b + 1 / (a * b) - 3) / jm_), stiff = 0.5 * m_ * lock;
    const double i_a = 1 - 1 / (a * a * b), i_b = 1 - 1 / (a * b * b); // of the first invariant
    const double stiffer = stiff * lock / jm_;
    const double aa = stiffer * i_a * i_a + stiff * 2 / (a * a * a * b);
    const double bb = stiffer * i_b * i_b + stiff * 2 / (a * b * b * b);
    const double ab = stiffer * i_a * i_b + stiff / (a * a * b * b);
    slope = area * stiff * (i_a * of_a + i_b * of_b);
    Mat4 a_curved = Mat4::Zero(), b_curved = Mat4::Zero();
    for (int i = 0; i < 2; ++i) {
      a_curved(i, i) = a_curved(i + 2, i + 2) = 2 / L2;
      a_curved(i, i + 2) = a_curved(i + 2, i) = -2 / L2;
    }
    for (const int i : {0, 2})
      for (const int j : {0, 2}) b_curved(i, j) = 0.5 / (R * R);
    curvature =
        area * (aa * of_a * of_a.transpose() + bb * of_b * of_b.transpose() +
                ab * (of_a * of_b.transpose() + of_b * of_a.transpose()) + stiff * (i_a * a_curved + i_b * b_curved));
  }
  /// Volume that an element encloses with the axis: a frustum's.
  static double frustum(const Vec4& x, Vec4& slope, Mat4& curvature) {
    const double r = x[0], s = x[2], h = x[3] - x[1], third = M_PI / 3;
    const double square = r * r + r * s + s * s;
    slope = third * Vec4(h * (2 * r + s), -square, h * (2 * s + r), square);
    curvature << 2 * h, -(2 * r + s), h, 2 * r + s, -(2 * r + s), 0, -(2 * s + r), 0, h, -(2 * s + r), 2 * h, 2 * s + r,
        2 * r + s, 0, 2 * s + r, 0;
    curvature *= third;
    return third * h * square;
  }

  double m_, jm_;
  int n_;
  std::vector<double> r_, z_; ///< unstretched
};

/// @return false if Newton's method does not end
bool find_rest(const Meridian& meridian, double half_volume, Vec& x) {
  std::vector<Eigen::Triplet<double>> entries;
  Vec f = meridian.residual(x, half_volume, entries);
  for (int iteration = 0; iteration < 30; ++iteration) {
    std::vector<Eigen::Triplet<double>> kept;
    for (const auto& entry : entries)
      if (!meridian.held(entry.row()) && !meridian.held(entry.col())) kept.push_back(entry);
    for (int i = 0; i < meridian.unknowns(); ++i)
      if (meridian.held(i)) {
        kept.emplace_back(i, i, 1.0);
        f[i] = 0;
      }
    Eigen::SparseMatrix<double> K(meridian.unknowns(), meridian.unknowns());
    K.setFromTriplets(kept.begin(), kept.end());
    Eigen::SparseLU<Eigen::SparseMatrix<double>> factors(K);
    if (factors.info() != Eigen::Success) return false;
    const Vec step = factors.solve(f);
    x -= step;
    f = meridian.residual(x, half_volume, entries);
    if (!x.allFinite() || !f.allFinite()) return false;
    if (step.lpNorm<Eigen::Infinity>() < 1e-10) return true;
  }
  return false;
}

} // namespace

double Capsule::arc() const { return length / 2 + (M_PI / 4 - 0.5) * diameter; }

std::pair<double, double> Capsule::at(double arc) const {
  const double radius = diameter / 2, straight = length / 2 - radius;
  const double angle = std::max(0.0, arc - straight) / radius;
  return {radius * std::cos(angle), std::min(arc, straight) + radius * std::sin(angle)};
}

double Capsule::volume() const { return M_PI * diameter * diameter * ((length - diameter) / 4 + diameter / 6); }

std::vector<FreeBalloon> free_balloon(const Capsule& capsule, const std::vector<double>& volumes, int elements) {
  const Meridian meridian(capsule, elements);
  Vec x = meridian.begin(1.1); // an unstretched wall has no tension to keep its meridian smooth
  double at = 2 * meridian.half_volume(x);
  if (!find_rest(meridian, at / 2, x)) throw std::runtime_error("no free shape of the balloon near its rest");
  std::vector<FreeBalloon> found;
  Vec before = x;
  double step = 0.02, last_step = 0; // of ln V
  for (const double volume : volumes) {
    while (at < volume * (1 - 1e-12)) {
      double to = std::min(volume, at * std::exp(step));
      if (volume < to * (1 + 1e-3)) to = volume;
      const double length = std::log(to / at);
      Vec tried = x;
      if (last_step > 0) tried += length / last_step * (x - before);
      if (find_rest(meridian, to / 2, tried)) {
        before = x;
        x = tried;
        at = to;
        last_step = length;
        step = std::min(0.05, 1.5 * step);
      } else if ((step *= 0.5) < 1e-6) {
        throw std::runtime_error("no free shape of the balloon at " + std::to_string(to) + " mm3");
      }
    }
    found.push_back(meridian.read(x, volume));
  }
  return found;
}

} // namespace kypho::verify
