#pragma once
// Where cement goes that has no room in the cavity: it drives marrow out of the pores of the surrounding trabecular bone.
// Pores fill in the order of their Darcy travel resistance from the source, the distance in the metric K^-1
// (K permeability tensor), found by Dijkstra's method over neighbouring tetrahedra; every cubic millimetre is accounted
// for. Denser (compacted) bone is less permeable and holds less. Permeability and anisotropy: Baroud 2004, J Biomech 37:189.
// A leak opens when the front reaches it; from then on the flow divides as between two resistances per viscosity,
//   leak   1 / (2 K d) + 128 L / (pi d^4)            a disc in porous ground, then a tube (Hagen-Poiseuille)
//   bone   (1 / r_source - 1 / r_front) / (4 pi K)   Darcy, spheres of the volumes of source and filled bone
#include "core/base/params.hpp"
#include "core/cement/cement.hpp"
#include "core/fem/tet_mesh.hpp"
#include <map>

namespace kypho {

/// Keys: permeability, anisotropy, porosity law, displaced marrow, cannula, flow rate. The stage `inject` appends them.
ParamSpecs permeation_specs();

struct PermeationParams {
  double permeability = 0;     ///< cranio-caudal, mm2, at reference_porosity
  double transverse_ratio = 0; ///< K_AP / K_SI
  double reference_porosity = 0;
  double porosity_exponent = 0; ///< K ~ (phi / phi0)^exponent, times (1 - phi0)^2 / (1 - phi)^2 (Kozeny-Carman form)
  double displaced_marrow = 0;  ///< share of the pore volume that cement can take, 0..1
  double tissue_mineral = 0;    ///< mineral density of bone without pores, mg/cm3: BV/TV = bmd / tissue_mineral
  double injection_time = 0;    ///< s, from the first to the last drop
  double cannula_length = 0, cannula_diameter = 0; ///< mm
};
PermeationParams make_permeation_params(const Params& params);

/// Where one portion of cement enters the bone.
struct CementSource {
  std::string name;          ///< "left", "right"
  double volume = 0;         ///< that must permeate: injected minus what the cavity takes, mm3
  std::vector<int> facets;   ///< wall of the cavity, indices into mesh.facets; or
  std::vector<int> tets;     ///< cement tetrahedra of the cavity; or
  Vec3 point = Vec3::Zero(); ///< needle tip, when both lists are empty
  double radius = 1.5;       ///< of a sphere with the volume of the cavity, or of the needle, mm
};

/// An opening through which cement may leave the bone.
struct LeakPath {
  std::string name;                ///< "cortical_defect", "basivertebral", ...: the key in measures.json
  std::vector<int> facets;         ///< indices into mesh.facets
  double diameter = 0, length = 0; ///< of the channel behind it, mm
};

struct PermeationResult {
  std::vector<double> fill; ///< per tetrahedron, 0..displaced_marrow: share of the pore volume that cement took
  double permeated = 0;     ///< mm3 of cement in bone
  double leaked = 0;        ///< mm3
  std::map<std::string, double> leaks; ///< mm3 per path; "cannula_backflow": found no pores
  double reach = 0;                    ///< largest distance of a filled tetrahedron from its source, mm
};

/// 1 - BV/TV per tetrahedron, from the density in the given positions.
std::vector<double> pore_fractions(const TetMesh& mesh, const std::vector<Vec3>& positions,
                                   const PermeationParams& params);

/// @param positions current node positions, mm
/// @throws InputError for a negative volume or a source that touches no trabecular bone
PermeationResult permeate(const TetMesh& mesh, const std::vector<Vec3>& positions,
                          const std::vector<CementSource>& sources, const std::vector<LeakPath>& leak_paths,
                          const PermeationParams& params);

/// Facets of cortex and endplates within half of @p diameter (at least the nearest one) of @p point, as a leak path; for
/// the exit of the basivertebral vein take the middle of the posterior wall.
LeakPath leak_path_at(std::string name, const TetMesh& mesh, const std::vector<Vec3>& positions, const Vec3& point,
                      double diameter, double length);

/// Pressures that the injection needs, MPa.
struct InjectionPressure {
  double cannula = 0; ///< power-law fluid in a tube
  double bone = 0;    ///< Darcy, sphere from the source radius to the front
  double cannula_share() const { return cannula / (cannula + bone); }
};
/// @param flow mm3/s  @param age s (equivalent, cement.hpp)  @param source_radius, front_radius mm
InjectionPressure injection_pressure(const Cement& cement, const PermeationParams& params, double flow, double age,
                                     double source_radius, double front_radius);

} // namespace kypho
