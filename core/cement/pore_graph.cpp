#include "core/cement/pore_graph.hpp"
#include "core/base/errors.hpp"
#include <cmath>
#include <limits>

namespace kypho {
namespace {

constexpr double unreached = std::numeric_limits<double>::infinity();
constexpr double needle_reach = 3; // mm: a tip in a drilled channel is this close to bone

} // namespace

PoreGraph::PoreGraph(const TetMesh& mesh, const std::vector<Vec3>& positions, std::vector<double> pore_fraction,
                     const PermeationParams& params)
    : mesh_(mesh), positions_(positions), pore_fraction_(std::move(pore_fraction)), first_(positions.size() + 1, 0) {
  const double mean = std::cbrt(params.transverse_ratio * params.transverse_ratio); // against the cranio-caudal one
  slowness_ = Vec3(mean / params.transverse_ratio, mean / params.transverse_ratio, mean);
  for (std::size_t e = 0; e < mesh.tets.size(); ++e) {
    const auto& t = mesh.tets[e];
    volume_.push_back(tet_volume(positions[t[0]], positions[t[1]], positions[t[2]], positions[t[3]]));
    centre_.push_back((positions[t[0]] + positions[t[1]] + positions[t[2]] + positions[t[3]]) / 4);
    // Kozeny-Carman: K = K0 (phi/phi0)^n ((1 - phi0)/(1 - phi))^2
    const double phi = pore_fraction_[e], phi0 = params.reference_porosity;
    permeability_.push_back(params.permeability * mean * std::pow(phi / phi0, params.porosity_exponent) *
                            std::pow((1 - phi0) / (1 - phi), 2));
    for (const int node : t) ++first_[node + 1];
  }
  for (std::size_t i = 1; i < first_.size(); ++i) first_[i] += first_[i - 1];
  tets_of_node_.resize(4 * mesh.tets.size());
  std::vector<int> next(first_.begin(), first_.end() - 1);
  for (std::size_t e = 0; e < mesh.tets.size(); ++e)
    for (const int node : mesh.tets[e]) tets_of_node_[next[node]++] = static_cast<int>(e);
}

// sqrt(way . K^-1 way)
double PoreGraph::cost(int tet, const Vec3& way) const {
  return std::sqrt(slowness_.dot(way.cwiseAbs2()) / permeability_[tet]);
}

void PoreGraph::offer(int tet, double cost, const Vec3& origin) {
  if (!porous(tet) || done_[tet] || !(cost < cost_[tet])) return;
  cost_[tet] = cost;
  origin_[tet] = origin;
  queue_.emplace(cost, tet);
}

void PoreGraph::offer_behind_facets(const std::vector<int>& facets) {
  for (const int f : facets) {
    const Facet& facet = mesh_.facets[f];
    const Vec3 wall = (positions_[facet.nodes[0]] + positions_[facet.nodes[1]] + positions_[facet.nodes[2]]) / 3;
    offer(facet.tet, cost(facet.tet, centre_[facet.tet] - wall), wall);
  }
}

void PoreGraph::offer_around_tets(const std::vector<int>& tets) {
  std::vector<char> touched(positions_.size(), 0);
  for (const int e : tets)
    for (const int node : mesh_.tets[e]) touched[node] = 1;
  for (std::size_t e = 0; e < mesh_.tets.size(); ++e) {
    int shared = 0;
    Vec3 wall = Vec3::Zero();
    for (const int node : mesh_.tets[e])
      if (touched[node]) {
        ++shared;
        wall += positions_[node];
      }
    if (shared < 3) continue;
    wall /= shared;
    offer(static_cast<int>(e), cost(static_cast<int>(e), centre_[e] - wall), wall);
  }
}

void PoreGraph::offer_point(const Vec3& point) {
  int nearest = -1;
  double least = needle_reach;
  for (std::size_t e = 0; e < mesh_.tets.size(); ++e) {
    const double distance = (centre_[e] - point).norm();
    if (!porous(static_cast<int>(e)) || distance >= least) continue;
    least = distance;
    nearest = static_cast<int>(e);
  }
  if (nearest < 0) return;
  for (const int node : mesh_.tets[nearest])
    for (int k = first_[node]; k < first_[node + 1]; ++k)
      offer(tets_of_node_[k], cost(tets_of_node_[k], centre_[tets_of_node_[k]] - point), point);
}

void PoreGraph::start(const CementSource& source) {
  cost_.assign(mesh_.tets.size(), unreached);
  origin_.assign(mesh_.tets.size(), Vec3::Zero());
  done_.assign(mesh_.tets.size(), 0);
  queue_ = {};
  if (!source.facets.empty()) offer_behind_facets(source.facets);
  if (!source.tets.empty()) offer_around_tets(source.tets);
  if (source.facets.empty() && source.tets.empty()) offer_point(source.point);
  if (queue_.empty()) throw InputError("cement source '" + source.name + "' touches no trabecular bone of the body");
}

bool PoreGraph::advance() {
  while (!queue_.empty()) {
    const auto [reached, tet] = queue_.top();
    queue_.pop();
    if (done_[tet]) continue;
    done_[tet] = 1;
    front_ = tet;
    for (const int node : mesh_.tets[tet])
      for (int k = first_[node]; k < first_[node + 1]; ++k) {
        const int other = tets_of_node_[k];
        const Vec3 half = (centre_[other] - centre_[tet]) / 2;
        offer(other, reached + cost(tet, half) + cost(other, half), origin_[tet]);
      }
    return true;
  }
  return false;
}

} // namespace kypho
