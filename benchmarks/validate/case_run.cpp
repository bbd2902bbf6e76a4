#include "benchmarks/validate/case_run.hpp"
#include "core/results.hpp"
#include "mesh/anatomy.hpp"
#include "mesh/mesher.hpp"
#include "scenarios/run.hpp"

#include <Eigen/Geometry>
#include <cmath>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <iostream>
#include <omp.h>
#include <unistd.h>

namespace kypho::validate {
namespace {

class NoFrames final : public ResultSink {
public:
  void frame(const Frame&) override {}
};

std::string stage_names(const Scenario& scenario) {
  std::string names;
  for (const StageSpec& stage : scenario.stages) names += (names.empty() ? "" : ", ") + stage.kind;
  return names;
}

} // namespace

std::string quoted(const std::string& key, double value, const std::string& unit) {
  return fmt::format("{} = \"{:.6g} {}\"", key, value, unit);
}

Case& Case::stage(const std::string& kind, const std::vector<std::string>& keys) {
  stages_ += fmt::format("\n[[stage]]\nkind = \"{}\"\n", kind);
  for (const std::string& key : keys) stages_ += key + "\n";
  return *this;
}

Case& Case::edge(double mm) {
  edge_ = mm;
  return *this;
}

std::string Case::text() const {
  return fmt::format(
      "title = \"validation\"\n\n[anatomy]\nlevel = \"{}\"\nbmd = \"{:.6g} mg/cm3\"\n\n"
      "[mesh]\nedge_length = \"{:.3g} mm\"\nposterior_edge_length = \"4 mm\"\ncavity_edge_length = \"1.6 mm\"\n\n"
      "[solver]\nhold_steps = 3000\n{}",
      level_, bmd_, edge_, stages_);
}

Scenario Case::scenario() const {
  const auto file = std::filesystem::temp_directory_path() / fmt::format("kyphosim-validate-{}.toml", getpid());
  std::ofstream(file) << text();
  struct Remove {
    const std::filesystem::path& file;
    ~Remove() {
      std::error_code ignored;
      std::filesystem::remove(file, ignored);
    }
  } const remove{file};
  return Scenario::read(file);
}

Measures Case::run() const {
  const Scenario s = scenario();
  std::cout << fmt::format("  {} at {:g} mg/cm3: {} ... ", level_, bmd_, stage_names(s)) << std::flush;
  NoFrames sink;
  Measures measures;
  try {
    kypho::run(s, sink, {}, omp_get_max_threads(), measures);
  } catch (...) {
    std::cout << fmt::format("broken after {:.0f} s\n", measures.run.wall_s) << std::flush;
    throw;
  }
  std::cout << fmt::format("{:.0f} s\n", measures.run.wall_s) << std::flush;
  return measures;
}

TetMesh intact_mesh(const Scenario& scenario) { return mesh_anatomy(*make_anatomy(scenario.anatomy), scenario.mesh); }

double projected_area(const TetMesh& mesh, Surface surface) {
  double area = 0;
  for (const Facet& facet : mesh.facets) {
    if (facet.surface != surface) continue;
    const Vec3 &a = mesh.nodes[facet.nodes[0]], &b = mesh.nodes[facet.nodes[1]], &c = mesh.nodes[facet.nodes[2]];
    area += 0.5 * (b - a).cross(c - a)[2];
  }
  return std::abs(area);
}

Change change(const Measures& m, const std::string& earlier, const std::string& later) {
  const Station &a = m.stations.at(earlier), &b = m.stations.at(later);
  return {b.anterior_height_mm - a.anterior_height_mm, b.middle_height_mm - a.middle_height_mm,
          b.wedge_angle_deg - a.wedge_angle_deg};
}

} // namespace kypho::validate
