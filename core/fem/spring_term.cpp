#include "core/fem/spring_term.hpp"

#include "core/base/errors.hpp"

#include <algorithm>
#include <cmath>

namespace kypho {

SpringTerm::SpringTerm(const std::vector<Vec3>& reference, std::vector<Spring> springs)
    : reference_(reference), springs_(std::move(springs)) {
  const auto middle =
      std::stable_partition(springs_.begin(), springs_.end(), [](const Spring& s) { return s.other >= 0; });
  pairs_ = static_cast<std::size_t>(middle - springs_.begin());
  for (Spring& s : springs_) {
    const Vec3 end = s.other >= 0 ? reference_[s.other] : s.point;
    if (s.length == 0) s.length = (end - reference_[s.node]).norm();
    if (!(s.length > 0)) throw InputError("a spring needs ends that lie apart, or a length above 0");
  }
}

Vec3 SpringTerm::span(const Spring& s, const VectorX& u) const {
  const Vec3 from = reference_[s.node] + u.segment<3>(3 * s.node);
  return s.other >= 0 ? Vec3(reference_[s.other] + u.segment<3>(3 * s.other) - from) : Vec3(s.point - from);
}

double SpringTerm::tension(int spring, const VectorX& u) const {
  const Spring& s = springs_[spring];
  return s.law->at(span(s, u).norm() / s.length).force;
}

double SpringTerm::elongation(int spring, const VectorX& u) const {
  return span(springs_[spring], u).norm() - springs_[spring].length;
}

double SpringTerm::energy(const VectorX& u) const {
  double sum = 0;
  for (const Spring& s : springs_) sum += s.length * s.law->at(span(s, u).norm() / s.length).energy;
  return sum;
}

void SpringTerm::add_forces(const VectorX& u, VectorX& f) { force_sum_ = linearize(u, f, nullptr); }

// The block F'/L_0 n n^T + T/L (I - n n^T) has no eigenvalue above the largest slope / L_0, as T/L <= max F'/L_0, so
// no row sum above sqrt(3) of that; a node between nodes has two such blocks in its row.
void SpringTerm::add_stiffness_rows(const VectorX&, VectorX& rows) const {
  for (const Spring& s : springs_) {
    const double block = std::sqrt(3.0) * s.law->largest_slope() / s.length;
    const double row = s.other >= 0 ? 2 * block : block;
    rows.segment<3>(3 * s.node).array() += row;
    if (s.other >= 0) rows.segment<3>(3 * s.other).array() += row;
  }
}

void SpringTerm::couple(Tangent& K) const {
  std::vector<int> between, held;
  for (const Spring& s : springs_) {
    if (s.other >= 0)
      between.insert(between.end(), {s.node, s.other});
    else
      held.push_back(s.node);
  }
  K.couple(this, 2, std::move(between));
  K.couple(&springs_, 1, std::move(held)); // a second kind of element of this term
}

double SpringTerm::linearize(const VectorX& u, VectorX& f, Tangent* K) const {
  std::vector<double> between, held;
  double sum = 0;
  for (const Spring& s : springs_) {
    const Vec3 reach = span(s, u);
    const double length = reach.norm();
    const CordLaw::Pull pull = s.law->at(length / s.length);
    const bool slack = pull.force == 0 && pull.slope == 0;
    const Vec3 n = slack ? Vec3::Zero() : Vec3(reach / length);
    f.segment<3>(3 * s.node) += pull.force * n;
    if (s.other >= 0) f.segment<3>(3 * s.other) -= pull.force * n;
    sum += (s.other >= 0 ? 2 : 1) * pull.force * n.lpNorm<1>();
    if (!K) continue;
    Mat3 block = Mat3::Zero();
    if (!slack)
      block = pull.slope / s.length * n * n.transpose() + pull.force / length * (Mat3::Identity() - n * n.transpose());
    if (s.other < 0) {
      for (int i = 0; i < 3; ++i)
        for (int j = 0; j < 3; ++j) held.push_back(block(i, j));
      continue;
    }
    for (int i = 0; i < 6; ++i)
      for (int j = 0; j < 6; ++j) between.push_back((i / 3 == j / 3 ? 1 : -1) * block(i % 3, j % 3));
  }
  if (K) {
    K->add(this, 0, static_cast<int>(pairs_), between.data());
    K->add(&springs_, 0, static_cast<int>(springs_.size() - pairs_), held.data());
  }
  return sum;
}

} // namespace kypho
