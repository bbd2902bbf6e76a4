#include "mesh/fe_model.hpp"
#include "core/base/log.hpp"
#include <cassert>
#include <fmt/format.h>

namespace kypho {

const char* name_of(ElementKind kind) {
  switch (kind) {
  case ElementKind::tet4: return "tet4";
  case ElementKind::tet10: return "tet10";
  case ElementKind::tri3: return "tri3";
  case ElementKind::tri6: return "tri6";
  }
  return "?";
}

int node_count(ElementKind kind) {
  constexpr int counts[] = {4, 10, 3, 6};
  return counts[static_cast<int>(kind)];
}

int face_count(ElementKind kind) { return kind == ElementKind::tet4 || kind == ElementKind::tet10 ? 4 : 2; }

std::span<const int> face_nodes(ElementKind kind, int face) {
  static constexpr int tets[4][6] = {{0, 2, 1, 6, 5, 4}, {0, 1, 3, 4, 8, 7}, {1, 2, 3, 5, 9, 8}, {2, 0, 3, 6, 7, 9}};
  static constexpr int triangles[2][6] = {{0, 2, 1, 5, 4, 3}, {0, 1, 2, 3, 4, 5}};
  assert(face >= 0 && face < face_count(kind));
  const bool quadratic = kind == ElementKind::tet10 || kind == ElementKind::tri6;
  const std::size_t count = quadratic ? 6 : 3;
  return {face_count(kind) == 4 ? tets[face] : triangles[face], count};
}

int element_count(const FeModel& model) {
  std::size_t count = 0;
  for (const ElementBlock& block : model.blocks) count += block.ids.size();
  return static_cast<int>(count);
}

ElementView element(const FeModel& model, int number) {
  auto row = static_cast<std::size_t>(number);
  for (const ElementBlock& block : model.blocks) {
    const auto n = static_cast<std::size_t>(node_count(block.kind));
    if (row < block.ids.size()) return {block.kind, block.ids[row], {block.nodes.data() + n * row, n}};
    row -= block.ids.size();
  }
  assert(false);
  return {};
}

std::span<const int> nodes_of(const FeModel& model, const NodeTarget& target) {
  if (target.node_set.empty()) return {&target.node, 1};
  return model.node_sets.at(target.node_set);
}

void warn_of_all_but_the_mesh(const FeModel& model, const std::filesystem::path& file) {
  const auto warn = [&](std::size_t count, const char* what) {
    if (count > 0)
      log(LogLevel::warning, fmt::format("{}: {} are not written, {} hold the mesh and its sets only", file.string(),
                                         what, file.extension().string() + " files"));
  };
  warn(model.materials.size(), "materials");
  warn(model.sections.size(), "sections");
  warn(model.boundary.size(), "boundary conditions before the first step");
  warn(model.steps.size(), "steps");
}

} // namespace kypho
