#include "core/fem/shell_term.hpp"

#include "core/fem/quadratic.hpp"

#include <algorithm>

namespace kypho {

ShellTerm::ShellTerm(const TetMesh& mesh, std::vector<std::shared_ptr<const ShellLaw>> laws,
                     const std::vector<int>& law_of_facet, Faces faces)
    : place_(mesh.facets.size()) {
  std::vector<std::array<int, 6>> whole;
  std::vector<int> law_of_whole;
  if (faces == Faces::whole)
    for (const Face& face : whole_faces(mesh)) {
      const int law = law_of_facet[face.facets[0]], element = static_cast<int>(whole.size());
      const bool one_law = std::ranges::all_of(face.facets, [&](int f) { return law_of_facet[f] == law; });
      if (law < 0 || !one_law) continue;
      whole.push_back(face.nodes);
      law_of_whole.push_back(law);
      if (face.facets.size() == 1) {
        place_[face.facets[0]] = {true, element, 0, Tri6Membrane::points};
        continue;
      }
      for (int k = 0; k < 3; ++k) place_[face.facets[k]] = {true, element, k, 1};
      place_[face.facets[3]] = {true, element, 0, 0};
    }
  std::vector<std::array<int, 3>> triangles;
  std::vector<int> law_of_triangle;
  for (std::size_t f = 0; f < mesh.facets.size(); ++f) {
    if (law_of_facet[f] < 0 || place_[f].element >= 0) continue;
    place_[f] = {false, static_cast<int>(triangles.size()), 0, Tri3::points};
    triangles.push_back(mesh.facets[f].nodes);
    law_of_triangle.push_back(law_of_facet[f]);
  }
  triangles_.build(mesh.nodes, laws, triangles, law_of_triangle);
  faces_.build(mesh.nodes, laws, whole, law_of_whole);
}

void ShellTerm::add_forces(const VectorX& u, VectorX& f) {
  triangles_.add_forces(u, scale, f);
  faces_.add_forces(u, scale, f);
}

double ShellTerm::stored(const VectorX& u) const { return scale * (triangles_.stored(u) + faces_.stored(u)); }

void ShellTerm::add_stiffness_rows(const VectorX& u, VectorX& rows) const {
  triangles_.add_stiffness_rows(u, scale, rows);
  faces_.add_stiffness_rows(u, scale, rows);
}

void ShellTerm::add_stiffness_bound(const VectorX& u, Tangent& K, VectorX&) const {
  triangles_.add_stiffness_bound(u, scale, K);
  faces_.add_stiffness_bound(u, scale, K);
}

void ShellTerm::couple(Tangent& K) const {
  triangles_.couple(K);
  faces_.couple(K);
}

double ShellTerm::linearize(const VectorX& u, VectorX& f, Tangent* K) const {
  const double magnitude = triangles_.linearize(u, scale, f, K);
  return magnitude + faces_.linearize(u, scale, f, K);
}

void ShellTerm::visit(Archive& archive) {
  KYPHO_VISIT(archive, scale);
  triangles_.visit(archive);
  if (!faces_.empty()) archive("faces", faces_);
}

const ShellLaw* ShellTerm::law(int facet) const {
  const Place& place = place_[facet];
  if (place.element < 0) return nullptr;
  return with_elements(place, [&](const auto& elements) { return elements.law(place.element).get(); });
}

VectorX ShellTerm::history(int facet, int q) const {
  const Place& place = place_[facet];
  if (place.element < 0) return {};
  return with_elements(place, [&](const auto& elements) { return elements.history(place.element, place.first + q); });
}

void ShellTerm::set_history(int facet, const VectorX& h, int q) {
  const Place& place = place_[facet];
  if (place.on_face)
    faces_.set_history(place.element, place.first + q, h);
  else
    triangles_.set_history(place.element, place.first + q, h);
}

Eigen::Matrix<double, 3, 2> ShellTerm::basis(int facet, int q) const {
  const Place& place = place_[facet];
  return with_elements(place, [&](const auto& elements) { return elements.basis(place.element, place.first + q); });
}

Eigen::Matrix<double, 3, 2> ShellTerm::deformation(int facet, const VectorX& u, int q) const {
  const Place& place = place_[facet];
  return with_elements(place,
                       [&](const auto& elements) { return elements.deformation(place.element, place.first + q, u); });
}

double ShellTerm::weight(int facet, int q) const {
  const Place& place = place_[facet];
  if (q >= place.points) return 0;
  return with_elements(place, [&](const auto& elements) { return elements.weight(place.element, place.first + q); });
}

} // namespace kypho
