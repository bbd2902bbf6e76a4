// Curette: before a balloon is inflated, a blade turned in each channel cuts the trabeculae around it. What is cut stays where
// it is, as loose fragments: its mass is that of before, its stiffness and strength are a share of it.
#include "core/devices/curette.hpp"
#include "scenarios/stages/catalog.hpp"
#include "scenarios/stages/loading.hpp"

#include <Eigen/LU>
#include <algorithm>
#include <fmt/format.h>

namespace kypho {
namespace {

std::vector<std::string> curette_names() {
  std::vector<std::string> names;
  for (const CuretteInfo& info : curette_catalog()) names.push_back(info.name);
  return names;
}

class Curette final : public Stage {
public:
  explicit Curette(const Params& p)
      : device_(find_curette(p.text("device"))), stroke_(p.number("stroke")), toward_(p.text("toward")),
        kept_(p.number("kept")) {}

  void run(StageContext& context) override {
    Model& model = *context.model;
    hold_loads(model);
    for (const Access& access : context.accesses) {
      context.measures.curettes.push_back({device_.name, access.side, cut(model, access.channel) / 1000});
      warn_of_walls(context, access);
    }
    find_balance(context);
    context.write_frame(1, true);
  }

private:
  /// Whether the blade passes a point on its strokes, @p beyond its reach.
  bool swept(const Channel& channel, const Vec3& x, double beyond) const {
    const Vec3 axis = (channel.tip - channel.entry).normalized(), from = x - channel.tip;
    const double back = -from.dot(axis);
    if (back < -beyond || back > stroke_ + 0.5 * device_.width + beyond) return false;
    const Vec3 out = from + back * axis;
    if (out.norm() > device_.reach + beyond) return false;
    return toward_ == "around" || (toward_ == "cranial") == (out[2] > 0);
  }

  /// @return volume of the bone that was cut, mm3
  double cut(Model& model, const Channel& channel) const {
    const TetMesh& mesh = model.mesh();
    const std::vector<Vec3> x = model.positions();
    double volume = 0;
    for (int t = 0; t < static_cast<int>(mesh.tets.size()); ++t) {
      if (mesh.region[t] != Region::body) continue;
      Vec3 middle = Vec3::Zero();
      for (const int n : mesh.tets[t]) middle += x[n] / 4;
      if (!swept(channel, middle, 0)) continue;
      for (int q = 0; q < model.bulk->points_per_tet(); ++q) {
        PointData point = model.bulk->point(t, q);
        point.integrity = std::min(point.integrity, kept_);
        model.bulk->set_point(t, point, q);
        volume += model.bulk->weight(t, q) * model.bulk->deformation(t, model.system.u, q).determinant();
      }
    }
    return volume;
  }

  /// A blade that scrapes on a wall may go through it.
  void warn_of_walls(StageContext& context, const Access& access) const {
    constexpr double near = 1; // mm
    const Model& model = *context.model;
    const std::vector<Vec3> x = model.positions();
    bool cortex = false, endplate = false;
    for (const Facet& facet : model.mesh().facets) {
      const bool is_endplate = facet.surface == Surface::upper_endplate || facet.surface == Surface::lower_endplate;
      if (!is_endplate && facet.surface != Surface::cortex) continue;
      Vec3 middle = Vec3::Zero();
      for (const int n : facet.nodes) middle += x[n] / 3;
      if (swept(access.channel, middle, near)) (is_endplate ? endplate : cortex) = true;
    }
    for (const auto& [touched, wall] : {std::pair{cortex, "the cortex"}, {endplate, "an endplate"}})
      if (touched)
        context.warn(fmt::format("curette: the blade of {:.3g} mm comes within {:.3g} mm of {} ({})", device_.reach,
                                 near, wall, access.side));
  }

  const CuretteInfo& device_;
  double stroke_;
  std::string toward_;
  double kept_;
};

} // namespace

StageInfo curette_stage() {
  return {"curette",
          "cuts the trabeculae around each channel with a bent blade, so that a balloon needs less pressure",
          {
              choice("device", curette_names().front(), curette_names(), "curette of the catalog"),
              quantity("stroke", "mm", "15 mm", 1, 40, "along the channel, from its tip backwards",
                       "working length of the usual balloon"),
              choice("toward", "around", {"around", "cranial", "caudal"}, "where the blade is turned to"),
              quantity("kept", "%", "10 %", 0.1, 100, "stiffness and strength that cut bone keeps, as loose fragments",
                       "assumption"),
          },
          [](const Params& p) -> std::unique_ptr<Stage> { return std::make_unique<Curette>(p); }};
}

} // namespace kypho
