#pragma once
// A run folder made by formula, without any solve: an elliptic cylinder with an arch behind it that is crushed to a
// wedge, lifted by two growing balls, filled and heated. For tests of pictures, report and viewer only.
#include "viz/files.hpp"
#include "viz/frame_writer.hpp"
#include <Eigen/Geometry>
#include <cmath>
#include <fmt/format.h>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>

namespace kypho::test {

constexpr double half_depth = 16, half_width = 21, half_height = 12.5, channel_radius = 2.6;

/// What the formula moves: wedge crush, radius that the balls add, and what is inside the holes.
struct Moment {
  std::string stage;
  int stage_index;
  double t;
  bool last;
  double crush = 0, ball = 0;
  bool holes = false, filled = false;
  double heat = 0, load = 0, pressure = 0;
};

class SyntheticVertebra {
public:
  explicit SyntheticVertebra(int cells = 14) {
    add_body(cells);
    add_arch(cells);
  }

  /// The mesh with or without the tetrahedra inside the two holes; positive orientation, outer facets found.
  TetMesh mesh(const Moment& m) const {
    TetMesh mesh;
    mesh.nodes = mesh.intact = nodes_;
    for (std::size_t t = 0; t < tets_.size(); ++t) {
      const Vec3 c = centre(t);
      const int hole = posterior_[t] ? 0 : hole_of(c, channel_radius);
      if (hole && m.holes && !m.filled) continue;
      const bool soaked = m.filled && !hole && !posterior_[t] && hole_of(c, 1.5 * channel_radius);
      mesh.tets.push_back(tets_[t]);
      mesh.region.push_back(posterior_[t]      ? Region::posterior
                            : hole && m.filled ? Region::cement
                            : soaked           ? Region::composite
                                               : Region::body);
      mesh.bmd.push_back(posterior_[t] ? 350 : 75 + 20 * std::sin(0.3 * c.x()) + 15 * std::cos(0.4 * c.z()));
    }
    add_facets(mesh);
    return mesh;
  }

  std::vector<Vec3> positions(const Moment& m) const {
    std::vector<Vec3> moved = nodes_;
    for (Vec3& p : moved) {
      if (m.ball > 0)
        for (double side : {-1.0, 1.0}) grow(p, {1.0, 9.0 * side, 0.0}, m.ball);
      const double front = std::clamp((p.x() + half_depth) / (2 * half_depth), 0.0, 1.0);
      if (p.x() > -half_depth - 2) p.z() = -half_height + (p.z() + half_height) * (1 - m.crush * (0.1 + 0.9 * front));
    }
    return moved;
  }

  Vec3 centre(std::size_t t) const {
    Vec3 c = Vec3::Zero();
    for (int n : tets_[t]) c += nodes_[n] / 4;
    return c;
  }

private:
  static int hole_of(const Vec3& c, double radius) {
    for (double side : {1.0, -1.0})
      if ((c - Vec3(1.0, 9.0 * side, 0.0)).norm() < radius) return side > 0 ? 1 : 2;
    return 0;
  }
  /// Volume-preserving outside the ball of radius channel_radius, a plain scaling inside.
  static void grow(Vec3& p, const Vec3& c, double added) {
    const Vec3 d = p - c;
    const double r = d.norm(), fade = std::exp(-std::pow(r / 13.0, 4));
    if (r < 1e-9) return;
    const double cube = std::pow(added, 3);
    const double scale = r < channel_radius ? std::cbrt(1 + cube / std::pow(channel_radius, 3))
                                            : std::cbrt(1 + fade * cube / (r * r * r));
    p = c + d * scale;
  }

  void add_body(int n) {
    add_block(n, n, n, false, [](double u, double v, double w) {
      const double waist = 1 - 0.07 * (1 - w * w);
      const double x = u * std::sqrt(1 - v * v / 2), y = v * std::sqrt(1 - u * u / 2);
      const double dish = 1.3 * std::max(0.0, 1 - 1.6 * (x * x + y * y));
      return Vec3(half_depth * waist * x, half_width * waist * y, w * half_height - w * std::abs(w) * dish);
    });
  }
  void add_arch(int n) {
    add_block(3, 2 * n, 4, true, [](double u, double v, double w) {
      const double angle = v * 2.3, radius = 12 + 3 * u;
      return Vec3(-23 - radius * std::cos(angle) * 0.9 + 1, radius * std::sin(angle) * 1.1, 3 + 5.5 * w);
    });
    add_block(n, 3, 5, true, [](double u, double v, double w) {
      const double s = (u + 1) / 2;
      return Vec3(-34 - 24 * s, 2.5 * v, 1 - 6 * s + (7 + 2 * s) * w);
    });
  }
  /// Cubes of six tetrahedra over [-1,1]^3, mapped by @p map.
  void add_block(int nu, int nv, int nw, bool posterior, const std::function<Vec3(double, double, double)>& map) {
    const int first = static_cast<int>(nodes_.size());
    const auto id = [&](int i, int j, int k) { return first + (i * (nv + 1) + j) * (nw + 1) + k; };
    for (int i = 0; i <= nu; ++i)
      for (int j = 0; j <= nv; ++j)
        for (int k = 0; k <= nw; ++k) nodes_.push_back(map(2.0 * i / nu - 1, 2.0 * j / nv - 1, 2.0 * k / nw - 1));
    const int paths[6][3] = {{4, 2, 1}, {4, 1, 2}, {2, 4, 1}, {2, 1, 4}, {1, 4, 2}, {1, 2, 4}};
    for (int i = 0; i < nu; ++i)
      for (int j = 0; j < nv; ++j)
        for (int k = 0; k < nw; ++k)
          for (const auto& path : paths) {
            std::array<int, 4> tet;
            for (int a = 0, c = 0; a < 4; c |= a < 3 ? path[a] : 0, ++a)
              tet[a] = id(i + (c >> 2 & 1), j + (c >> 1 & 1), k + (c & 1));
            const Vec3 &p = nodes_[tet[0]], &q = nodes_[tet[1]], &r = nodes_[tet[2]], &s = nodes_[tet[3]];
            if ((q - p).cross(r - p).dot(s - p) < 0) std::swap(tet[2], tet[3]);
            tets_.push_back(tet);
            posterior_.push_back(posterior);
          }
  }
  void add_facets(TetMesh& mesh) const {
    const int faces[4][3] = {{1, 2, 3}, {0, 3, 2}, {0, 1, 3}, {0, 2, 1}};
    std::map<std::array<int, 3>, std::pair<Facet, int>> seen;
    for (std::size_t t = 0; t < mesh.tets.size(); ++t)
      for (const auto& f : faces) {
        const std::array<int, 3> nodes = {mesh.tets[t][f[0]], mesh.tets[t][f[1]], mesh.tets[t][f[2]]};
        std::array<int, 3> key = nodes;
        std::sort(key.begin(), key.end());
        auto& entry = seen[key];
        entry.first = {nodes, surface_at(nodes, mesh.region[t]), static_cast<int>(t)};
        ++entry.second;
      }
    for (const auto& [key, entry] : seen)
      if (entry.second == 1) mesh.facets.push_back(entry.first);
  }
  Surface surface_at(const std::array<int, 3>& nodes, Region region) const {
    const Vec3 &a = nodes_[nodes[0]], &b = nodes_[nodes[1]], &c = nodes_[nodes[2]], m = (a + b + c) / 3;
    if (region == Region::posterior) return Surface::posterior_cortex;
    if (const int hole = hole_of(m, 2 * channel_radius))
      return hole == 1 ? Surface::cavity_left : Surface::cavity_right;
    const Vec3 n = (b - a).cross(c - a).normalized();
    return n.z() > 0.7 ? Surface::upper_endplate : n.z() < -0.7 ? Surface::lower_endplate : Surface::cortex;
  }

  std::vector<Vec3> nodes_;
  std::vector<std::array<int, 4>> tets_;
  std::vector<char> posterior_;
};

/// The whole procedure; heights fall to 75 %, stay at 82 % and are lifted to 91 %.
inline std::vector<Moment> procedure() {
  std::vector<Moment> all;
  const auto add = [&](Moment m) { all.push_back(m); };
  for (int i = 0; i <= 8; ++i)
    add({"fracture", 0, i / 8.0, i == 8, i < 7 ? 0.25 * i / 6.0 : 0.18, 0, false, false, 0, i < 7 ? 480.0 * i : 0, 0});
  add({"posture", 1, 1, true, 0.17, 0, false, false, 0, 110, 0});
  add({"access", 2, 1, true, 0.17, 0, true, false, 0, 110, 0});
  for (int i = 1; i <= 6; ++i)
    add({"inflate", 3, i / 6.0, i == 6, 0.17 - 0.015 * i, 1.25 * i, true, false, 0, 110, 0.4 + 0.1 * i});
  for (int i = 1; i <= 2; ++i)
    add({"deflate", 4, i / 2.0, i == 2, 0.08 + 0.008 * i, 7.5 - 0.4 * i, true, false, 0, 110, 1.0 - 0.5 * i});
  add({"inject", 5, 1, true, 0.096, 6.7, true, true, 0, 110, 0});
  for (int i = 1; i <= 3; ++i) add({"cure", 6, i / 3.0, i == 3, 0.096, 6.7, true, true, i / 3.0, 110, 0});
  for (int i = 1; i <= 2; ++i) add({"load", 7, i / 2.0, i == 2, 0.096 + 0.01 * i, 6.7, true, true, 0, 1500.0 * i, 0});
  return all;
}

inline std::map<std::string, double> scalars_of(const Moment& m) {
  const double h = 2 * half_height;
  std::map<std::string, double> s = {{"anterior_height_mm", h * (1 - m.crush)},
                                     {"middle_height_mm", h * (1 - 0.55 * m.crush) - 2.6},
                                     {"posterior_height_mm", h * (1 - 0.1 * m.crush)},
                                     {"wedge_angle_deg", 57.3 * std::atan(0.9 * m.crush * h / 32)},
                                     {"axial_load_n", m.load}};
  if (m.pressure > 0)
    for (const char* side : {"left", "right"}) {
      s[fmt::format("pressure_{}_mpa", side)] = m.pressure * (side[0] == 'l' ? 1.0 : 0.93);
      s[fmt::format("volume_{}_ml", side)] = 4.19e-3 * std::pow(m.ball, 3);
    }
  return s;
}

/// Writes one moment as the stages of a real run would.
inline void write_moment(ResultSink& sink, const SyntheticVertebra& vertebra, const Moment& m) {
  const TetMesh mesh = vertebra.mesh(m);
  const std::vector<Vec3> x = vertebra.positions(m);
  Frame frame{m.stage, 1, m.stage_index, m.t, m.last, &mesh, &x, {}, {}, {}, scalars_of(m)};
  Field strain{"equivalent_plastic_strain", "1", 1, {}}, damage{"damage", "1", 1, {}};
  for (const auto& tet : mesh.tets) {
    Vec3 c = Vec3::Zero();
    for (int n : tet) c += mesh.nodes[n] / 4;
    const double band = std::exp(-std::pow((c.z() - 2) / 3, 2)) * std::clamp((c.x() + 16) / 32, 0.0, 1.0);
    double balls = 0;
    for (double side : {-9.0, 9.0}) balls += std::exp(-std::pow((c - Vec3(1, side, 0)).norm() / 5, 2));
    strain.values.push_back(3 * m.crush * band + 0.08 * m.ball * balls);
    damage.values.push_back(1 - std::exp(-8 * strain.values.back()));
  }
  frame.tet_fields = {strain, damage};
  if (m.heat > 0) {
    Field temperature{"temperature", "degC", 1, {}};
    for (const Vec3& p : mesh.nodes) {
      const double r = std::min((p - Vec3(1, 9, 0)).norm(), (p - Vec3(1, -9, 0)).norm());
      temperature.values.push_back(37 + 45 * m.heat * std::exp(-std::pow(r / 4, 2)));
    }
    frame.node_fields = {temperature};
  }
  frame.facet_fields = {{"thickness", "mm", 1, std::vector<double>(mesh.facets.size(), 0.4)}};
  sink.frame(frame);
}

inline std::string synthetic_history() {
  std::string csv = "stage,ordinal,stage_index,pseudo_time,axial_load_n,anterior_height_mm,middle_height_mm,"
                    "posterior_height_mm,pressure_left_mpa,volume_left_ml\n";
  for (const Moment& m : procedure()) {
    const auto s = scalars_of(m);
    csv += fmt::format("{},1,{},{},{},{},{},{},", m.stage, m.stage_index, m.t, m.load, s.at("anterior_height_mm"),
                       s.at("middle_height_mm"), s.at("posterior_height_mm"));
    csv += m.pressure > 0 ? fmt::format("{},{}\n", m.pressure, s.at("volume_left_ml")) : ",\n";
  }
  return csv;
}

inline nlohmann::ordered_json synthetic_measures() {
  nlohmann::ordered_json j;
  j["run"] = {{"dof", 24000},
              {"nodes", 8000},
              {"elements", 40000},
              {"threads", 2},
              {"wall_s", 312.5},
              {"peak_memory_mb", 900.0},
              {"newton_iterations", 812},
              {"cutbacks", 3},
              {"version", "0.1.0"},
              {"scenario_sha256", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"}};
  const auto station = [](double a, double m, double p, double w, double n) {
    return nlohmann::ordered_json{{"anterior_height_mm", a},
                                  {"middle_height_mm", m},
                                  {"posterior_height_mm", p},
                                  {"wedge_angle_deg", w},
                                  {"axial_load_n", n}};
  };
  j["stations"] = {{"intact", station(25.0, 22.4, 25.0, 0.0, 0)},     {"fractured", station(20.5, 19.9, 24.6, 7.2, 0)},
                   {"prone", station(20.75, 20.1, 24.6, 6.8, 110)},   {"inflated", station(23.0, 21.3, 24.8, 3.2, 110)},
                   {"deflated", station(22.6, 21.1, 24.8, 3.9, 110)}, {"treated", station(22.6, 21.1, 24.8, 3.9, 0)}};
  j["fracture"] = {{"peak_anterior_loss", 0.25}, {"residual_anterior_loss", 0.18}};
  j["restoration"] = {{"reference", "prone"}, {"restored_fraction", 0.47}, {"lost_on_deflation_fraction", 0.18}};
  for (const char* side : {"left", "right"}) {
    j["balloons"].push_back({{"device", "xpander_15_3"},
                             {"side", side},
                             {"volume_ml", 1.77},
                             {"pressure_mpa", 1.0},
                             {"stopped_by", "volume"}});
    for (int i = 0; i <= 30; ++i) {
      const double v = 0.06 * i,
                   p = (side[0] == 'l' ? 1.0 : 0.93) * (1 - std::exp(-4 * v)) * (1.05 + 0.03 * std::sin(9 * v));
      j["pressure_volume"].push_back({{"side", side}, {"volume_ml", v}, {"pressure_mpa", p}});
    }
  }
  j["cement"] = {
      {"injected_ml", 4.2},
      {"in_cavity_ml", 3.4},
      {"permeated_ml", 0.7},
      {"leaked_ml", 0.1},
      {"leaks", {{"basivertebral_vein", 0.1}}},
      {"min_conversion", 0.83},
      {"setting_time_min", 9.1},
      {"peak_temperature_c",
       {{"core", 88.0}, {"interface", 61.0}, {"interface_mean", 52.0}, {"anterior_cortex", 42.0}, {"canal", 38.5}}},
      {"cem43_max_min", 21.0}};
  j["strength"] = {{"intact", {{"stiffness_n_per_mm", 3100.0}, {"failure_load_n", 2900.0}}},
                   {"fractured", {{"stiffness_n_per_mm", 1150.0}, {"failure_load_n", 1700.0}}},
                   {"treated", {{"stiffness_n_per_mm", 2400.0}, {"failure_load_n", 3600.0}}}};
  j["warnings"] = {"formula, not a solve: this run exists for tests only"};
  return j;
}

inline std::string synthetic_temperature() {
  std::string csv = "time_s,core_c,interface_c,anterior_cortex_c,canal_c\n";
  for (int i = 0; i <= 90; ++i) {
    const double t = 10.0 * i, bell = std::exp(-std::pow((t - 430) / 120, 2));
    csv += fmt::format("{},{:.3f},{:.3f},{:.3f},{:.3f}\n", t, 25 + 12 * (1 - std::exp(-t / 90)) + 55 * bell,
                       37 + 15 * bell, 37 + 5 * bell, 37 + 1.5 * bell);
  }
  return csv;
}

/// Writes a whole run folder. @param every_frame false writes only the last frame of each stage
inline void write_synthetic_run(const std::filesystem::path& dir, int cells = 14, bool every_frame = true) {
  const SyntheticVertebra vertebra(cells);
  FrameWriter writer(dir);
  for (const Moment& m : procedure())
    if (every_frame || m.last || (m.stage == "fracture" && m.t == 0)) write_moment(writer, vertebra, m);
  write_whole_file(dir / "measures.json", synthetic_measures().dump(1));
  write_whole_file(dir / "history.csv", synthetic_history());
  write_whole_file(dir / "temperature.csv", synthetic_temperature());
  const nlohmann::json landmarks = {{"upper_anterior", {16.0, 0.0, 12.5}},
                                    {"upper_posterior", {-16.0, 0.0, 12.5}},
                                    {"lower_anterior", {16.0, 0.0, -12.5}},
                                    {"lower_posterior", {-16.0, 0.0, -12.5}},
                                    {"left_pedicle", {-19.0, 11.0, 4.0}},
                                    {"right_pedicle", {-19.0, -11.0, 4.0}},
                                    {"canal", {-24.0, 0.0, 2.0}}};
  write_whole_file(dir / "landmarks.json", landmarks.dump(1));
}

} // namespace kypho::test
