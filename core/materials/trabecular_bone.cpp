// Trabecular bone as a crushable foam with vertical trabeculae.
//
// Foam (transverse stiffness and strength, isotropic): Cayley elasticity on the elastic left stretch b = F Cp^-1 F^T,
//   tau = (1 - D) [2 mu dev e + K tr e I],   yield  q^2 + 4.5 w (p - p0)^2 = B^2,   flow potential  q^2 + 4.5 p^2,
// so the flow is along tau itself and the plastic Poisson ratio is 0: bone crushes, it does not spread. p0 and B put the
// yield surface through the uniaxial strength Yc and the hydrostatic one, h Yc:
//   p0 = Yc (h^2 - 1/3) / (2 h - 2/3),   B^2 = Yc^2 + 4.5 (Yc/3 - p0)^2,
// and w is 1 above p0; below, w = (B^2 - Yt^2) / (4.5 (Yt/3 + p0)^2) puts it through the tensile strength Yt: bone that has
// torn is not changed where it is pressed.
// Pores that close press solid on solid, whatever the plastic part of the volume is: below twice the solid fraction r,
//   W = k (Y^2/y - 2 Y ln(Y/y) - y),  y = J - r,  Y = r,  p = k (Y/y - 1)^2,  J the volume over the intact one.
// Vertical trabeculae add a one-dimensional rod along the cranio-caudal axis that carries what axial bone is stiffer and
// stronger; it buckles (softens to a residual) in compression, tears in tension, and loses stiffness.
// Strength grows from the first yield on, (1 - (1 - onset) (1 - k/k_u)^2) of the ultimate, until the plastic strain is k_u;
// then what buckles or tears falls to its residual r, r + (1 - r) / (1 + (k'/k_s)^2), k' the further plastic strain. Bone
// tears in one element after the other: k' then counts over the failing band, so that the work does not depend on the size
// of the elements (Bazant & Oh 1983, Mater Struct 16:155). It does not buckle so, because the foam hardens beside it.
// Sizes: modulus and yield strength (0.2 % offset) against density by a law of the literature (density_law.hpp), less what a
// disease takes (bone_condition.hpp); anisotropy from the transversely isotropic set of Zysset et al. 2013; damage that
// brings unloading back along the secant, Keaveny, Wachtel, Kopperdahl 1999, J Orthop Res 17:346, and leaves 6 % after a
// crush of 15 %, Fyhrie & Schaffler 1994, Bone 15:105 (exponential form of Wolfram 2011, J Biomech 44:1164);
// densification of Hosseini, Pahr, Zysset 2012, JMBBM 15:93, with the constants of the public code of Schwiedrzik and
// Schenk, both as shares of the ultimate strength 89.2 (BV/TV)^1.69 MPa of that code.
#include "core/materials/batched.hpp"
#include "core/materials/bone_condition.hpp"
#include "core/materials/catalog.hpp"
#include "core/materials/cayley_energy.hpp"
#include "core/materials/density_law.hpp"
#include "core/materials/tensor.hpp"

namespace kypho {
namespace {

enum Constant {
  mu_,
  bulk_,
  yield_,
  contact_,
  volume_, ///< of the reference over the intact one
  rod_modulus_,
  rod_yield_,
  solid_,
  dense_1_,
  dense_5_,
  band_,
  axis_x_,
  axis_y_,
  axis_z_,
  constants_count_
};
enum Stored {
  cp_inverse_ = 0,
  jp_ = 6,
  kappa_,
  damage_,
  tightest_, ///< least volume over the intact one, where pores are closed
  wear_,     ///< plastic strain; where it tears beyond k_u, over the failing band
  rod_stretch2_,
  rod_total_,
  rod_wear_,
  rod_damage_,
  history_count_
};

constexpr double third = 1.0 / 3;
constexpr double least_room = 0.02; // share of the solid: only steps that are tried come closer

class TrabecularBone final : public BatchedMaterial<TrabecularBone, constants_count_, history_count_> {
public:
  static constexpr int strengths[] = {yield_, rod_yield_};

  explicit TrabecularBone(const Params& p)
      : density_law_(find_density_law(p.text("density_law"))), conversion_(p.text("density_conversion")),
        modulus_ratio_(p.number("transverse_modulus_ratio")), strength_ratio_(p.number("transverse_strength_ratio")),
        nu_(p.number("poisson_ratio")), tension_(p.number("tension_ratio")), hardening_(p.number("hardening")),
        onset_(p.number("yield_onset")), ultimate_(p.number("ultimate_plastic_strain")), per_ultimate_(1 / ultimate_),
        rod_residual_(p.number("buckling_residual")), torn_residual_(p.number("tearing_residual")),
        buckling_strain_(p.number("buckling_strain")), tearing_strain_(p.number("tearing_strain")),
        damage_max_(p.number("damage_limit")), damage_rate_(p.number("damage_rate")),
        dense_1_factor_(p.number("densification")), dense_5_factor_(p.number("densification_power")),
        densification_start_(p.number("densification_start")), closure_(p.number("pore_closure")),
        band_height_(p.number("failing_band")), rate_exponent_(p.number("rate_exponent")) {
    const double h = p.number("hydrostatic_ratio");
    center_ = (h * h - 1.0 / 3) / (2 * h - 2.0 / 3);
    radius2_ = 1 + 4.5 * (1.0 / 3 - center_) * (1.0 / 3 - center_);
    const auto given = [&](const char* key, double otherwise) { return p.has(key) ? p.number(key) : otherwise; };
    DensityLaw::Form &E = density_law_.modulus, &Y = density_law_.strength;
    E = {E.offset, given("modulus_factor", E.factor), given("modulus_exponent", E.exponent)};
    Y = {Y.offset, given("strength_factor", Y.factor), given("strength_exponent", Y.exponent)};
    const BoneCondition& condition = find_bone_condition(p.text("condition"));
    modulus_share_ = given("condition_modulus", condition.modulus.value);
    strength_share_ = given("condition_strength", condition.strength.value);
    rod_residual_ *= given("condition_residual", condition.residual.value);
    for (const DensityLaw::Form& form : {E, Y}) density_value(form, 0.5 * density_law_.low, density_law_.low);
  }

  void constants(const PointData& point, History c) const override {
    if (!(point.bmd > 0)) throw InputError("trabecular bone needs a positive mineral density");
    const double rho = point.bmd / 1000; // g/cm3
    const double x = in_measure(density_law_.measure, point.bmd, conversion_), low = density_law_.low;
    const double E = modulus_share_ * density_value(density_law_.modulus, x, low);
    const double Y = ultimate_strength(strength_share_ * density_value(density_law_.strength, x, low), E);
    // Stresses per reference volume: a reference taken in the crushed state is stiffer per volume.
    const double scale = point.integrity / point.volume_ratio; // what is cut keeps its solid, and so its contact
    const double foam = modulus_ratio_ * E * scale;
    c[mu_] = foam / (2 * (1 + nu_));
    c[bulk_] = foam / (3 * (1 - 2 * nu_));
    c[yield_] = strength_ratio_ * Y * scale;
    c[contact_] = closure_ * Y;
    c[volume_] = point.volume_ratio;
    c[rod_modulus_] = (1 - modulus_ratio_) * E * scale;
    c[rod_yield_] = (1 - strength_ratio_) * Y * scale;
    // Solid fraction: rho_ash = 0.07 + 0.84 rho_QCT (Les 1994), rho_app = rho_ash / 0.6 (Schileo 2008), solid 1.9 g/cm3.
    c[solid_] = std::min(0.6, (0.07 + 0.84 * rho) / 0.6 / 1.9);
    c[dense_1_] = dense_1_factor_ * std::pow(c[solid_], 1.24) / strength_ratio_;
    c[dense_5_] = dense_5_factor_ * std::pow(c[solid_], 1.08) / strength_ratio_;
    c[band_] = point.size / band_height_;
    for (int i = 0; i < 3; ++i) c[axis_x_ + i] = point.axis[i];
  }

  void initial_history(History h) const override {
    h.setZero();
    h[0] = h[1] = h[2] = 1;
    h[jp_] = h[tightest_] = h[rod_stretch2_] = h[rod_total_] = 1;
  }

  std::vector<std::pair<std::string, int>> visible_history() const override {
    return {{"equivalent_plastic_strain", kappa_}, {"plastic_volume_ratio", jp_}, {"damage", damage_}};
  }

  void change_reference(const Mat3& F, const Vec3& axis, History h) const override {
    double Fr[9], b[6];
    for (int k = 0; k < 9; ++k) Fr[k] = F(k / 3, k % 3);
    tensor::congruence(Fr, h.data(), b);
    for (int k = 0; k < 6; ++k) h[k] = b[k];
    h[rod_stretch2_] /= (F * axis).squaredNorm(); // keeps the rod's elastic stretch
  }

  double rate_exponent() const override { return rate_exponent_; }

  StiffnessBound stiffness_bound(ConstHistory c, ConstHistory h) const override {
    const double r = c[solid_], start = smaller(2 * r, 1.0);
    constexpr double ahead = 0.5; // share of the room that is left when the bound is asked for again
    const double room = larger(ahead * (h[tightest_] - r), least_room * r), gap = larger((start - r) / room - 1, 0.0);
    // The pressure itself turns with the element, and damaged bone is not much stiffer than that.
    const double pressure = c[contact_] / c[volume_] * h[tightest_] * gap * gap;
    const double slope =
        pressure + c[contact_] / c[volume_] * gap * 2 * h[tightest_] * h[tightest_] * (start - r) / (room * room);
    const double intact = 1 - h[damage_];
    return {(c[bulk_] - 2.0 / 3.0 * c[mu_]) * intact + slope,
            2 * c[mu_] * intact + c[rod_modulus_] * (1 - h[rod_damage_]) + 2 * pressure};
  }

  template <class T, class C>
  bool kernel(const T* F, const C* c, T* h, T* P, T* W) const {
    T G[9], b[6], e[6];
    const T J = tensor::det(F);
    tensor::inverse(F, J, G);
    tensor::congruence(F, h + cp_inverse_, b);
    tensor::cayley_strain(b, e);

    const C mu = c[mu_], K = c[bulk_];
    // As if intact: s, p, q^2.
    const T mean = third * (e[0] + e[1] + e[2]);
    T s[6] = {2.0 * mu * (e[0] - mean), 2.0 * mu * (e[1] - mean), 2.0 * mu * (e[2] - mean),
              2.0 * mu * e[3],          2.0 * mu * e[4],          2.0 * mu * e[5]};
    T p = -3.0 * K * mean; // pressure, compression positive
    T q2 = 1.5 * (s[0] * s[0] + s[1] * s[1] + s[2] * s[2] + 2.0 * (s[3] * s[3] + s[4] * s[4] + s[5] * s[5]));

    const T rising = c[yield_] * hardened(h[wear_]);
    const T Yc = rising * yield_factor(h, c);
    const T Yt =
        rising * tension_ * smaller(h[jp_], filled<T>(1.0)) * softened(h[wear_], tearing_strain_, torn_residual_);
    Surface<T> surface{center_ * Yc, std::sqrt(radius2_) * Yc};
    const T reach = third * Yt + surface.p0;
    surface.below = (surface.B * surface.B - Yt * Yt) / (4.5 * reach * reach);
    T intact = 1.0 - h[damage_];
    const T size2 = surface.size2(intact * intact * q2, intact * p);
    const bool crushes = any(size2 > surface.B * surface.B);
    if (crushes) {
      const T g = select(size2 > surface.B * surface.B, plastic_multiplier(surface, q2, p, h[damage_], mu, K), T{});
      const T rs = 1.0 / (1.0 + 2.0 * mu * g), rp = 1.0 / (1.0 + 3.0 * K * g);
      for (int k = 0; k < 6; ++k) s[k] = s[k] * rs;
      p = p * rp;
      q2 = q2 * rs * rs;
      flow(s, p, q2, g, mu, K, G, c, h);
      intact = 1.0 - h[damage_];
    }
    T tau[6] = {intact * (s[0] - p), intact * (s[1] - p), intact * (s[2] - p),
                intact * s[3],       intact * s[4],       intact * s[5]};
    T strain[6];
    for (int k = 0; k < 6; ++k) strain[k] = s[k] / (2.0 * mu) - (k < 3 ? p / (3.0 * K) : T{});
    const T e2 = q2 / (6.0 * mu * mu) + p * p / (3.0 * K * K);
    *W = intact * (p * p / (2.0 * K) + q2 / (6.0 * mu)) * cayley_energy_factor(e2, fourth_power(strain));
    const bool touches = contact(J, c, h, tau, W);
    tensor::first_piola(tau, G, P);
    const bool buckles = rod(F, c, h, P, W);
    return crushes || touches || buckles;
  }

private:
  /// Ultimate strength of bone that yields at @p yield by an offset of 0.2 %, of which damage is a part:
  ///   k + (yield / E) D / (1 - D) = 0.002,  D = limit (1 - exp(-rate k)).
  double ultimate_strength(double yield, double E) const {
    double low = 0, high = 0.002;
    for (int i = 0; i < 50; ++i) {
      const double k = 0.5 * (low + high), D = damage_max_ * (1 - std::exp(-damage_rate_ * k));
      (k + yield / E * D / (1 - D) < 0.002 ? low : high) = k;
    }
    return yield / hardened(low);
  }
  /// Share of the ultimate strength while it is being reached.
  template <class T>
  [[gnu::always_inline]] T hardened(T wear) const {
    const T left = larger(1.0 - wear * per_ultimate_, filled<T>(0.0));
    return 1.0 - (1.0 - onset_) * left * left;
  }
  /// Share of the ultimate strength that softening leaves.
  template <class T>
  [[gnu::always_inline]] T softened(T wear, double strain, double residual) const {
    T left = filled<T>(1.0);
    if (any(wear > filled<T>(ultimate_))) { // divisions are dear, and most of the bone is whole
      const T beyond = larger(wear - ultimate_, filled<T>(0.0)) / strain;
      left = 1.0 / (1.0 + beyond * beyond);
    }
    return residual + (1.0 - residual) * left;
  }
  template <class T, class Mask, class C>
  [[gnu::always_inline]] T worn(T wear, T dk, const Mask& tears, const C* c) const {
    const T opening = select(wear < filled<T>(ultimate_), dk, dk * c[band_]);
    return wear + select(tears, opening, dk);
  }
  /// Moves the history along the flow, to the stress that would be (s, p) if intact.
  template <class T, class C>
  [[gnu::always_inline]] void flow(const T* s, T p, T q2, T g, C mu, C K, const T* G, const C* c, T* h) const {
    T e[6], b[6], cp[6];
    for (int k = 0; k < 3; ++k) e[k] = s[k] / (2.0 * mu) - p / (3.0 * K);
    for (int k = 3; k < 6; ++k) e[k] = s[k] / (2.0 * mu);
    tensor::cayley_stretch(e, b);
    tensor::congruence(G, b, cp);
    const auto flows = g > T{};
    for (int k = 0; k < 6; ++k) h[k] = select(flows, cp[k], h[k]);
    const T dk = g * root(q2 * (2.0 / 3.0) + 3.0 * p * p);
    const T x = 1.5 * g * p; // half of the plastic volume strain of the step
    h[jp_] = h[jp_] * (1.0 - x) / (1.0 + x);
    h[kappa_] = h[kappa_] + dk;
    h[wear_] = worn(h[wear_], dk, p < T{}, c);
    h[damage_] = damaged(h[damage_], dk);
  }
  /// Damage at the end of a step: dD = rate (limit - D) dk.
  template <class T>
  [[gnu::always_inline]] T damaged(T before, T dk) const {
    return (before + damage_rate_ * damage_max_ * dk) / (1.0 + damage_rate_ * dk);
  }

  /// Solid on solid.
  template <class T, class C>
  [[gnu::always_inline]] bool contact(T J, const C* c, T* h, T* tau, T* W) const {
    const C r = c[solid_], start = smaller(2.0 * r, filled<C>(1.0)), all = start - r;
    const T volume = J * c[volume_];
    if (!any(volume < filled<T>(0.0) + start)) return false;
    const T room = smaller(larger(volume - r, filled<T>(0.0) + least_room * r), filled<T>(0.0) + all);
    const T gap = all / room - 1.0;
    const T pressure = c[contact_] * J * gap * gap;
    for (int k = 0; k < 3; ++k) tau[k] = tau[k] - pressure;
    *W = *W + c[contact_] / c[volume_] * (all * all / room - 2.0 * all * log_of(all / room) - room);
    h[tightest_] = smaller(h[tightest_], volume);
    return true;
  }
  /// Flat nominal plateau (a Kirchhoff stress shrinks with the plastic volume), mild hardening; densification beyond the
  /// logarithmic volume strain at which pores begin to close.
  template <class T, class C>
  [[gnu::always_inline]] T yield_factor(const T* h, const C* c) const {
    const T Jp = smaller(h[jp_], filled<T>(1.0));
    if (!any(Jp < filled<T>(1.0))) return 1.0 + hardening_ * h[kappa_];
    const T y = (1.0 - Jp) / (1.0 + Jp), y2 = y * y;
    const T strain = 2.0 * y * (1.0 + y2 * (1.0 / 3.0 + y2 * 0.2)); // -log Jp, 1 % low at Jp = 0.25
    const T over = larger(strain - densification_start_, T{}), over2 = over * over;
    const T dense = c[dense_1_] * over + c[dense_5_] * over * over2 * over2;
    return Jp * (1.0 + hardening_ * h[kappa_] + dense);
  }

  /// Yield surface S = B,  S^2 = q^2 + 4.5 w (p - p0)^2,  w below p0.
  template <class T>
  struct Surface {
    T p0, B, below{};
    T size2(T q2, T p) const {
      const T off = p - p0;
      return q2 + 4.5 * off * off * select(off < T{}, below, filled<T>(1.0));
    }
  };
  /// Root of S = B for the stress (1 - D) (q/(1 + 2 mu g), p/(1 + 3 K g)), g the plastic multiplier as if intact and D the
  /// damage at the end of the step: else small steps would flow and rest by turns.
  template <class T, class C>
  [[gnu::always_inline]] T plastic_multiplier(const Surface<T>& surface, T q2, T p, T damage, C mu, C K) const {
    using V = decltype(value_of(T{}));
    const Surface<V> values{value_of(surface.p0), value_of(surface.B), value_of(surface.below)};
    V g{};
    constexpr double near = 1e-6; // one step further is at the root; every lane stays where it has come near
    for (int i = 0; i < 6; ++i) {
      const V next = approached(values, value_of(q2), value_of(p), value_of(damage), mu, K, g), way = next - g;
      const auto moves = larger(way, -1.0 * way) > near * next;
      g = select(moves, next, g);
      if (!any(moves)) break;
    }
    // With derivatives only the last step: at the root it has those of the root (implicit function theorem).
    return approached(surface, q2, p, damage, mu, K, T(g));
  }
  /// Newton on 1/(S - least), which is nearly straight; least is what S falls to in tension. Between p0 and 0 the second
  /// part of S may grow; the step then leans on the first.
  template <class T, class C>
  [[gnu::always_inline]] T approached(const Surface<T>& to, T q2, T p, T damage, C mu, C K, T g) const {
    // Divisions are dear: two share one.
    const T ss = 1.0 + 2.0 * mu * g, sp = 1.0 + 3.0 * K * g, both = 1.0 / (ss * sp), rs = sp * both, rp = ss * both;
    const T norm = root(2.0 / 3.0 * q2 * rs * rs + 3.0 * p * p * rp * rp);
    const T grown = 1.0 + damage_rate_ * g * norm, size = norm + 1e-30, share = 1.0 / (size * grown);
    const T norm_slope = -1.0 * (4.0 / 3.0 * mu * q2 * rs * rs * rs + 9.0 * K * p * p * rp * rp * rp) * (grown * share);
    const T further = size * share;
    const T intact = 1.0 - (damage + damage_rate_ * damage_max_ * g * norm) * further;
    const T intact_slope = -1.0 * damage_rate_ * (damage_max_ - damage) * further * further * (norm + g * norm_slope);
    const T qs = intact * rs, qs_slope = intact_slope * rs - 2.0 * mu * intact * rs * rs;
    const T ps = intact * rp, ps_slope = intact_slope * rp - 3.0 * K * intact * rp * rp;
    const T d = p * ps - to.p0, w = select(d < T{}, to.below, filled<T>(1.0));
    const T S = root(q2 * qs * qs + 4.5 * w * d * d);
    const T least = select(p < T{}, to.p0 * root(4.5 * to.below), T{});
    const T first = -2.0 * q2 * qs * qs_slope;
    const T slope = larger(first - 9.0 * w * d * p * ps_slope, 0.2 * first + 1e-30);
    return larger(g + 2.0 * S * (S - least) * (S - to.B) / ((to.B - least) * slope), T{});
  }

  /// Vertical trabeculae: e = tanh(log elastic stretch), tau = (1 - D) E e between -Yc s and Yt s.
  template <class T, class C>
  [[gnu::always_inline]] bool rod(const T* F, const C* c, T* h, T* P, T* W) const {
    const C* a0 = c + axis_x_;
    T a[3];
    for (int i = 0; i < 3; ++i) a[i] = F[3 * i] * a0[0] + F[3 * i + 1] * a0[1] + F[3 * i + 2] * a0[2];
    const T length2 = a[0] * a[0] + a[1] * a[1] + a[2] * a[2];
    const T e = (length2 - h[rod_stretch2_]) / (length2 + h[rod_stretch2_]);
    const T E = c[rod_modulus_], before = h[rod_damage_];
    const T limit = c[rod_yield_] * hardened(h[rod_wear_]) * smaller(h[rod_total_], filled<T>(1.0));
    const T pressed = limit * softened(h[rod_wear_], buckling_strain_, rod_residual_);
    const T pulled = tension_ * limit * softened(h[rod_wear_], tearing_strain_, torn_residual_);
    const T size = larger(e, -1.0 * e), strength = select(e < T{}, pressed, pulled);
    // (1 - D) E (|e| - dk) = strength with D at the end of the step, dD = rate (most - D) dk: a quadratic in dk.
    const T over = E * (1.0 - before) * size - strength;
    const auto flows = over > T{};
    T en = e;
    const bool buckles = any(flows);
    if (buckles) {
      const T square = E * damage_rate_ * (1.0 - damage_max_);
      const T linear = E * (1.0 - before) - square * size + damage_rate_ * strength;
      const T found = 2.0 * over / (linear + root(larger(linear * linear + 4.0 * square * over, T{})) + 1e-30);
      const T dk = select(flows, found, T{});
      en = select(flows, select(e < T{}, dk - size, size - dk), e);
      h[rod_damage_] = damaged(before, dk);
      const T rest2 = length2 * (1.0 - en) / (1.0 + en), grown = rest2 / h[rod_stretch2_]; // squared plastic stretch
      h[rod_stretch2_] = select(flows, rest2, h[rod_stretch2_]);
      h[rod_total_] = select(flows, h[rod_total_] * root(grown), h[rod_total_]);
      h[rod_wear_] = worn(h[rod_wear_], dk, e > en, c);
    }
    const T tau = E * (1.0 - h[rod_damage_]) * en;
    const T n = tau / length2;
    for (int i = 0; i < 3; ++i)
      for (int J = 0; J < 3; ++J) P[3 * i + J] = P[3 * i + J] + n * a[i] * a0[J];
    const T en2 = en * en;
    *W = *W + 0.5 * tau * en * cayley_energy_factor(en2, en2 * en2);
    return buckles;
  }

  DensityLaw density_law_; // with the values of the case
  std::string conversion_;
  double modulus_share_ = 1, strength_share_ = 1; // of healthy bone
  double modulus_ratio_, strength_ratio_, nu_, tension_, hardening_, onset_, ultimate_, per_ultimate_, rod_residual_,
      torn_residual_, buckling_strain_, tearing_strain_, damage_max_, damage_rate_, dense_1_factor_, dense_5_factor_,
      densification_start_, closure_, band_height_, rate_exponent_;
  double center_, radius2_; // p0 / Yc and (B / Yc)^2
};

} // namespace

LawInfo trabecular_bone_law() {
  return {
      "trabecular_bone",
      "crushable foam with vertical trabeculae: density-dependent, transversely isotropic, tension weaker, plateau, "
      "densification, damage",
      "Kopperdahl 2002; Zysset 2013; Keaveny 1999; Wolfram 2011",
      {
          choice("density_law", density_law_names().front(), density_law_names(),
                 "law of axial modulus and strength against density, see `kyphosim list density_laws`"),
          choice("density_conversion", density_conversion_names().front(), density_conversion_names(),
                 "from the density of the scan to the apparent one, g/cm3, for laws that take that: les_1994 (0.07 + "
                 "0.84 x) "
                 "/ 0.6, mineral_is_ash x / 0.6"),
          optional_quantity("modulus_factor", "MPa", 100, 20000, "factor of the axial modulus, instead of the law's"),
          optional_quantity("modulus_exponent", "", 0.5, 3, "exponent of the axial modulus, instead of the law's"),
          optional_quantity("strength_factor", "MPa", 1, 500, "factor of the axial strength, instead of the law's"),
          optional_quantity("strength_exponent", "", 0.5, 3, "exponent of the axial strength, instead of the law's"),
          choice("condition", bone_condition_names().front(), bone_condition_names(),
                 "disease that leaves less than the density law says, see `kyphosim list conditions`"),
          optional_quantity("condition_modulus", "", 0.02, 2,
                            "share of the healthy modulus, instead of the condition's"),
          optional_quantity("condition_strength", "", 0.02, 2,
                            "share of the healthy strength, instead of the condition's"),
          optional_quantity("condition_residual", "", 0.1, 1,
                            "share of the healthy buckling_residual, instead of the condition's"),
          quantity("transverse_modulus_ratio", "", "0.35", 0.1, 1, "transverse over axial modulus",
                   "transversely isotropic set, Zysset 2013"),
          quantity("transverse_strength_ratio", "", "0.41", 0.1, 1, "transverse over axial compressive strength",
                   "transversely isotropic set, Zysset 2013"),
          quantity("poisson_ratio", "", "0.2", 0, 0.4, "elastic Poisson ratio of the foam", "0.11-0.33"),
          quantity("tension_ratio", "", "0.88", 0.1, 1, "tensile over compressive strength",
                   "yield strains 0.70 and 0.77 % of vertebral bone, Morgan & Keaveny 2001"),
          quantity("hydrostatic_ratio", "", "0.656", 0.62, 0.9,
                   "hydrostatic over uniaxial compressive strength of the foam",
                   "1 / 1.1 to 1 / 1.6, crushable foam for bone, commonly quoted; ellipse of the transversely "
                   "isotropic set, "
                   "Zysset 2013"),
          quantity("hardening", "", "0.3", 0, 5,
                   "rise of the plateau per unit plastic strain, of the ultimate strength",
                   "assumption: stable plateau"),
          quantity("yield_onset", "", "0.7", 0.2, 1, "strength at the first yield over the ultimate strength",
                   "Zysset 2013"),
          quantity("ultimate_plastic_strain", "", "0.0058", 0.0021, 0.1, "plastic strain at the ultimate strength",
                   "ultimate strain of 1.45 %, Kopperdahl & Keaveny 1998"),
          quantity("buckling_residual", "", "0.5", 0.05, 1, "strength that buckled vertical trabeculae keep",
                   "10-30 % drop of the axial stress after its peak, commonly quoted"),
          quantity("buckling_strain", "", "0.03", 0.001, 1,
                   "plastic strain beyond the ultimate one that halves the rest",
                   "drop over 2-5 % strain, commonly quoted"),
          quantity("tearing_residual", "", "0.04", 0.01, 1, "tensile strength that torn bone keeps",
                   "calibrated: Belkoff 2001, Spine 26:151, regains what it lost without load"),
          quantity(
              "tearing_strain", "", "0.01", 0.001, 1, "the same where bone tears, over the failing band",
              "assumption: cores in tension break soon after their ultimate strain, so the work of tearing is less "
              "than what 13 mm of bone store, 0.1 N/mm"),
          quantity("damage_limit", "", "0.985", 0.1, 0.995, "largest loss of stiffness",
                   "6 % stay after a crush of 15 %, Fyhrie & Schaffler 1994, commonly quoted"),
          quantity("damage_rate", "", "60", 0, 200, "D = limit (1 - exp(-rate kappa))",
                   "residual strain of 1 % after 3 %, reloading along the secant: Keaveny 1999, commonly quoted"),
          quantity("densification", "", "12.3", 0, 100,
                   "densification, share of the axial strength: factor * (BV/TV)^1.24 * strain beyond its start",
                   "Hosseini 2012, public constants 1100 (BV/TV)^2.928 MPa over 89.2 (BV/TV)^1.69 MPa"),
          quantity("densification_power", "", "14.6", 0, 100, "the same for (BV/TV)^1.08 * (strain beyond its start)^5",
                   "Hosseini 2012, public constants 1300 (BV/TV)^2.77 MPa over 89.2 (BV/TV)^1.69 MPa"),
          quantity("densification_start", "", "0.30", 0.05, 2, "plastic logarithmic volume strain at which pores close",
                   "Hosseini 2012, public constants"),
          quantity("pore_closure", "", "0.5", 0, 10,
                   "pressure of solid on solid where pores fill a third of the crushed bone, over the axial strength",
                   "assumption: of the size of the strength, so that debris holds what crushes it"),
          quantity("failing_band", "mm", "2.4 mm", 0.2, 20, "height of the band in which bone fails",
                   "BMC Musculoskelet Disord 2021, s12891-021-04571-4"),
          quantity("rate_exponent", "", "0.06", 0, 0.3,
                   "strength of all bone grows with the rate of straining to this power",
                   "Carter & Hayes 1977, J Bone Joint Surg Am 59:954"),
      },
      [](const Params& p) -> std::unique_ptr<Material> { return std::make_unique<TrabecularBone>(p); }};
}

} // namespace kypho
