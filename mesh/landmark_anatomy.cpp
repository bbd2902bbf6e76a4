#include "mesh/landmark_anatomy.hpp"
#include <algorithm>

namespace kypho {

Posterior posterior_from(const std::string& text) {
  if (text == "none") return Posterior::none;
  return text == "pedicles" ? Posterior::pedicles : Posterior::full;
}

FoundAnatomy::FoundAnatomy(FoundVertebra found, Posterior keep) : found_(std::move(found)), keep_(keep) {
  Landmarks& l = found_.landmarks;
  if (!l.has_pedicles) keep_ = Posterior::none;
  if (keep_ == Posterior::none) l.has_pedicles = false;
  if (keep_ == Posterior::pedicles) {
    // Stumps as long behind the isthmus as the pedicle is wide; the way in starts where they are cut.
    for (PedicleLandmarks* p : {&l.left, &l.right}) cut_ = std::max(cut_, p->isthmus.x() - std::max(p->width, 6.0));
    for (PedicleLandmarks* p : {&l.left, &l.right}) {
      const double to_cut = (p->isthmus.x() - cut_) / p->axis.x();
      if ((p->isthmus - p->entry).norm() > to_cut) p->entry = p->isthmus - to_cut * p->axis;
    }
  }
  const ScalarGrid& solid = found_.solid;
  for (int k = 0; k < solid.size[2]; ++k)
    for (int j = 0; j < solid.size[1]; ++j)
      for (int i = 0; i < solid.size[0]; ++i)
        if (const Vec3 p = solid.point(i, j, k); region(p) != Region::outside) bounds_.extend(p);
  bounds_.lower.array() -= solid.spacing[0];
  bounds_.upper.array() += solid.spacing[0];
}

void FoundAnatomy::add_warnings(const std::vector<std::string>& more) {
  found_.warnings.insert(found_.warnings.end(), more.begin(), more.end());
}

Region FoundAnatomy::region(const Vec3& p) const {
  if (found_.solid.at(p) >= 0) return Region::outside;
  if (found_.side.at(p) < 0) return Region::body;
  return keep_ == Posterior::none || p.x() < cut_ ? Region::outside : Region::posterior;
}

} // namespace kypho
