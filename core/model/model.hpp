#pragma once
// One vertebra as a mechanical system: mesh, tissues, platens, balloons, and the state of all of them.
#include "core/contact/platen_term.hpp"
#include "core/contact/self_contact_term.hpp"
#include "core/devices/balloon_term.hpp"
#include "core/devices/expander_term.hpp"
#include "core/fem/bulk_term.hpp"
#include "core/fem/hinge_term.hpp"
#include "core/fem/shell_term.hpp"
#include "core/fem/system.hpp"
#include "core/materials/strain_rate.hpp"
#include "core/model/height_gauge.hpp"
#include <memory>

namespace kypho {

/// The law of each tissue, and of bone on bone.
struct Tissues {
  std::shared_ptr<const Material> trabecular, posterior, cement;
  std::shared_ptr<const ShellLaw> cortex, endplate, posterior_cortex;
  bool self_contact = false; ///< walls and folds that meet touch
  double friction = 0.3;     ///< of bone on bone
};

/// One balloon in its cavity.
struct Balloon {
  std::string device, side;
  double max_pressure = 0; ///< MPa, at which it stops
  double start = 0;        ///< volume of the cavity part it lies in before inflation, mm3
  std::unique_ptr<BalloonTerm> fluid;
  std::unique_ptr<ShellTerm> wall;
  std::unique_ptr<ShellTerm> stent;              ///< null without one
  double wall_tension = 0, locking_stretch = 1;  ///< of the wall (balloon_wall.hpp)
  double stent_tension = 0, stent_stiffness = 0; ///< implant.hpp
  bool stays_full = false, emptied = false;      ///< a container; a stent whose balloon is out
  std::string stopped_by;                        ///< empty while it takes more

  bool stays() const { return stays_full || stent_tension > 0; }
  /// Lays the wall, and a stent, on the facets that the balloon reaches.
  void put_on_wall(const TetMesh& mesh);
  void visit(Archive& archive, const TetMesh& mesh);
};

/// A rigid device that opens in its channel.
struct Expander {
  std::string device, side;
  double opened = 0; ///< share, 0 closed
  std::unique_ptr<ExpanderTerm> term;
  std::string stopped_by; ///< empty while it opens
  void visit(Archive& archive, const TetMesh& mesh);
};

class Model {
public:
  /// @param points density, compaction and axis per tetrahedron or per quadrature point (BulkTerm)
  Model(TetMesh mesh, Landmarks landmarks, Tissues tissues, std::vector<PointData> points);
  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;

  const TetMesh& mesh() const { return mesh_; }
  const Landmarks& landmarks() const { return landmarks_; }
  const Tissues& tissues() const { return tissues_; }
  const HeightGauge& gauge() const { return gauge_; }
  std::vector<Vec3> positions() const;
  /// Heights, wedge angle and the force on the upper platen.
  Station station() const;

  /// Puts platens on both endplates, cast stress-free in the present shape. MPa/mm.
  void put_on_platens(double normal_stiffness, double shear_stiffness, bool central_only = false);
  void take_off_platens();
  /// Platens of @p old carried over to this model's mesh with the strains of their layers.
  void carry_over_platens(const Model& old);
  /// Prescribes (true) or frees the three unknowns of the upper platen. The lower one is always held.
  void hold_upper_platen(bool hold);
  /// The cement has reached its conversion, per tetrahedron, and is stiff from here on: free of strain in the present shape.
  /// It keeps the stress that dough or bone have there as of the last add_forces.
  void let_cement_set(const std::vector<double>& conversion);
  /// How fast bone is strained from here on, 1/s: its strength follows (strain_rate.hpp).
  void strain_at(double rate);
  double strain_rate() const { return strain_rate_; }
  double rate_exponent() const { return tissues_.trabecular->rate_exponent(); }
  /// Call after terms were added or removed.
  void connect();

  /// Everything that changes on one mesh: unknowns, histories, platens, devices.
  void visit(Archive& archive);
  /// The same, kept for going back to it while the mesh is the same.
  State save();
  void restore(const State& state);
  /// Works out the forces of the present shape and changes nothing that is remembered. What a term only keeps from its
  /// last evaluation (stresses, for pictures) then does not depend on the way to this shape.
  void refresh_forces();

  int lower_unknown() const { return static_cast<int>(3 * mesh_.nodes.size()); }
  int upper_unknown() const { return lower_unknown() + 3; }

  System system;
  std::unique_ptr<BulkTerm> bulk;
  std::unique_ptr<ShellTerm> shell;
  std::unique_ptr<HingeTerm> hinges;             ///< bending of the shells
  std::unique_ptr<SelfContactTerm> self_contact; ///< null where bone passes through itself
  std::unique_ptr<PlatenTerm> lower, upper;
  std::vector<Balloon> balloons;
  std::vector<Expander> expanders;

private:
  TetMesh mesh_;
  Landmarks landmarks_;
  Tissues tissues_;
  HeightGauge gauge_;
  bool cement_set_ = false;
  double strain_rate_ = reference_strain_rate;
};

/// First model of an intact or already fractured vertebra.
std::unique_ptr<Model> make_model(TetMesh mesh, Landmarks landmarks, Tissues tissues);

/// Writes @p model, or makes it from what was written with the laws of @p tissues.
void visit(Archive& archive, std::unique_ptr<Model>& model, const Tissues& tissues);

/// A new mesh of the deformed bone takes over the state of @p old: elastic strains, histories, densities, platens.
/// @param point_source, facet_source where each piece comes from in the old mesh, -1 for cement and new walls: old
/// quadrature point of each new one, both numbered tetrahedron * points + point; old facet of each new one
/// Cavities filled with cement (Region::cement) begin as dough; bone with cement in its pores (Region::composite) stays bone
/// until the cement sets.
/// @param stiffness_factor PointData::stiffness_factor per tetrahedron; may be empty without cement
std::unique_ptr<Model> transfer(const Model& old, TetMesh mesh, const std::vector<int>& point_source,
                                const std::vector<int>& facet_source, const std::vector<double>& stiffness_factor);

} // namespace kypho
