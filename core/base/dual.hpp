#pragma once
// Forward-mode differentiation: a value with its derivatives after N variables. A kernel written for a scalar type T runs
// as it stands with T = Dual and gives the exact derivative of what it computes, iterations and branches included
// (Griewank & Walther 2008, Evaluating Derivatives, ch. 3).
#include "core/base/pack.hpp"
#include <utility>

namespace kypho {

/// f(0) .. f(N - 1), unrolled before the optimiser looks at it.
template <int N, class Function>
[[gnu::always_inline]] inline void each(const Function& f) {
  [&]<int... k>(std::integer_sequence<int, k...>) __attribute__((always_inline)) { (f(k), ...); }
  (std::make_integer_sequence<int, N>());
}

/// @tparam S double or Pack
template <class S, int N>
struct Dual {
  S v{};
  S d[N]{};

  Dual() = default;
  Dual(double value) : v(S{} + value) {}
  Dual(const S& value) requires(!std::is_same_v<S, double>) : v(value) {}

  Dual& operator+=(const Dual& b) { return *this = *this + b; }
  Dual& operator-=(const Dual& b) { return *this = *this - b; }
  Dual& operator*=(const Dual& b) { return *this = *this * b; }
  Dual& operator/=(const Dual& b) { return *this = *this / b; }

  friend Dual operator+(const Dual& a, const Dual& b) {
    Dual r(a);
    r.v = a.v + b.v;
    each<N>([&](int k) { r.d[k] = a.d[k] + b.d[k]; });
    return r;
  }
  friend Dual operator-(const Dual& a, const Dual& b) {
    Dual r(a);
    r.v = a.v - b.v;
    each<N>([&](int k) { r.d[k] = a.d[k] - b.d[k]; });
    return r;
  }
  friend Dual operator*(const Dual& a, const Dual& b) {
    Dual r;
    r.v = a.v * b.v;
    each<N>([&](int k) { r.d[k] = a.d[k] * b.v + a.v * b.d[k]; });
    return r;
  }
  friend Dual operator/(const Dual& a, const Dual& b) {
    Dual r;
    const S inverse = 1.0 / b.v;
    r.v = a.v / b.v;
    each<N>([&](int k) { r.d[k] = (a.d[k] - r.v * b.d[k]) * inverse; });
    return r;
  }
  friend Dual operator-(const Dual& a) { return a * -1.0; }

  // With a constant on one side: a double, or a pack of them.
  template <class C>
  static constexpr bool is_constant = std::is_arithmetic_v<C> || std::is_same_v<C, S>;
  template <class C>
  requires is_constant<C>
  friend Dual operator+(const Dual& a, const C& b) {
    Dual r(a);
    r.v = a.v + b;
    return r;
  }
  template <class C>
  requires is_constant<C>
  friend Dual operator+(const C& a, const Dual& b) { return b + a; }
  template <class C>
  requires is_constant<C>
  friend Dual operator-(const Dual& a, const C& b) {
    Dual r(a);
    r.v = a.v - b;
    return r;
  }
  template <class C>
  requires is_constant<C>
  friend Dual operator-(const C& a, const Dual& b) {
    Dual r;
    r.v = a - b.v;
    each<N>([&](int k) { r.d[k] = -b.d[k]; });
    return r;
  }
  template <class C>
  requires is_constant<C>
  friend Dual operator*(const Dual& a, const C& b) {
    Dual r;
    r.v = a.v * b;
    each<N>([&](int k) { r.d[k] = a.d[k] * b; });
    return r;
  }
  template <class C>
  requires is_constant<C>
  friend Dual operator*(const C& a, const Dual& b) { return b * a; }
  template <class C>
  requires is_constant<C>
  friend Dual operator/(const Dual& a, const C& b) {
    Dual r;
    const S inverse = 1.0 / (S{} + b);
    r.v = a.v / b;
    each<N>([&](int k) { r.d[k] = a.d[k] * inverse; });
    return r;
  }
  template <class C>
  requires is_constant<C>
  friend Dual operator/(const C& a, const Dual& b) {
    Dual r;
    r.v = a / b.v;
    const S slope = -r.v / b.v;
    each<N>([&](int k) { r.d[k] = slope * b.d[k]; });
    return r;
  }

  // Comparisons look at values only and give what S gives: bool, or a mask of lanes.
  friend auto operator<(const Dual& a, const Dual& b) { return a.v < b.v; }
  friend auto operator>(const Dual& a, const Dual& b) { return a.v > b.v; }
  friend auto operator==(const Dual& a, const Dual& b) { return a.v == b.v; }
};

/// The value alone, without derivatives.
template <class S, int N>
S value_of(const Dual<S, N>& a) {
  return a.v;
}
template <class S>
requires(std::is_same_v<S, double> || std::is_same_v<S, Pack> || std::is_same_v<S, SinglePack>) S value_of(const S& a) { return a; }
template <class S, int N, class Mask>
Dual<S, N> select(const Mask& mask, const Dual<S, N>& a, const Dual<S, N>& b) {
  Dual<S, N> r;
  r.v = select(mask, a.v, b.v);
  each<N>([&](int k) { r.d[k] = select(mask, a.d[k], b.d[k]); });
  return r;
}
template <class S, int N>
Dual<S, N> larger(const Dual<S, N>& a, const Dual<S, N>& b) {
  return select(a.v > b.v, a, b);
}
template <class S, int N>
Dual<S, N> smaller(const Dual<S, N>& a, const Dual<S, N>& b) {
  return select(a.v < b.v, a, b);
}
/// The derivative at 0, where there is none, is 0: what a law has under the root there is at rest.
template <class S, int N>
Dual<S, N> root(const Dual<S, N>& a) {
  Dual<S, N> r;
  r.v = root(a.v);
  const S zero{};
  const auto some = r.v > zero;
  const S slope = select(some, 0.5 / select(some, r.v, zero + 1.0), zero);
  each<N>([&](int k) { r.d[k] = slope * a.d[k]; });
  return r;
}
/// f(a), with f's value and slope.
template <class S, int N>
Dual<S, N> chain(const Dual<S, N>& a, const S& value, const S& slope) {
  Dual<S, N> r;
  r.v = value;
  each<N>([&](int k) { r.d[k] = slope * a.d[k]; });
  return r;
}
template <class S, int N>
Dual<S, N> log_of(const Dual<S, N>& a) {
  return chain(a, log_of(a.v), S(1.0 / a.v));
}
template <class S, int N>
Dual<S, N> exp_of(const Dual<S, N>& a) {
  const S value = exp_of(a.v);
  return chain(a, value, value);
}
template <int N>
Dual<double, N> sine(const Dual<double, N>& a) {
  return chain(a, std::sin(a.v), std::cos(a.v));
}
template <int N>
Dual<double, N> cosine(const Dual<double, N>& a) {
  return chain(a, std::cos(a.v), -std::sin(a.v));
}

} // namespace kypho
