#pragma once
// The Anatomy of a vertebra that was found by its shape; the image and the surface anatomies differ in density only.
#include "mesh/anatomy.hpp"
#include "mesh/landmark_finder.hpp"

namespace kypho {

/// How much of the posterior elements is kept.
enum class Posterior { full, pedicles, none };
Posterior posterior_from(const std::string& text); ///< "full", "pedicles" (their stumps) or "none"

class FoundAnatomy final : public Anatomy {
public:
  using Density = std::function<double(const Vec3& p)>; ///< anatomical frame, mm; mg/cm3
  FoundAnatomy(FoundVertebra found, Posterior keep);
  /// To be called once, before use.
  void set_density(Density density) { density_ = std::move(density); }
  void add_warnings(const std::vector<std::string>& more);

  Region region(const Vec3& p) const override;
  double bmd(const Vec3& p) const override { return density_(p); }
  Box bounds() const override { return bounds_; }
  const Landmarks& landmarks() const override { return found_.landmarks; }
  std::vector<std::string> warnings() const override { return found_.warnings; }
  const FoundVertebra& found() const { return found_; }

private:
  FoundVertebra found_;
  Posterior keep_;
  double cut_ = -1e300; ///< nothing is kept behind this x, mm
  Box bounds_;
  Density density_;
};

} // namespace kypho
