#include "mesh/cgal_mesh.hpp"
#include "core/base/errors.hpp"
#include <CGAL/Exact_predicates_inexact_constructions_kernel.h>
#include <CGAL/Labeled_mesh_domain_3.h>
#include <CGAL/Mesh_complex_3_in_triangulation_3.h>
#include <CGAL/Mesh_criteria_3.h>
#include <CGAL/Mesh_triangulation_3.h>
#include <CGAL/exude_mesh_3.h>
#include <CGAL/make_mesh_3.h>
#include <CGAL/perturb_mesh_3.h>
#include <CGAL/refine_mesh_3.h>
#include <unordered_map>

namespace kypho {
namespace {

using Kernel = CGAL::Exact_predicates_inexact_constructions_kernel;
using Domain = CGAL::Labeled_mesh_domain_3<Kernel>;
using Triangulation = CGAL::Mesh_triangulation_3<Domain, CGAL::Default, CGAL::Sequential_tag>::type;
using Complex = CGAL::Mesh_complex_3_in_triangulation_3<Triangulation>;
using Criteria = CGAL::Mesh_criteria_3<Triangulation>;
using Point = Kernel::Point_3;

// Bounds on circumradii and surface error that give the wanted mean edge length (measured on a ball and on L1).
constexpr double cell_radius_per_edge = 0.75;
constexpr double facet_radius_per_edge = 0.70;
constexpr double facet_distance_per_edge = 0.11;
// Seeds stand this many edge lengths apart: enough to find every surface, too few to show as a pattern.
constexpr double seed_spacing_per_edge = 3.0;
// A tetrahedron counts as a sliver below this dihedral angle, degrees.
constexpr double sliver_angle = 12.0;

Vec3 to_vec(const Point& p) { return {p.x(), p.y(), p.z()}; }
Point to_point(const Vec3& p) { return {p.x(), p.y(), p.z()}; }

/// CGAL sizing field: the edge length of the finer side on a border, times a factor.
class Sizing {
public:
  using FT = double;
  using Point_3 = Point;
  using Index = Domain::Index;
  Sizing(const LabelledSolid& solid, const Domain& domain, double factor)
      : solid_(&solid), domain_(&domain), factor_(factor) {}
  FT operator()(const Point_3& p, const int dimension, const Index& index) const {
    if (dimension == 3) return factor_ * solid_->edge_length(to_vec(p), domain_->subdomain_index(index));
    const auto [a, b] = domain_->surface_patch_index(index);
    if (a == 0 || b == 0) return factor_ * solid_->edge_length(to_vec(p), std::max(a, b));
    return factor_ * std::min(solid_->edge_length(to_vec(p), a), solid_->edge_length(to_vec(p), b));
  }

private:
  const LabelledSolid* solid_;
  const Domain* domain_;
  double factor_;
};

/// Inserts one surface vertex per seed segment, none close to an earlier one.
void insert_seeds(const LabelledSolid& solid, const Domain& domain, Complex& complex) {
  std::vector<Vec3> placed;
  const auto intersection = domain.construct_intersection_object();
  for (const auto& [from, to] : solid.seeds) {
    const auto hit = intersection(Kernel::Segment_3(to_point(from), to_point(to)));
    if (std::get<2>(hit) == 0) continue;
    const Vec3 p = to_vec(std::get<0>(hit));
    const double spacing = Sizing(solid, domain, seed_spacing_per_edge)(std::get<0>(hit), 2, std::get<1>(hit));
    const bool crowded = std::any_of(placed.begin(), placed.end(),
                                     [&](const Vec3& q) { return (p - q).squaredNorm() < spacing * spacing; });
    if (crowded) continue;
    placed.push_back(p);
    const auto vertex = complex.triangulation().insert(Triangulation::Weighted_point(std::get<0>(hit)));
    if (vertex == Triangulation::Vertex_handle()) continue;
    complex.set_dimension(vertex, 2);
    complex.set_index(vertex, std::get<1>(hit));
  }
}

LabelledMesh extract(const Complex& complex) {
  LabelledMesh mesh;
  std::unordered_map<const void*, int> number;
  for (auto cell = complex.cells_in_complex_begin(); cell != complex.cells_in_complex_end(); ++cell) {
    std::array<int, 4> tet;
    for (int i = 0; i < 4; ++i) {
      const auto vertex = cell->vertex(i);
      const auto [entry, is_new] = number.emplace(&*vertex, static_cast<int>(mesh.nodes.size()));
      if (is_new) mesh.nodes.push_back(to_vec(vertex->point().point()));
      tet[i] = entry->second;
    }
    mesh.tets.push_back(tet); // CGAL's cells are positively oriented
    mesh.label.push_back(complex.subdomain_index(cell));
  }
  return mesh;
}

} // namespace

LabelledMesh mesh_labelled_solid(const LabelledSolid& solid) {
  namespace params = CGAL::parameters;
  CGAL::get_default_random() = CGAL::Random(0);
  // CGAL warns on the terminal of a mesh that cannot start; the checks below find it.
  CGAL::set_warning_handler([](const char*, const char*, const char*, int, const char*) {});
  CGAL::Random random(0);
  const Vec3 margin = Vec3::Constant(1.0);
  const Vec3 low = solid.bounds.lower - margin, high = solid.bounds.upper + margin;
  const auto label = [&solid](const Point& p) { return solid.label(to_vec(p)); };
  Domain domain(label, CGAL::Bbox_3(low.x(), low.y(), low.z(), high.x(), high.y(), high.z()),
                params::relative_error_bound = 2 * solid.surface_tolerance / (high - low).norm(),
                params::p_rng = &random);
  Complex complex;
  insert_seeds(solid, domain, complex);
  if (complex.triangulation().number_of_vertices() < 4)
    throw InputError("the mesher found no surface to start from; use smaller edge lengths");
  const Sizing distance(solid, domain, facet_distance_per_edge);
  const Criteria criteria(params::facet_angle = 25, params::facet_size = Sizing(solid, domain, facet_radius_per_edge),
                          params::facet_distance = distance, params::cell_radius_edge_ratio = 2.0,
                          params::cell_size = Sizing(solid, domain, cell_radius_per_edge));
  CGAL::refine_mesh_3(complex, domain, criteria, params::no_perturb(), params::no_exude());
  CGAL::perturb_mesh_3(complex, domain, params::sliver_bound = sliver_angle);
  CGAL::exude_mesh_3(complex, params::sliver_bound = sliver_angle);
  if (complex.number_of_cells_in_complex() == 0)
    throw InputError("the mesh lost every region; use smaller edge lengths");
  return extract(complex);
}

} // namespace kypho
