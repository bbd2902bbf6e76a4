#pragma once
// A finite-element model as plain data, whichever program's file it comes from or goes to: mesh, named sets, materials,
// sections, boundary conditions, loads, steps. Lengths, forces and stresses are those of the file, mm, N and MPa for
// models of this program; nothing is converted.
#include "core/base/types.hpp"
#include <filesystem>
#include <map>
#include <span>
#include <variant>

namespace kypho {

/// Node order: corners, then the middles of the edges. Tetrahedra as C3D10 and VTK: 01, 12, 20, 03, 13, 23, corner 3 on
/// the side to which 0, 1, 2 turn right-handed; triangles 01, 12, 20.
enum class ElementKind : std::uint8_t { tet4, tet10, tri3, tri6 };

const char* name_of(ElementKind kind);
int node_count(ElementKind kind);
/// 4 of a tetrahedron, S1..S4 of Abaqus: 012, 013, 123, 203; 2 of a triangle, SNEG and SPOS.
int face_count(ElementKind kind);
/// Local nodes of a face, counted from 0; corners turn right-handed about the normal that leaves the element.
std::span<const int> face_nodes(ElementKind kind, int face);

struct ElementBlock {
  ElementKind kind;
  std::vector<int> ids;   ///< as in the file, ascending
  std::vector<int> nodes; ///< node_count(kind) per element, places in FeModel::nodes
  bool operator==(const ElementBlock&) const = default;
};

struct ElementFace {
  int element; ///< counted through the blocks
  int face;    ///< from 0
  auto operator<=>(const ElementFace&) const = default;
};

struct ElasticLaw {
  double modulus, poisson_ratio;
  bool operator==(const ElasticLaw&) const = default;
};

/// W = c10 (I1 - 3) + (J - 1)^2 / d1, I1 of the isochoric part; d1 = 0 means incompressible.
struct NeoHookeLaw {
  double c10, d1;
  bool operator==(const NeoHookeLaw&) const = default;
};

/// W = c10 (I1 - 3) + c01 (I2 - 3) + (J - 1)^2 / d1
struct MooneyRivlinLaw {
  double c10, c01, d1;
  bool operator==(const MooneyRivlinLaw&) const = default;
};

/// One row of a table of isotropic hardening (von Mises).
struct YieldPoint {
  double stress, plastic_strain;
  bool operator==(const YieldPoint&) const = default;
};

struct FeMaterial {
  std::string name;
  std::variant<ElasticLaw, NeoHookeLaw, MooneyRivlinLaw> law;
  std::vector<YieldPoint> plastic; ///< empty: does not yield
  bool operator==(const FeMaterial&) const = default;
};

enum class SectionKind : std::uint8_t { solid, shell, membrane };

struct FeSection {
  SectionKind kind;
  std::string element_set, material;
  double thickness = 0; ///< of shells and membranes
  bool operator==(const FeSection&) const = default;
};

/// A named set, or one node if the name is empty.
struct NodeTarget {
  std::string node_set;
  int node = -1;
  bool operator==(const NodeTarget&) const = default;
};

/// Degrees of freedom count from 1: displacement x, y, z, rotation about x, y, z.
struct BoundaryCondition {
  NodeTarget target;
  int first_dof, last_dof;
  double value = 0;
  bool operator==(const BoundaryCondition&) const = default;
};

/// The load of every node of the target.
struct NodalLoad {
  NodeTarget target;
  int dof;
  double value;
  bool operator==(const NodalLoad&) const = default;
};

/// Positive pushes against the surface.
struct SurfacePressure {
  std::string surface;
  double value;
  bool operator==(const SurfacePressure&) const = default;
};

/// What a step does not name keeps the value of the step before. Values are reached at the end of the step, on a ramp.
/// An increment of 0 leaves the choice to the program that solves.
struct FeStep {
  bool geometrically_nonlinear = false;
  double initial_increment = 0, total = 1, min_increment = 0, max_increment = 0;
  int increments = 0; ///< most that the step may take; 0: the choice of the program
  std::vector<BoundaryCondition> boundary;
  std::vector<NodalLoad> loads;
  std::vector<SurfacePressure> pressures;
  bool operator==(const FeStep&) const = default;
};

struct FeModel {
  std::vector<Vec3> nodes;
  std::vector<int> node_ids;                            ///< as in the file, ascending
  std::vector<ElementBlock> blocks;                     ///< at most one per kind, in the order of the kinds
  std::map<std::string, std::vector<int>> node_sets;    ///< places in nodes, ascending
  std::map<std::string, std::vector<int>> element_sets; ///< counted through the blocks, ascending
  std::map<std::string, std::vector<ElementFace>> surfaces;
  std::vector<FeMaterial> materials;
  std::vector<FeSection> sections;
  std::vector<BoundaryCondition> boundary; ///< before the first step, all values 0
  std::vector<FeStep> steps;
  bool operator==(const FeModel&) const = default;
};

/// One element of a model, seen from its number.
struct ElementView {
  ElementKind kind;
  int id;
  std::span<const int> nodes; ///< places in FeModel::nodes
};

int element_count(const FeModel& model);
ElementView element(const FeModel& model, int number);
/// The places of a target's nodes.
std::span<const int> nodes_of(const FeModel& model, const NodeTarget& target);

/// Warns, one line each, of materials, sections, boundary conditions and steps, which @p file does not hold.
void warn_of_all_but_the_mesh(const FeModel& model, const std::filesystem::path& file);

} // namespace kypho
