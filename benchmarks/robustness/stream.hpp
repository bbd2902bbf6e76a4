#pragma once
// Random numbers of one case: its own stream, so that number 37 of a seed is the same case in any series.
#include <array>
#include <cmath>
#include <cstdint>
#include <random>

namespace kypho::robustness {

// The distributions of the standard library differ between libraries; its generator does not.
class Stream {
public:
  Stream(unsigned seed, int number) {
    std::seed_seq sequence{seed, static_cast<unsigned>(number)};
    generator_.seed(sequence);
  }
  /// In [low, high], to a @p grain-th, so that the case says exactly what was drawn.
  double between(double low, double high, double grain) {
    const double share = static_cast<double>(generator_() >> 11) * 0x1p-53;
    return std::round((low + (high - low) * share) * grain) / grain;
  }
  template <std::size_t n>
  const char* one_of(const std::array<const char*, n>& choices) {
    return choices[generator_() % n];
  }

private:
  std::mt19937_64 generator_;
};

} // namespace kypho::robustness
