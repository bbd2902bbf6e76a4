#include "core/contact/contact_search.hpp"

#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>

namespace kypho {

ContactSearch::ContactSearch(const TetMesh& mesh) : reference_(mesh.nodes), start_(mesh.nodes.size() + 1, 0) {
  double length = 0;
  for (const Facet& f : mesh.facets) {
    const auto& [a, b, c] = f.nodes;
    const auto& X = reference_;
    facets_.push_back(f.nodes);
    middle_.push_back((X[a] + X[b] + X[c]) / 3);
    out_.push_back((X[b] - X[a]).cross(X[c] - X[a]).normalized());
    length += (X[b] - X[a]).norm() + (X[c] - X[b]).norm() + (X[a] - X[c]).norm();
    for (const int n : f.nodes) ++start_[n + 1];
  }
  if (!facets_.empty()) edge_ = length / (3.0 * static_cast<double>(facets_.size()));
  skin_ = 0.4 * edge_;
  for (std::size_t n = 0; n < reference_.size(); ++n) {
    if (start_[n + 1] > 0) nodes_.push_back(static_cast<int>(n));
    start_[n + 1] += start_[n];
  }
  around_.resize(start_.back());
  std::vector<int> at(start_.begin(), start_.end() - 1);
  for (int f = 0; f < static_cast<int>(facets_.size()); ++f)
    for (const int n : facets_[f]) around_[at[n]++] = f;
}

Vec3 ContactSearch::normal(int node, const std::vector<Vec3>& x) const {
  Vec3 sum = Vec3::Zero();
  for (int k = start_[node]; k < start_[node + 1]; ++k) {
    const auto& [a, b, c] = facets_[around_[k]];
    sum += (x[b] - x[a]).cross(x[c] - x[a]);
  }
  return sum.normalized();
}

bool ContactSearch::admitted(int node, int facet) const {
  constexpr double behind = -0.25;
  const auto& corners = facets_[facet];
  for (int k = start_[node]; k < start_[node + 1]; ++k)
    for (const int n : facets_[around_[k]])
      if (std::find(corners.begin(), corners.end(), n) != corners.end()) return false;
  const Vec3 apart = reference_[node] - middle_[facet];
  return apart.dot(out_[facet]) > behind * apart.norm();
}

std::vector<ContactSearch::Pair> ContactSearch::find(const std::vector<Vec3>& x) const {
  std::vector<Pair> pairs;
  if (nodes_.empty()) return pairs;
  Box box;
  for (const int n : nodes_) box.extend(x[n]);
  const double size = std::max(edge_, (box.upper - box.lower).maxCoeff() / 200);
  std::array<int, 3> cells;
  for (int i = 0; i < 3; ++i) cells[i] = 1 + static_cast<int>((box.upper[i] - box.lower[i]) / size);
  const auto cell = [&](double at, int i) {
    return std::clamp(static_cast<int>(std::floor((at - box.lower[i]) / size)), 0, cells[i] - 1);
  };
  const auto bucket = [&](int i, int j, int k) { return i + cells[0] * (j + cells[1] * k); };
  std::vector<int> first(static_cast<std::size_t>(cells[0]) * cells[1] * cells[2] + 1, 0), where, sorted(nodes_.size());
  for (const int n : nodes_) {
    where.push_back(bucket(cell(x[n][0], 0), cell(x[n][1], 1), cell(x[n][2], 2)));
    ++first[where.back() + 1];
  }
  for (std::size_t b = 1; b < first.size(); ++b) first[b] += first[b - 1];
  std::vector<int> at(first.begin(), first.end() - 1);
  for (std::size_t k = 0; k < nodes_.size(); ++k) sorted[at[where[k]]++] = nodes_[k];
  const Vec3 wide = Vec3::Constant(reach());
  for (int f = 0; f < static_cast<int>(facets_.size()); ++f) {
    Box near;
    for (const int n : facets_[f]) near.extend(x[n]);
    near.lower -= wide;
    near.upper += wide;
    for (int k = cell(near.lower[2], 2); k <= cell(near.upper[2], 2); ++k)
      for (int j = cell(near.lower[1], 1); j <= cell(near.upper[1], 1); ++j)
        for (int m = first[bucket(cell(near.lower[0], 0), j, k)]; m < first[bucket(cell(near.upper[0], 0), j, k) + 1];
             ++m) {
          const int n = sorted[m];
          if ((x[n].array() < near.lower.array()).any() || (x[n].array() > near.upper.array()).any()) continue;
          if (admitted(n, f)) pairs.push_back({n, f});
        }
  }
  std::sort(pairs.begin(), pairs.end());
  return pairs;
}

} // namespace kypho
