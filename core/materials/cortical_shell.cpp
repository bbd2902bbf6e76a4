// Porous cortical shell in plane stress: elastic, crushes or tears, and then keeps little.
//
// In the frame of U = sqrt(F^T F): b = U Cp^-1 U, Cayley strain e = I - 2 (b + I)^-1, Kirchhoff force per length
//   n = t (1 - D) [ E/(1 - nu) mean(e) I + E/(1 + nu) dev e ].
// Yield  dev:dev + 2 (m - m0)^2 = B^2  through the uniaxial strengths; flow along n, so the plastic Poisson ratio is 0.
// Compressive strength softens with plastic strain over the failing band (buckled shell), tensile strength with tearing
// only: a wall that has buckled along one line still holds as a hoop. Stiffness is lost with damage.
// Thickness and porosity: Silva et al. 1994, Bone 15:409; effective modulus and yield strain as commonly quoted.
#include "core/materials/batched_shell.hpp"
#include "core/materials/catalog.hpp"
#include "core/materials/cayley_energy.hpp"

#include <cmath>

namespace kypho {
namespace {

enum Stored { cp_inverse_ = 0, kappa_ = 3, soft_, damage_, torn_, area_, history_count_ };

class CorticalShell final : public BatchedShell<CorticalShell, history_count_> {
public:
  explicit CorticalShell(const Params& p)
      : thickness_(p.number("thickness")), modulus_(p.number("modulus")), nu_(p.number("poisson_ratio")),
        yield_(p.number("yield")), tension_(p.number("tension_ratio")), residual_(p.number("residual_compression")),
        torn_residual_(p.number("residual_tension")), strain_(p.number("softening_strain")),
        damage_max_(p.number("damage_limit")), damage_rate_(p.number("damage_rate")), band_(p.number("failing_band")) {}

  std::vector<std::pair<std::string, int>> visible_history() const override {
    return {{"equivalent_plastic_strain", kappa_}, {"damage", damage_}};
  }
  void initial_history(Eigen::Ref<VectorX> h) const override {
    h.setZero();
    h[0] = h[1] = h[area_] = 1;
  }
  StiffnessBound stiffness_bound() const override {
    const double in_plane = thickness_ * modulus_ / (1 - nu_ * nu_);
    return {nu_ * in_plane, (1 - nu_) * in_plane};
  }
  /// The face in tension tears: its crack opening over the thickness is the rotation.
  ShellBending bending() const override {
    return {.stiffness = modulus_ * std::pow(thickness_, 3) / (12 * (1 - nu_ * nu_)),
            .plastic_moment = 0.25 * yield_ * thickness_ * thickness_,
            .break_angle = strain_ * band_ / thickness_,
            .residual = torn_residual_};
  }

  void change_reference(const Eigen::Matrix<double, 3, 2>& F, const Eigen::Matrix2d& Q,
                        Eigen::Ref<VectorX> h) const override {
    double C[3] = {F.col(0).squaredNorm(), F.col(1).squaredNorm(), F.col(0).dot(F.col(1))}, U[3];
    root_of(C, U);
    Eigen::Matrix2d Um, Cp;
    Um << U[0], U[2], U[2], U[1];
    Cp << h[0], h[2], h[2], h[1];
    const Eigen::Matrix2d b = Q * (Um * Cp * Um) * Q.transpose();
    h[0] = b(0, 0);
    h[1] = b(1, 1);
    h[2] = b(0, 1);
    h[area_] *= std::sqrt(C[0] * C[1] - C[2] * C[2]);
  }

  template <class T, class Constant>
  void kernel(const T* F, Constant size, double strength, T* h, T* P, T* W) const {
    const T C[3] = {F[0] * F[0] + F[2] * F[2] + F[4] * F[4], F[1] * F[1] + F[3] * F[3] + F[5] * F[5],
                    F[0] * F[1] + F[2] * F[3] + F[4] * F[5]};
    T U[3], V[3], b[3], e[3];
    root_of(C, U);
    const T r = 1.0 / (U[0] * U[1] - U[2] * U[2]);
    V[0] = U[1] * r;
    V[1] = U[0] * r;
    V[2] = -U[2] * r;
    sandwich(U, h + cp_inverse_, b);
    const T d = 1.0 / ((b[0] + 1.0) * (b[1] + 1.0) - b[2] * b[2]);
    e[0] = 1.0 - 2.0 * (b[1] + 1.0) * d;
    e[1] = 1.0 - 2.0 * (b[0] + 1.0) * d;
    e[2] = 2.0 * b[2] * d;

    // Forces per reference length: a reference taken in the crushed state holds more shell per area.
    const T t = thickness_ / h[area_];
    const T intact = t * modulus_ * (1.0 - h[damage_]);
    const T km = intact / (1.0 - nu_), kd = intact / (1.0 + nu_); // n = km mean(e) I + kd dev e
    const T mean_e = 0.5 * (e[0] + e[1]);
    const T m = km * mean_e;
    const T s0 = kd * (e[0] - mean_e), s2 = kd * e[2];
    const T dev2 = 2.0 * (s0 * s0 + s2 * s2);

    const T fade = 1.0 / (1.0 + h[soft_] / strain_);
    const T fade_t = 1.0 / (1.0 + h[torn_] / strain_);
    const T Yc = strength * yield_ * t * (residual_ + (1.0 - residual_) * fade);
    const T Yt = tension_ * strength * yield_ * t * (torn_residual_ + (1.0 - torn_residual_) * fade_t);
    const T m0 = -0.5 * (Yc - Yt);
    const T half = Yc + 2.0 * m0; // at uniaxial compression: dev:dev = Yc^2/2, m = -Yc/2
    const T B2 = 0.5 * Yc * Yc + 0.5 * half * half;
    const T off0 = m - m0;
    const auto yields = dev2 + 2.0 * off0 * off0 > B2;
    T g = T{};
    for (int i = 0; i < 5 && any(yields); ++i) {
      const T rd = 1.0 / (1.0 + kd * g), rm = 1.0 / (1.0 + km * g);
      const T off = m * rm - m0;
      const T f = dev2 * rd * rd + 2.0 * off * off - B2;
      const T slope = -2.0 * kd * dev2 * rd * rd * rd - 4.0 * km * off * m * rm * rm;
      g = larger(g - f / smaller(slope, -1e-30 + T{}), T{});
    }
    g = select(yields, g, T{});

    const T rd = 1.0 / (1.0 + kd * g), rm = 1.0 / (1.0 + km * g);
    const T mn = m * rm, sn0 = s0 * rd, sn2 = s2 * rd;
    const T n[3] = {mn + sn0, mn - sn0, sn2};
    const T dk = g * root(2.0 * mn * mn + dev2 * rd * rd);
    const auto flows = g > T{};
    const T a0 = mn / km + sn0 / kd, a1 = mn / km - sn0 / kd, a2 = sn2 / kd;    // elastic e after the return
    const T square[3] = {a0 * a0 + a2 * a2, a1 * a1 + a2 * a2, a2 * (a0 + a1)}; // e^2
    *W = (mn * mn / km + 0.5 * dev2 * rd * rd / kd) *
         cayley_energy_factor(square[0] + square[1],
                              square[0] * square[0] + square[1] * square[1] + 2.0 * square[2] * square[2]);
    if (any(flows)) {
      const T w = 1.0 / ((1.0 - a0) * (1.0 - a1) - a2 * a2);
      b[0] = 2.0 * (1.0 - a1) * w - 1.0;
      b[1] = 2.0 * (1.0 - a0) * w - 1.0;
      b[2] = 2.0 * a2 * w;
      T cp[3];
      sandwich(V, b, cp);
      for (int k = 0; k < 3; ++k) h[k] = select(flows, cp[k], h[k]);
      h[kappa_] = h[kappa_] + dk;
      h[soft_] = h[soft_] + dk * size / band_;
      h[torn_] = h[torn_] + select(mn > T{}, dk * size / band_, T{});
      h[damage_] = (h[damage_] + damage_rate_ * damage_max_ * dk) / (1.0 + damage_rate_ * dk);
    }

    T N[3]; // U^-1 n U^-1
    sandwich(V, n, N);
    for (int i = 0; i < 3; ++i) {
      P[2 * i] = F[2 * i] * N[0] + F[2 * i + 1] * N[2];
      P[2 * i + 1] = F[2 * i] * N[2] + F[2 * i + 1] * N[1];
    }
  }

private:
  /// U = sqrt(C), symmetric 2x2 as (xx, yy, xy): U = (C + sqrt(det C) I) / sqrt(tr C + 2 sqrt(det C)).
  template <class T>
  static void root_of(const T* C, T* U) {
    const T d = root(larger(C[0] * C[1] - C[2] * C[2], filled<T>(1e-12)));
    const T r = 1.0 / root(C[0] + C[1] + 2.0 * d);
    U[0] = (C[0] + d) * r;
    U[1] = (C[1] + d) * r;
    U[2] = C[2] * r;
  }
  /// R = A S A for symmetric 2x2.
  template <class T>
  static void sandwich(const T* A, const T* S, T* R) {
    const T m00 = A[0] * S[0] + A[2] * S[2], m01 = A[0] * S[2] + A[2] * S[1];
    const T m10 = A[2] * S[0] + A[1] * S[2], m11 = A[2] * S[2] + A[1] * S[1];
    R[0] = m00 * A[0] + m01 * A[2];
    R[1] = m10 * A[2] + m11 * A[1];
    R[2] = m00 * A[2] + m01 * A[1];
  }

  double thickness_, modulus_, nu_, yield_, tension_, residual_, torn_residual_, strain_, damage_max_, damage_rate_,
      band_;
};

} // namespace

LawInfo cortical_shell_law() {
  return {
      "cortical_shell",
      "thin porous bone in plane stress that crushes or tears and keeps a residual strength",
      "Silva 1994 (thickness); moduli as commonly quoted for porous shells",
      {
          quantity("thickness", "mm", "0.35 mm", 0.05, 3, "thickness", "Silva 1994, Bone 15:409"),
          quantity("modulus", "MPa", "5000 MPa", 10, 25000, "effective Young's modulus",
                   "1-5 GPa, porous, commonly quoted"),
          quantity("poisson_ratio", "", "0.3", 0, 0.45, "Poisson ratio", "commonly quoted"),
          quantity("yield", "MPa", "40 MPa", 0.1, 300, "compressive strength",
                   "yield strain 0.7-0.8 %, commonly quoted"),
          quantity("tension_ratio", "", "0.7", 0.1, 1, "tensile over compressive strength",
                   "133 over 193 MPa of cortical bone, Reilly & Burstein 1975, commonly quoted"),
          quantity("residual_compression", "", "0.25", 0.02, 1, "strength that a buckled shell keeps", "assumption"),
          quantity("residual_tension", "", "0.04", 0.01, 1, "strength that a torn shell keeps",
                   "as tearing_residual of the bone within"),
          quantity("softening_strain", "", "0.02", 0.001, 1,
                   "plastic strain over the failing band that halves the rest",
                   "calibrated: Belkoff 2001, Spine 26:151, mean of five meshes; with 0.03 four fifths of it"),
          quantity("damage_limit", "", "0.95", 0.1, 0.999, "largest loss of stiffness", "assumption"),
          quantity("damage_rate", "", "20", 0, 500, "D = limit (1 - exp(-rate kappa))", "assumption"),
          quantity("failing_band", "mm", "2.4 mm", 0.2, 20, "height of the band in which bone fails",
                   "BMC Musculoskelet Disord 2021, s12891-021-04571-4"),
      },
      nullptr,
      [](const Params& p) -> std::unique_ptr<ShellLaw> { return std::make_unique<CorticalShell>(p); }};
}

} // namespace kypho
