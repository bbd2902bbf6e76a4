#pragma once
// Heat conduction in the vertebra while cement cures: geometry, matrices and loads of linear tetrahedra. No time loop
// (solvers/heat_stepper.hpp). With theta = T - T_body the semi-discrete equation is
//
//   C dtheta/dt + K theta = q,   C = lumped heat capacity, K = conduction + perfusion + surface film
//
// Units: mm, s, mW, mJ, degC. Perfusion after Pennes 1948: w rho_blood cp_blood (T - T_body) per volume.
#include "core/base/params.hpp"
#include "core/cement/cement.hpp"
#include "core/fem/tet_mesh.hpp"
#include <Eigen/SparseCore>

namespace kypho {

/// Keys of the heat problem: tissue properties, perfusion, film coefficients, body and room temperature, mix age.
/// The stage `cure` appends them to its own.
ParamSpecs heat_specs();

/// Values of heat_specs.
struct HeatParams {
  double bone_conductivity = 0.43; ///< trabecular bone with marrow, W/(m K)
  double bone_heat_capacity = 2.0; ///< mJ/(mm3 K) = 1e6 J/(m3 K)
  double perfusion = 0;            ///< blood volume per tissue volume and time, 1/s
  double surface_film = 0;         ///< outer surface to the surrounding tissue, W/(m2 K)
  double canal_film = 0;           ///< canal wall to blood and CSF, W/(m2 K)
  double body_temperature = 37;    ///< degC
  double cement_temperature = 0;   ///< at injection, degC
  double room_temperature = 0;     ///< at which the mixed cement waits, degC
  double mix_age = 0;              ///< from mixing to the end of injection, s
  double duration = 0;             ///< simulated, s
};
HeatParams make_heat_params(const Params& params);

/// Where the vertebral canal runs, mm: along Z through `centre`.
struct CanalGeometry {
  Vec3 centre = Vec3::Zero();
  double depth = 0, width = 0; ///< 0: no canal is known
};

/// What lies outside a boundary facet.
enum class HeatSide : std::uint8_t { tissue, canal, insulated };
/// One per facet: body cortex and arch that face the canal are `canal`, the walls of empty cavities and channels are
/// `insulated`, everything else is `tissue`.
std::vector<HeatSide> heat_sides(const TetMesh& mesh, const std::vector<Vec3>& positions, const CanalGeometry& canal);

/// Per tetrahedron.
struct HeatProperties {
  std::vector<double> volume;       ///< mm3, in the given positions
  std::vector<double> conductivity; ///< mW/(mm K)
  std::vector<double> capacity;     ///< mJ/(mm3 K)
  std::vector<double> perfusion;    ///< mW/(mm3 K)
};
/// @param cement_fraction volume fraction of cement per tetrahedron, 0..1; bone and cement mix by volume, and perfusion
/// lives only where there is no cement
HeatProperties heat_properties(const TetMesh& mesh, const std::vector<Vec3>& positions, const Cement& cement,
                               const HeatParams& params, const std::vector<double>& cement_fraction);

struct HeatSystem {
  Eigen::SparseMatrix<double, Eigen::RowMajor> K; ///< n x n, mW/K, symmetric positive (semi)definite
  VectorX C;                                      ///< n, mJ/K, lumped
};
/// @param film W/(m2 K) per facet
HeatSystem assemble_heat(const TetMesh& mesh, const std::vector<Vec3>& positions, const HeatProperties& properties,
                         const std::vector<double>& film);
/// Film coefficients per facet for the given sides, W/(m2 K).
std::vector<double> film_coefficients(const std::vector<HeatSide>& sides, const HeatParams& params);

/// Volume fraction of cement per tetrahedron: 1 in Region::cement, @p fill * porosity in bone.
/// @param fill share of the pores that holds cement, per tetrahedron (permeation.hpp); may be empty
std::vector<double> cement_fractions(const TetMesh& mesh, const std::vector<double>& fill,
                                     const std::vector<double>& pore_fraction);

/// Minutes at 43 degC that do the same thermal damage (Sapareto & Dewey 1984), R = 0.5 above 43 degC, 0.25 below, of a
/// temperature that runs straight from @p t0 to @p t1 degC in @p dt s.
double cem43_minutes(double t0, double t1, double dt);
/// Increment of the damage integral of Henriques & Moritz 1947 (skin): dt A exp(-Ea / (R T)), A 3.1e98 1/s,
/// Ea 628 kJ/mol; 0.53 first, 1 second degree.
double henriques_damage(double t0, double t1, double dt);

} // namespace kypho
