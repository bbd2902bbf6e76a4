#include "mesh/inp_writer.hpp"
#include "core/base/log.hpp"
#include "mesh/fe_builder.hpp"
#include <algorithm>
#include <cctype>
#include <fmt/format.h>
#include <iterator>
#include <set>

namespace kypho {
namespace {

constexpr int widest_number = 20; // CalculiX reads no more characters of a number
constexpr std::size_t longest_name = 80;
constexpr int ids_per_line = 16;

std::string number(double value) {
  std::string text = fmt::format("{}", value);
  for (int digits = 16; text.size() > widest_number; --digits) text = fmt::format("{:.{}g}", value, digits);
  return text;
}

/// Names of one kind as the file has them: different from each other also without regard to case.
class Names {
public:
  Names(const std::filesystem::path& file, const char* kind) : file_(file), kind_(kind) {}
  void add(const std::string& name) {
    const std::string plain = inp_name(name);
    std::string unique = plain;
    for (int k = 2; !taken_.insert(upper_case(unique)).second; ++k) unique = fmt::format("{}_{}", plain, k);
    if (unique != name)
      log(LogLevel::warning, fmt::format("{}: {} '{}' is called {} there", file_.string(), kind_, name, unique));
    names_[name] = unique;
  }
  const std::string& operator[](const std::string& name) const { return names_.at(name); }

private:
  std::filesystem::path file_;
  const char* kind_;
  std::map<std::string, std::string> names_;
  std::set<std::string> taken_;
};

class InpWriter {
public:
  InpWriter(const FeModel& model, const std::filesystem::path& file)
      : model_(model), node_sets_(file, "node set"), element_sets_(file, "element set"), surfaces_(file, "surface"),
        materials_(file, "material") {
    for (const auto& [name, members] : model.node_sets) node_sets_.add(name);
    for (const auto& [name, members] : model.element_sets) element_sets_.add(name);
    for (const auto& [name, members] : model.surfaces) surfaces_.add(name);
    for (const FeMaterial& m : model.materials) materials_.add(m.name);
  }

  std::string text() {
    put("*HEADING\nFinite-element model\n");
    nodes();
    elements();
    sets();
    for (const auto& [name, faces] : model_.surfaces) surface(surfaces_[name], faces);
    for (const FeMaterial& m : model_.materials) material(m);
    for (const FeSection& s : model_.sections) section(s);
    boundary(model_.boundary);
    const std::string all = model_.steps.empty() ? "" : set_of_all_nodes();
    for (const FeStep& s : model_.steps) step(s, all);
    return std::move(text_);
  }

private:
  template <class... Values>
  void put(fmt::format_string<Values...> format, Values&&... values) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Values>(values)...);
  }

  void nodes() {
    put("*NODE\n");
    for (std::size_t i = 0; i < model_.nodes.size(); ++i) {
      const Vec3& p = model_.nodes[i];
      put("{}, {}, {}, {}\n", model_.node_ids[i], number(p.x()), number(p.y()), number(p.z()));
    }
  }

  void elements() {
    std::set<int> membranes;
    for (const FeSection& s : model_.sections)
      if (s.kind == SectionKind::membrane)
        membranes.insert(model_.element_sets.at(s.element_set).begin(), model_.element_sets.at(s.element_set).end());
    int number = 0;
    for (const ElementBlock& block : model_.blocks) {
      std::string_view before;
      for (std::size_t e = 0; e < block.ids.size(); ++e, ++number) {
        const std::string_view type = type_of(block.kind, membranes.contains(number));
        if (type != before) put("*ELEMENT, TYPE={}\n", type);
        before = type;
        put("{}", block.ids[e]);
        for (const int node : element(model_, number).nodes) put(", {}", model_.node_ids[node]);
        put("\n");
      }
    }
  }

  static std::string_view type_of(ElementKind kind, bool membrane) {
    switch (kind) {
    case ElementKind::tet4: return "C3D4";
    case ElementKind::tet10: return "C3D10";
    case ElementKind::tri3: return membrane ? "M3D3" : "S3";
    case ElementKind::tri6: return membrane ? "M3D6" : "S6";
    }
    return "";
  }

  template <class IdOf>
  void members(const std::vector<int>& set, IdOf id_of) {
    for (std::size_t i = 0; i < set.size(); ++i)
      put("{}{}", id_of(set[i]), i + 1 == set.size() || (i + 1) % ids_per_line == 0 ? "\n" : ", ");
  }

  void sets() {
    for (const auto& [name, set] : model_.node_sets) {
      put("*NSET, NSET={}\n", node_sets_[name]);
      members(set, [&](int node) { return model_.node_ids[node]; });
    }
    for (const auto& [name, set] : model_.element_sets) {
      put("*ELSET, ELSET={}\n", element_sets_[name]);
      members(set, [&](int number) { return element(model_, number).id; });
    }
  }

  void surface(const std::string& name, const std::vector<ElementFace>& faces) {
    put("*SURFACE, NAME={}, TYPE=ELEMENT\n", name);
    for (const ElementFace& f : faces) {
      const ElementView e = element(model_, f.element);
      if (face_count(e.kind) == 4)
        put("{}, S{}\n", e.id, f.face + 1);
      else
        put("{}, {}\n", e.id, f.face == 0 ? "SNEG" : "SPOS");
    }
  }

  void material(const FeMaterial& m) {
    put("*MATERIAL, NAME={}\n", materials_[m.name]);
    if (const auto* e = std::get_if<ElasticLaw>(&m.law))
      put("*ELASTIC\n{}, {}\n", number(e->modulus), number(e->poisson_ratio));
    else if (const auto* n = std::get_if<NeoHookeLaw>(&m.law))
      put("*HYPERELASTIC, NEO HOOKE\n{}, {}\n", number(n->c10), number(n->d1));
    else if (const auto* r = std::get_if<MooneyRivlinLaw>(&m.law))
      put("*HYPERELASTIC, MOONEY-RIVLIN\n{}, {}, {}\n", number(r->c10), number(r->c01), number(r->d1));
    if (!m.plastic.empty()) put("*PLASTIC\n");
    for (const YieldPoint& p : m.plastic) put("{}, {}\n", number(p.stress), number(p.plastic_strain));
  }

  void section(const FeSection& s) {
    const char* kind = s.kind == SectionKind::solid ? "SOLID" : s.kind == SectionKind::shell ? "SHELL" : "MEMBRANE";
    put("*{} SECTION, ELSET={}, MATERIAL={}\n", kind, element_sets_[s.element_set], materials_[s.material]);
    if (s.kind != SectionKind::solid) put("{}\n", number(s.thickness));
  }

  std::string name_of(const NodeTarget& target) {
    return target.node_set.empty() ? fmt::format("{}", model_.node_ids[target.node]) : node_sets_[target.node_set];
  }

  void boundary(const std::vector<BoundaryCondition>& conditions) {
    if (!conditions.empty()) put("*BOUNDARY\n");
    for (const BoundaryCondition& c : conditions) {
      put("{}, {}, {}", name_of(c.target), c.first_dof, c.last_dof);
      if (c.value != 0) put(", {}", number(c.value));
      put("\n");
    }
  }

  std::string set_of_all_nodes() {
    for (const auto& [name, set] : model_.node_sets)
      if (set.size() == model_.nodes.size()) return node_sets_[name];
    std::vector<int> all(model_.nodes.size());
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<int>(i);
    std::string name = "NALL";
    const auto taken = [&](const auto& set) { return upper_case(node_sets_[set.first]) == name; };
    while (std::any_of(model_.node_sets.begin(), model_.node_sets.end(), taken)) name += "_";
    put("*NSET, NSET={}\n", name);
    members(all, [&](int node) { return model_.node_ids[node]; });
    return name;
  }

  void step(const FeStep& s, const std::string& all_nodes) {
    // Abaqus knows no way back to linear geometry within a file; CalculiX takes the word of each step.
    put("*STEP{}", s.geometrically_nonlinear ? ", NLGEOM" : "");
    if (s.increments > 0) put(", INC={}", s.increments);
    put("\n*STATIC\n");
    if (s.initial_increment > 0 || s.total != 1 || s.min_increment > 0 || s.max_increment > 0) {
      put("{}, {}", number(s.initial_increment > 0 ? s.initial_increment : s.total), number(s.total));
      if (s.min_increment > 0 || s.max_increment > 0) put(", {}", s.min_increment > 0 ? number(s.min_increment) : "");
      if (s.max_increment > 0) put(", {}", number(s.max_increment));
      put("\n");
    }
    boundary(s.boundary);
    if (!s.loads.empty()) put("*CLOAD\n");
    for (const NodalLoad& l : s.loads) put("{}, {}, {}\n", name_of(l.target), l.dof, number(l.value));
    if (!s.pressures.empty()) put("*DSLOAD\n");
    for (const SurfacePressure& p : s.pressures) put("{}, P, {}\n", surfaces_[p.surface], number(p.value));
    put("*NODE PRINT, NSET={}, FREQUENCY=999999\nU, RF\n*END STEP\n", all_nodes); // the end of the step only
  }

  const FeModel& model_;
  std::string text_;
  Names node_sets_, element_sets_, surfaces_, materials_;
};

} // namespace

std::string inp_name(std::string_view name) {
  std::string plain;
  for (const char c : name.substr(0, longest_name - 6)) // room for what tells equal names apart
    plain += std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.' ? c : '_';
  if (plain.empty() || std::isalpha(static_cast<unsigned char>(plain.front())) == 0) plain.insert(0, "S_");
  return plain;
}

void write_inp(const FeModel& model, const std::filesystem::path& file) {
  write_text(file, InpWriter(model, file).text());
}

} // namespace kypho
