#pragma once
// Several numbers that go through a law at once. A kernel written for a scalar type T runs as it stands with T = Pack, of
// doubles, or T = SinglePack, of twice as many floats; conditions are written with select(), which picks lane by lane. Lanes
// never mix, so the width does not change a bit of any result.
#include <cmath>
#include <cstring>
#ifdef __AVX__
#include <immintrin.h>
#endif

namespace kypho {

#ifdef __AVX512F__
inline constexpr int pack_width = 8;
#else
inline constexpr int pack_width = 4;
#endif
using Pack = double __attribute__((vector_size(8 * pack_width)));

/// In what forces are worked out: doubles or floats.
enum class Precision { full, single };

/// Floats; arithmetic with double constants stays in single precision.
class SinglePack {
public:
  static constexpr int width = 2 * pack_width;
  using Lanes = float __attribute__((vector_size(4 * width)));
  SinglePack() = default;
  SinglePack(double x) : v(Lanes{} + static_cast<float>(x)) {}
  explicit SinglePack(Lanes lanes) : v(lanes) {}
  friend SinglePack operator+(SinglePack a, SinglePack b) { return SinglePack(a.v + b.v); }
  friend SinglePack operator-(SinglePack a, SinglePack b) { return SinglePack(a.v - b.v); }
  friend SinglePack operator*(SinglePack a, SinglePack b) { return SinglePack(a.v * b.v); }
  friend SinglePack operator/(SinglePack a, SinglePack b) { return SinglePack(a.v / b.v); }
  friend SinglePack operator-(SinglePack a) { return SinglePack(-a.v); }
  friend auto operator<(SinglePack a, SinglePack b) { return a.v < b.v; }
  friend auto operator>(SinglePack a, SinglePack b) { return a.v > b.v; }

  Lanes v{};
};

/// Lanes in memory, to and from a pack.
template <class T, class R>
T load_lanes(const R* from) {
  T lanes;
  std::memcpy(&lanes, from, sizeof lanes);
  return lanes;
}
template <class T, class R>
void store_lanes(R* to, const T& lanes) {
  std::memcpy(to, &lanes, sizeof lanes);
}

inline double root(double x) { return std::sqrt(x); }
// A loop over the lanes stays scalar, because a root may set errno.
inline Pack root(Pack x) {
#if defined(__AVX512F__)
  return _mm512_maskz_sqrt_pd(0xff, x); // all lanes; the form without a mask warns of what is not set
#elif defined(__AVX__)
  return _mm256_sqrt_pd(x);
#else
  Pack r{};
  for (int l = 0; l < pack_width; ++l) r[l] = std::sqrt(x[l]);
  return r;
#endif
}
inline SinglePack root(SinglePack x) {
#if defined(__AVX512F__)
  return SinglePack(SinglePack::Lanes(_mm512_maskz_sqrt_ps(0xffff, x.v)));
#elif defined(__AVX__)
  return SinglePack(SinglePack::Lanes(_mm256_sqrt_ps(x.v)));
#else
  SinglePack r;
  for (int l = 0; l < SinglePack::width; ++l) r.v[l] = std::sqrt(x.v[l]);
  return r;
#endif
}
template <class T>
T larger(T a, T b) {
  return a > b ? a : b;
}
template <class T>
T smaller(T a, T b) {
  return a < b ? a : b;
}
inline SinglePack larger(SinglePack a, SinglePack b) { return SinglePack(a.v > b.v ? a.v : b.v); }
inline SinglePack smaller(SinglePack a, SinglePack b) { return SinglePack(a.v < b.v ? a.v : b.v); }
/// a where the mask holds, b elsewhere.
template <class Mask>
double select(const Mask& mask, double a, double b) {
  return mask ? a : b;
}
template <class Mask>
Pack select(const Mask& mask, Pack a, Pack b) {
  return mask ? a : b;
}
template <class Mask>
SinglePack select(const Mask& mask, SinglePack a, SinglePack b) {
  return SinglePack(mask ? a.v : b.v);
}
inline double sine(double x) { return std::sin(x); }
inline double cosine(double x) { return std::cos(x); }
/// Natural logarithm and exponential.
inline double log_of(double x) { return std::log(x); }
inline Pack log_of(Pack x) {
  Pack r{};
  for (int l = 0; l < pack_width; ++l) r[l] = std::log(x[l]);
  return r;
}
inline SinglePack log_of(SinglePack x) {
  SinglePack r;
  for (int l = 0; l < SinglePack::width; ++l) r.v[l] = std::log(x.v[l]);
  return r;
}
inline double exp_of(double x) { return std::exp(x); }
inline Pack exp_of(Pack x) {
  Pack r{};
  for (int l = 0; l < pack_width; ++l) r[l] = std::exp(x[l]);
  return r;
}
inline SinglePack exp_of(SinglePack x) {
  SinglePack r;
  for (int l = 0; l < SinglePack::width; ++l) r.v[l] = std::exp(x.v[l]);
  return r;
}
/// True if a comparison holds in any lane: work that no lane needs can be left out.
inline bool any(bool mask) { return mask; }
template <class Mask>
bool any(const Mask& mask) {
  long long found = 0;
  for (std::size_t l = 0; l < sizeof(mask) / sizeof(mask[0]); ++l) found |= mask[l];
  return found != 0;
}
template <class T>
T filled(double value) {
  return T{} + value;
}

} // namespace kypho
