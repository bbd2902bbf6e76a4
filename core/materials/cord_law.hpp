#pragma once
// Law of a cord, as a ligament is: tension against stretch, nothing in compression. No history.
#include "core/base/errors.hpp"
#include "core/base/params.hpp"
#include <memory>

namespace kypho {

class CordLaw {
public:
  struct Pull {
    double force;  ///< N, never negative
    double slope;  ///< of the force over the stretch, N
    double energy; ///< stored per length of the reference, N (= N mm / mm)
  };
  virtual ~CordLaw() = default;
  /// @param stretch present length / length in the reference shape
  virtual Pull at(double stretch) const = 0;
  virtual double largest_slope() const = 0; ///< N
};

} // namespace kypho
