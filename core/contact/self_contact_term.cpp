#include "core/contact/self_contact_term.hpp"

#include "core/base/dual.hpp"

#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>

namespace kypho {
namespace {

template <class T>
T dot(const T* a, const T* b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/// Weights of the corners p[1..3] for the point nearest to @p r + p[1] in the plane of all three, on the line of two, or
/// at one. @param kept which
template <class T>
void weights(const T (*p)[3], const T* r, const std::array<bool, 3>& kept, T* w) {
  for (int k = 0; k < 3; ++k) w[k] = kept[k] ? 1.0 : 0.0;
  T e1[3], e2[3];
  if (kept[0] && kept[1] && kept[2]) {
    for (int i = 0; i < 3; ++i) {
      e1[i] = p[2][i] - p[1][i];
      e2[i] = p[3][i] - p[1][i];
    }
    const T a = dot(e1, e1), b = dot(e1, e2), c = dot(e2, e2), r1 = dot(e1, r), r2 = dot(e2, r);
    const T det = a * c - b * b;
    w[1] = (c * r1 - b * r2) / det;
    w[2] = (a * r2 - b * r1) / det;
    w[0] = 1.0 - w[1] - w[2];
    return;
  }
  for (int k = 0; k < 3; ++k) {
    const int m = (k + 1) % 3;
    if (!kept[k] || !kept[m]) continue;
    for (int i = 0; i < 3; ++i) {
      e1[i] = p[m + 1][i] - p[k + 1][i];
      e2[i] = r[i] + p[1][i] - p[k + 1][i];
    }
    w[m] = dot(e1, e2) / dot(e1, e1);
    w[k] = 1.0 - w[m];
  }
}

/// Point of a triangle nearest to x: its weights, and which of them are not zero (Ericson 2005, Real-Time Collision
/// Detection, 5.1.5).
std::array<bool, 3> nearest(const Vec3& x, const Vec3& a, const Vec3& b, const Vec3& c, Vec3& w) {
  const Vec3 ab = b - a, ac = c - a;
  const double d1 = ab.dot(x - a), d2 = ac.dot(x - a), d3 = ab.dot(x - b), d4 = ac.dot(x - b), d5 = ab.dot(x - c),
               d6 = ac.dot(x - c);
  const auto result = [&](double u, double v, double t) {
    w = Vec3(u, v, t);
    return std::array<bool, 3>{u > 0, v > 0, t > 0};
  };
  if (d1 <= 0 && d2 <= 0) return result(1, 0, 0);
  if (d3 >= 0 && d4 <= d3) return result(0, 1, 0);
  if (d6 >= 0 && d5 <= d6) return result(0, 0, 1);
  const double vc = d1 * d4 - d3 * d2, vb = d5 * d2 - d1 * d6, va = d3 * d6 - d5 * d4;
  if (vc <= 0 && d1 >= 0 && d3 <= 0) return result(1 - d1 / (d1 - d3), d1 / (d1 - d3), 0);
  if (vb <= 0 && d2 >= 0 && d6 <= 0) return result(1 - d2 / (d2 - d6), 0, d2 / (d2 - d6));
  if (va <= 0 && d4 >= d3 && d5 >= d6) {
    const double t = (d4 - d3) / (d4 - d3 + d5 - d6);
    return result(0, 1 - t, t);
  }
  const double sum = va + vb + vc;
  return result(va / sum, vb / sum, vc / sum);
}

constexpr double first_touch = 0.01; // share of an edge over which the penalty stiffens

} // namespace

SelfContactTerm::SelfContactTerm(const TetMesh& mesh, std::vector<double> stiffness, double friction)
    : search_(mesh), reference_(mesh.nodes), stiffness_(std::move(stiffness)), friction_(friction),
      smooth_(first_touch * search_.edge()), searched_(mesh.nodes), pairs_(search_.find(searched_)),
      before_(mesh.nodes), sticks_(mesh.nodes.size()) {}

std::vector<Vec3> SelfContactTerm::positions(const VectorX& u) const {
  std::vector<Vec3> x(reference_);
  for (const int n : search_.nodes()) x[n] += u.segment<3>(3 * n);
  return x;
}

bool SelfContactTerm::list_holds(const std::vector<Vec3>& x) const {
  double farthest = 0;
  for (const int n : search_.nodes()) farthest = std::max(farthest, (x[n] - searched_[n]).squaredNorm());
  return farthest <= 0.25 * search_.skin() * search_.skin();
}

/// 1 for surfaces that face each other, 0 from a right angle on.
double SelfContactTerm::opposing(const Pair& pair, const std::vector<Vec3>& x) const {
  constexpr double full = 0.5;
  const auto& [a, b, c] = search_.facets()[pair.facet];
  const Vec3 out = (x[b] - x[a]).cross(x[c] - x[a]).normalized();
  return std::clamp(-out.dot(search_.normal(pair.node, x)) / full, 0.0, 1.0);
}

/// No deeper than node and facet have moved since the end of the last step, beyond what the node's contact was deep then:
/// a node on the far side of a thin wall, or that turns past an edge, has not come through the surface.
bool SelfContactTerm::came_from_outside(const Touch& touch, const std::vector<Vec3>& x) const {
  double moved = 0;
  for (const int n : search_.facets()[touch.at.facet]) moved = std::max(moved, (x[n] - before_[n]).norm());
  moved += (x[touch.at.node] - before_[touch.at.node]).norm();
  return touch.depth <= sticks_[touch.at.node].depth + moved + smooth_;
}

double SelfContactTerm::pair_stiffness(const Pair& pair) const {
  double k = stiffness_[pair.node];
  for (const int n : search_.facets()[pair.facet]) k = std::min(k, stiffness_[n]);
  return k;
}

/// The nearest facet that each node faces, if it is inside of it.
std::vector<SelfContactTerm::Touch> SelfContactTerm::touches(const std::vector<Pair>& pairs,
                                                             const std::vector<Vec3>& x) const {
  const double limit = search_.depth_limit();
  std::vector<Touch> found;
  for (std::size_t k = 0; k < pairs.size();) {
    const int node = pairs[k].node;
    Touch best{-1, {}, {}, 0, limit};
    Vec3 shape;
    double share = 0;
    for (; k < pairs.size() && pairs[k].node == node; ++k) {
      const auto& [a, b, c] = search_.facets()[pairs[k].facet];
      Vec3 w;
      const auto corners = nearest(x[node], x[a], x[b], x[c], w);
      const double d = (w[0] * x[a] + w[1] * x[b] + w[2] * x[c] - x[node]).norm();
      if (!(d < best.depth)) continue;
      const double faces = opposing(pairs[k], x);
      if (faces == 0) continue;
      best = {static_cast<int>(k), pairs[k], corners, 0, d};
      shape = w;
      share = faces;
    }
    if (best.pair < 0) continue;
    // Inside or outside by the normal of what the nearest point lies on (Baerentzen & Aanaes 2005, IEEE TVCG 11:243).
    const auto& corners = search_.facets()[best.at.facet];
    const auto& [a, b, c] = corners;
    Vec3 out = (x[b] - x[a]).cross(x[c] - x[a]);
    if (!(best.corners[0] && best.corners[1] && best.corners[2])) {
      out.setZero();
      for (int m = 0; m < 3; ++m)
        if (best.corners[m]) out += search_.normal(corners[m], x);
    }
    if ((shape[0] * x[a] + shape[1] * x[b] + shape[2] * x[c] - x[node]).dot(out) <= 0) continue;
    if (!came_from_outside(best, x)) continue;
    best.stiffness = share * pair_stiffness(best.at);
    found.push_back(best);
  }
  return found;
}

/// Where the node sticks to, if it touched before.
bool SelfContactTerm::stuck_at(const Touch& touch, const std::vector<Vec3>& x, Vec3& y) const {
  const Stick& stick = sticks_[touch.at.node];
  if (friction_ == 0 || stick.facet < 0) return false;
  const auto& [a, b, c] = search_.facets()[stick.facet];
  y = stick.shape[0] * x[a] + stick.shape[1] * x[b] + stick.shape[2] * x[c];
  return true;
}

/// Forces on node and facet, as in the header. @param p positions of them   @param stuck y, or null
/// @param slip weights of the corners for the point that the node sticks to from here on
template <class T>
void SelfContactTerm::force(const Touch& touch, const T (*p)[3], const T* stuck, T* out, T* slip) const {
  const std::array<bool, 3> plane{true, true, true};
  T r[3], w[3], reach[3], e1[3], e2[3], t[3] = {T{}, T{}, T{}};
  for (int i = 0; i < 3; ++i) r[i] = p[0][i] - p[1][i];
  weights(p, r, touch.corners, w);
  for (int i = 0; i < 3; ++i) reach[i] = w[0] * p[1][i] + w[1] * p[2][i] + w[2] * p[3][i] - p[0][i];
  const T depth = root(dot(reach, reach));
  const double k = touch.stiffness;
  T g; // N / d
  if (value_of(depth) < smooth_)
    g = depth * (0.5 * k / smooth_);
  else
    g = k - (0.5 * k * smooth_) / depth;
  for (int i = 0; i < 3; ++i) t[i] = T{};
  T at[3];
  for (int i = 0; i < 3; ++i) at[i] = p[0][i] + reach[i] - p[1][i]; // c seen from the first corner
  if (stuck) {
    for (int i = 0; i < 3; ++i) {
      e1[i] = p[2][i] - p[1][i];
      e2[i] = p[3][i] - p[1][i];
    }
    const T n[3] = {e1[1] * e2[2] - e1[2] * e2[1], e1[2] * e2[0] - e1[0] * e2[2], e1[0] * e2[1] - e1[1] * e2[0]};
    T moved[3];
    for (int i = 0; i < 3; ++i) moved[i] = p[0][i] - stuck[i];
    const T off = dot(moved, n) / dot(n, n);
    for (int i = 0; i < 3; ++i) t[i] = -k * (moved[i] - off * n[i]);
    const T size = root(dot(t, t)), most = friction_ * g * depth;
    if (value_of(size) > value_of(most))
      for (T& each : t) each = each * (most / size);
    for (int i = 0; i < 3; ++i) r[i] = p[0][i] - p[1][i] + t[i] / k; // the foot of y after it was dragged along
    weights(p, r, plane, slip);
    if (value_of(depth) > 0) {
      for (int i = 0; i < 3; ++i) r[i] = at[i] + t[i] / g;
      T shifted[3], foot[3];
      weights(p, r, plane, shifted);
      weights(p, at, plane, foot);
      for (int m = 0; m < 3; ++m) w[m] = w[m] + shifted[m] - foot[m];
    }
  } else {
    for (int i = 0; i < 3; ++i) r[i] = p[0][i] - p[1][i];
    weights(p, r, plane, slip);
  }
  for (int i = 0; i < 3; ++i) {
    out[i] = g * reach[i] + t[i];
    for (int m = 0; m < 3; ++m) out[3 * (m + 1) + i] = -w[m] * out[i];
  }
}

void SelfContactTerm::add_forces(const VectorX& u, VectorX& f) {
  const std::vector<Vec3> x = positions(u);
  if (!list_holds(x)) {
    searched_ = x;
    std::vector<Pair> pairs = search_.find(x);
    if (pairs != pairs_) ++searches_;
    pairs_ = std::move(pairs);
  }
  force_sum_ = deepest_ = 0;
  if (pairs_.empty()) {
    sticks_.assign(sticks_.size(), Stick{});
    before_ = x;
    return;
  }
  const std::vector<Touch> touching = touches(pairs_, x);
  before_ = x;
  std::vector<Stick> sticks(sticks_.size());
  for (const Touch& touch : touching) {
    const auto& corners = search_.facets()[touch.at.facet];
    double p[4][3], out[12];
    for (int i = 0; i < 3; ++i) p[0][i] = x[touch.at.node][i];
    for (int m = 0; m < 3; ++m)
      for (int i = 0; i < 3; ++i) p[m + 1][i] = x[corners[m]][i];
    Vec3 y, slip;
    const bool sticks_now = stuck_at(touch, x, y);
    force(touch, p, sticks_now ? y.data() : nullptr, out, slip.data());
    for (int i = 0; i < 3; ++i) {
      f[3 * touch.at.node + i] += out[i];
      for (int m = 0; m < 3; ++m) f[3 * corners[m] + i] += out[3 * (m + 1) + i];
      force_sum_ += 2 * std::abs(out[i]);
    }
    sticks[touch.at.node] = {touch.at.facet, slip, touch.depth};
    deepest_ = std::max(deepest_, touch.depth);
  }
  sticks_ = std::move(sticks);
}

// Every pair that may touch before the next look, as if it did: normal and stick, on the node and on what it shares out.
void SelfContactTerm::add_stiffness_rows(const VectorX& u, VectorX& rows) const {
  // By rows, both of the node and of the facet: |I| and what turns with the facet; a slip turns N by friction, |t n^T| < 1.75.
  const double bound = 4 + 3.5 * friction_;
  const std::vector<Vec3> x = positions(u);
  const bool holds = list_holds(x);
  const std::vector<Pair> found = holds ? std::vector<Pair>{} : search_.find(x);
  for (const std::vector<Pair>& pairs = holds ? pairs_ : found; const Pair& pair : pairs) {
    const auto& [a, b, c] = search_.facets()[pair.facet];
    Vec3 w;
    nearest(x[pair.node], x[a], x[b], x[c], w);
    if ((w[0] * x[a] + w[1] * x[b] + w[2] * x[c] - x[pair.node]).norm() > search_.range()) continue;
    if (opposing(pair, x) == 0) continue;
    const double k = bound * pair_stiffness(pair);
    for (int i = 0; i < 3; ++i) {
      rows[3 * pair.node + i] += k;
      for (const int n : {a, b, c}) rows[3 * n + i] += k;
    }
  }
}

void SelfContactTerm::couple(Tangent& K) const {
  std::vector<int> nodes;
  for (const Pair& pair : pairs_) {
    const auto& [a, b, c] = search_.facets()[pair.facet];
    nodes.insert(nodes.end(), {pair.node, a, b, c});
  }
  K.couple(this, 4, std::move(nodes));
}

double SelfContactTerm::linearize(const VectorX& u, VectorX& f, Tangent* K) const {
  using D = Dual<double, 12>;
  const std::vector<Vec3> x = positions(u);
  const bool holds = list_holds(x);
  const std::vector<Pair> found = holds ? std::vector<Pair>{} : search_.find(x);
  double sum = 0;
  for (const Touch& touch : touches(holds ? pairs_ : found, x)) {
    const std::array<int, 4> nodes{touch.at.node, search_.facets()[touch.at.facet][0],
                                   search_.facets()[touch.at.facet][1], search_.facets()[touch.at.facet][2]};
    D p[4][3], y[3], out[12], slip[3];
    for (int m = 0; m < 4; ++m)
      for (int i = 0; i < 3; ++i) {
        p[m][i] = x[nodes[m]][i];
        p[m][i].d[3 * m + i] = 1;
      }
    Vec3 place;
    const bool sticks = stuck_at(touch, x, place);
    const Stick& stick = sticks_[touch.at.node];
    for (int i = 0; i < 3 && sticks; ++i) {
      y[i] = place[i];
      for (int m = 0; m < 3; ++m)
        if (stick.facet == touch.at.facet) y[i].d[3 * (m + 1) + i] = stick.shape[m];
    }
    force(touch, p, sticks ? y : nullptr, out, slip);
    for (int m = 0; m < 4; ++m)
      for (int i = 0; i < 3; ++i) f[3 * nodes[m] + i] += out[3 * m + i].v;
    for (int i = 0; i < 3; ++i) sum += 2 * std::abs(out[i].v);
    if (!K) continue;
    // Pairs that the pattern does not know lie far off its shape: the line search will come back.
    const auto known = std::lower_bound(pairs_.begin(), pairs_.end(), touch.at);
    if (known == pairs_.end() || *known != touch.at) continue;
    std::array<double, 144> matrix;
    for (int r = 0; r < 12; ++r)
      for (int c = 0; c < 12; ++c) matrix[12 * r + c] = -out[r].d[c];
    K->add(this, static_cast<int>(known - pairs_.begin()), 1, matrix.data());
  }
  return sum;
}

int SelfContactTerm::touching() const {
  return static_cast<int>(
      std::count_if(sticks_.begin(), sticks_.end(), [](const Stick& stick) { return stick.facet >= 0; }));
}

void SelfContactTerm::visit(Archive& archive) {
  KYPHO_VISIT(archive, stiffness_, searched_, before_, sticks_, force_sum_, deepest_);
  if (!archive.reading()) return;
  std::vector<Pair> pairs = search_.find(searched_);
  if (pairs != pairs_) ++searches_;
  pairs_ = std::move(pairs);
}

} // namespace kypho
