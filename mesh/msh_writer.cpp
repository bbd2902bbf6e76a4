#include "mesh/fe_builder.hpp"
#include "mesh/msh_format.hpp"
#include "mesh/msh_types.hpp"
#include <fmt/format.h>
#include <iterator>

namespace kypho {
namespace {

/// Elements of one dimension that lie in the same groups, which Gmsh calls an entity.
struct Entity {
  struct Item {
    int type, tag;
    std::vector<int> node_ids;
  };
  std::vector<Item> items;
};

class MshWriter {
public:
  explicit MshWriter(const FeModel& model) : model_(model) {}

  std::string text() {
    collect_node_sets();
    collect_elements();
    collect_surfaces();
    text_ = "$MeshFormat\n4.1 0 8\n$EndMeshFormat\n";
    write_names();
    write_entities();
    write_nodes();
    write_elements();
    return std::move(text_);
  }

private:
  using Groups = std::vector<int>; // tags, ascending

  template <class... Values>
  void put(fmt::format_string<Values...> format, Values&&... values) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Values>(values)...);
  }

  int group(int dimension, const std::string& name) {
    auto& names = names_[dimension];
    return names.try_emplace(name, static_cast<int>(names.size()) + 1).first->second;
  }

  /// Points carry the node sets; their tags follow those of the elements.
  void collect_node_sets() {
    for (const ElementBlock& block : model_.blocks)
      if (!block.ids.empty()) last_tag_ = std::max(last_tag_, block.ids.back());
    std::vector<Groups> of_node(model_.nodes.size());
    for (const auto& [name, set] : model_.node_sets) {
      const int tag = group(0, name);
      for (const int node : set) of_node[node].push_back(tag);
    }
    for (std::size_t i = 0; i < of_node.size(); ++i)
      if (!of_node[i].empty())
        entities_[0][of_node[i]].items.push_back({msh::point_type, ++last_tag_, {model_.node_ids[i]}});
  }

  void collect_elements() {
    std::vector<Groups> of_element(element_count(model_));
    for (const auto& [name, set] : model_.element_sets) {
      if (set.empty()) group(3, name);
      for (const int number : set)
        of_element[number].push_back(group(msh::dimension_of(element(model_, number).kind), name));
    }
    for (std::size_t i = 0; i < of_element.size(); ++i) {
      const ElementView e = element(model_, static_cast<int>(i));
      std::vector<int> ids = ids_of(e.nodes);
      msh::swap_order(e.kind, ids);
      entities_[msh::dimension_of(e.kind)][of_element[i]].items.push_back({msh::type_of(e.kind), e.id, ids});
    }
  }

  void collect_surfaces() {
    std::map<ElementFace, Groups> of_face;
    for (const auto& [name, faces] : model_.surfaces) {
      const int tag = group(2, std::string(msh::surface_prefix) + name);
      for (const ElementFace& f : faces) of_face[f].push_back(tag);
    }
    for (const auto& [face, groups] : of_face) {
      const ElementView e = element(model_, face.element);
      std::vector<int> nodes;
      for (const int local : face_nodes(e.kind, face.face)) nodes.push_back(e.nodes[local]);
      const int type = msh::type_of(nodes.size() == 6 ? ElementKind::tri6 : ElementKind::tri3);
      entities_[2][groups].items.push_back({type, ++last_tag_, ids_of(nodes)});
    }
  }

  std::vector<int> ids_of(std::span<const int> nodes) const {
    std::vector<int> ids;
    for (const int node : nodes) ids.push_back(model_.node_ids[node]);
    return ids;
  }

  void write_names() {
    std::size_t count = 0;
    for (const auto& names : names_) count += names.size();
    put("$PhysicalNames\n{}\n", count);
    for (int dimension = 0; dimension < 4; ++dimension)
      for (const auto& [name, tag] : names_[dimension]) put("{} {} \"{}\"\n", dimension, tag, name);
    put("$EndPhysicalNames\n");
  }

  void write_entities() {
    if (entities_[0].empty() && entities_[1].empty() && entities_[2].empty() && entities_[3].empty())
      entities_[0][{}]; // the nodes must lie on something
    Box box;
    for (const Vec3& p : model_.nodes) box.extend(p);
    if (model_.nodes.empty()) box = {Vec3::Zero(), Vec3::Zero()};
    put("$Entities\n{} {} {} {}\n", entities_[0].size(), entities_[1].size(), entities_[2].size(), entities_[3].size());
    for (int dimension = 0; dimension < 4; ++dimension) {
      int tag = 0;
      for (const auto& [groups, entity] : entities_[dimension]) {
        const Vec3 &a = box.lower, &b = box.upper;
        put("{} {} {} {}", ++tag, a.x(), a.y(), a.z());
        if (dimension > 0) put(" {} {} {}", b.x(), b.y(), b.z());
        put(" {}", groups.size());
        for (const int g : groups) put(" {}", g);
        put("{}\n", dimension > 0 ? " 0" : "");
      }
    }
    put("$EndEntities\n");
  }

  void write_nodes() {
    int dimension = 3;
    while (entities_[dimension].empty()) --dimension;
    const std::size_t n = model_.nodes.size();
    put("$Nodes\n1 {} {} {}\n{} 1 0 {}\n", n, n ? model_.node_ids.front() : 0, n ? model_.node_ids.back() : 0,
        dimension, n);
    for (const int id : model_.node_ids) put("{}\n", id);
    for (const Vec3& p : model_.nodes) put("{} {} {}\n", p.x(), p.y(), p.z());
    put("$EndNodes\n");
  }

  void write_elements() {
    std::string blocks;
    int count = 0, total = 0;
    std::swap(text_, blocks);
    for (int dimension = 0; dimension < 4; ++dimension) {
      int tag = 0;
      for (auto& [groups, entity] : entities_[dimension]) {
        ++tag;
        std::map<int, std::vector<const Entity::Item*>> by_type;
        for (const Entity::Item& item : entity.items) by_type[item.type].push_back(&item);
        for (const auto& [type, items] : by_type) {
          put("{} {} {} {}\n", dimension, tag, type, items.size());
          for (const Entity::Item* item : items) {
            put("{}", item->tag);
            for (const int id : item->node_ids) put(" {}", id);
            put("\n");
          }
          ++count;
          total += static_cast<int>(items.size());
        }
      }
    }
    std::swap(text_, blocks);
    put("$Elements\n{} {} {} {}\n{}$EndElements\n", count, total, total ? 1 : 0, last_tag_, blocks);
  }

  const FeModel& model_;
  std::string text_;
  int last_tag_ = 0;
  std::array<std::map<std::string, int>, 4> names_;  ///< by dimension
  std::array<std::map<Groups, Entity>, 4> entities_; ///< by dimension; the tag is the place, from 1
};

} // namespace

void write_msh(const FeModel& model, const std::filesystem::path& file) {
  write_text(file, MshWriter(model).text());
  warn_of_all_but_the_mesh(model, file);
}

} // namespace kypho
