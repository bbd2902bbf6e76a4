#include "benchmarks/verify/pressed_model.hpp"

#include <numeric>

namespace kypho::verify {

FeModel pressed_model(const TetMesh& mesh, const std::vector<int>& lower, const std::vector<int>& upper,
                      const FeMaterial& material, double descent, bool nonlinear, int increments) {
  FeModel m;
  m.nodes = mesh.nodes;
  m.node_ids.resize(mesh.nodes.size());
  std::iota(m.node_ids.begin(), m.node_ids.end(), 1);
  ElementBlock block{mesh.mids.empty() ? ElementKind::tet4 : ElementKind::tet10, {}, {}};
  std::vector<int> all;
  for (std::size_t t = 0; t < mesh.tets.size(); ++t) {
    block.ids.push_back(static_cast<int>(t) + 1);
    all.push_back(static_cast<int>(t));
    block.nodes.insert(block.nodes.end(), mesh.tets[t].begin(), mesh.tets[t].end());
    if (!mesh.mids.empty()) block.nodes.insert(block.nodes.end(), mesh.mids[t].begin(), mesh.mids[t].end());
  }
  m.blocks = {block};
  m.element_sets["bone"] = all;
  m.node_sets["lower"] = lower;
  m.node_sets["upper"] = upper;
  m.materials = {material};
  m.sections = {{SectionKind::solid, "bone", material.name, 0}};
  m.boundary = {{{"lower", -1}, 1, 3, 0}};
  FeStep step;
  step.geometrically_nonlinear = nonlinear;
  if (increments > 1) step.initial_increment = step.max_increment = 1.0 / increments;
  step.total = 1;
  step.boundary = {{{"upper", -1}, 1, 2, 0}, {{"upper", -1}, 3, 3, -descent}};
  m.steps = {step};
  return m;
}

} // namespace kypho::verify
