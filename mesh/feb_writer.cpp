#include "mesh/feb_writer.hpp"
#include "core/base/log.hpp"
#include "mesh/fe_builder.hpp"
#include "mesh/feb_history.hpp"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <iterator>

namespace kypho {
namespace {

constexpr const char* axes[] = {"x", "y", "z"};

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
    case '&': out += "&amp;"; break;
    case '<': out += "&lt;"; break;
    case '>': out += "&gt;"; break;
    case '"': out += "&quot;"; break;
    default: out += c;
    }
  }
  return out;
}

/// Elements of one kind that lie in one section.
struct Part {
  ElementKind kind;
  int section;
  std::vector<int> elements;
};

class FebWriter {
public:
  FebWriter(const FeModel& model, const std::filesystem::path& file)
      : model_(model), file_(file), history_(feb_history(model)) {}

  std::string text() {
    find_parts();
    put("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<febio_spec version=\"4.0\">\n<Module type=\"solid\"/>\n");
    put("<Globals><Constants><T>0</T><R>0</R><Fc>0</Fc></Constants></Globals>\n");
    materials();
    mesh();
    domains();
    put("<Boundary>\n");
    boundary(-1);
    put("</Boundary>\n<Loads>\n");
    loads();
    put("</Loads>\n");
    steps();
    put("<LoadData>\n{}</LoadData>\n", curves_);
    put("<Output><plotfile type=\"febio\"><var type=\"displacement\"/><var type=\"stress\"/><var type=\"reaction "
        "forces\"/></plotfile></Output>\n</febio_spec>\n");
    return std::move(text_);
  }

private:
  template <class... Values>
  void put(fmt::format_string<Values...> format, Values&&... values) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Values>(values)...);
  }
  void warn(std::string_view what) const { log(LogLevel::warning, fmt::format("{}: {}", file_.string(), what)); }

  void find_parts() {
    std::vector<int> section(element_count(model_), -1);
    for (std::size_t s = 0; s < model_.sections.size(); ++s)
      for (const int e : model_.element_sets.at(model_.sections[s].element_set)) section[e] = static_cast<int>(s);
    std::map<std::pair<ElementKind, int>, std::vector<int>> groups;
    int without = 0;
    for (int e = 0; e < static_cast<int>(section.size()); ++e) {
      without += section[e] < 0;
      if (section[e] >= 0) groups[{element(model_, e).kind, section[e]}].push_back(e);
    }
    for (auto& [key, elements] : groups) parts_.push_back({key.first, key.second, std::move(elements)});
    has_section_.resize(section.size());
    for (std::size_t e = 0; e < section.size(); ++e) has_section_[e] = section[e] >= 0;
    if (without > 0) warn(fmt::format("{} elements without a section are left out", without));
  }

  void materials() {
    put("<Material>\n");
    for (std::size_t i = 0; i < model_.materials.size(); ++i) {
      const FeMaterial& m = model_.materials[i];
      const auto open = [&](const char* type) {
        put("<material id=\"{}\" name=\"{}\" type=\"{}\">", i + 1, escaped(m.name), type);
      };
      if (const auto* e = std::get_if<ElasticLaw>(&m.law)) {
        const bool yields = m.plastic.size() == 1 || m.plastic.size() == 2;
        open(yields ? "von-Mises plasticity" : "isotropic elastic");
        put("<E>{}</E><v>{}</v>", e->modulus, e->poisson_ratio);
        if (yields) yield(m);
      } else if (const auto* n = std::get_if<NeoHookeLaw>(&m.law)) {
        open("Mooney-Rivlin");
        rubber(m, {n->c10, 0, n->d1});
      } else if (const auto* r = std::get_if<MooneyRivlinLaw>(&m.law)) {
        open("Mooney-Rivlin");
        rubber(m, *r);
      }
      put("</material>\n");
      if (m.plastic.size() > 2 || (!m.plastic.empty() && !std::holds_alternative<ElasticLaw>(m.law)))
        warn(fmt::format("material {}: its yield stresses are not written, FEBio's law holds two rows of an elastic "
                         "material",
                         m.name));
    }
    put("</Material>\n");
  }

  void yield(const FeMaterial& m) {
    const YieldPoint &a = m.plastic.front(), &b = m.plastic.back();
    const double slope = m.plastic.size() == 2 ? (b.stress - a.stress) / (b.plastic_strain - a.plastic_strain) : 0;
    put("<Y>{}</Y><H>{}</H>", a.stress, slope * 2 / 3); // FEBio's H is for the norm of the plastic strain tensor
    warn(fmt::format("material {}: FEBio's plasticity is for small strains and hardens without end", m.name));
  }

  /// The volumetric part is that of Abaqus, k/2 (J-1)^2 with k = 2/d1: pressure_model 2.
  void rubber(const FeMaterial& m, const MooneyRivlinLaw& law) {
    double k = law.d1 > 0 ? 2 / law.d1 : 0;
    if (law.d1 <= 0) {
      k = 2000 * (law.c10 + law.c01);
      warn(fmt::format("material {}: incompressible; written with a bulk modulus of {}, 1000 times the shear modulus",
                       m.name, k));
    }
    put("<c1>{}</c1><c2>{}</c2><k>{}</k><pressure_model>2</pressure_model>", law.c10, law.c01, k);
  }

  void mesh() {
    put("<Mesh>\n<Nodes name=\"nodes\">\n");
    for (std::size_t i = 0; i < model_.nodes.size(); ++i) {
      const Vec3& p = model_.nodes[i];
      put("<node id=\"{}\">{},{},{}</node>\n", model_.node_ids[i], p.x(), p.y(), p.z());
    }
    put("</Nodes>\n");
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      put("<Elements type=\"{}\" name=\"Part{}\">\n", kypho::name_of(parts_[i].kind), i + 1);
      for (const int e : parts_[i].elements) {
        const ElementView view = element(model_, e);
        put("<elem id=\"{}\">{}</elem>\n", view.id, fmt::join(ids_of(view.nodes), ","));
      }
      put("</Elements>\n");
    }
    for (const auto& [name, set] : model_.node_sets)
      put("<NodeSet name=\"{}\">{}</NodeSet>\n", escaped(name), fmt::join(ids_of(set), ","));
    single_nodes();
    for (const auto& [name, set] : model_.element_sets) {
      std::vector<int> ids;
      for (const int e : set)
        if (has_section_[e]) ids.push_back(element(model_, e).id);
      if (!ids.empty()) put("<ElementSet name=\"{}\">{}</ElementSet>\n", escaped(name), fmt::join(ids, ","));
    }
    for (const auto& [name, faces] : model_.surfaces) surface(name, faces);
    put("</Mesh>\n");
  }

  std::vector<int> ids_of(std::span<const int> nodes) const {
    std::vector<int> ids;
    for (const int node : nodes) ids.push_back(model_.node_ids[node]);
    return ids;
  }

  /// FEBio knows node sets only; a single node gets one of its own.
  void single_nodes() {
    for (const auto* courses : {&history_.fixities, &history_.loads})
      for (const FebCourse& c : *courses) {
        if (!c.target.node_set.empty() || single_.contains(c.target.node)) continue;
        std::string name = fmt::format("node_{}", model_.node_ids[c.target.node]);
        while (model_.node_sets.contains(name)) name += "_";
        single_[c.target.node] = name;
        put("<NodeSet name=\"{}\">{}</NodeSet>\n", name, model_.node_ids[c.target.node]);
      }
  }

  std::string name_of(const NodeTarget& target) const {
    return target.node_set.empty() ? single_.at(target.node) : escaped(target.node_set);
  }

  void surface(const std::string& name, const std::vector<ElementFace>& faces) {
    put("<Surface name=\"{}\">\n", escaped(name));
    int id = 0;
    for (const ElementFace& f : faces) {
      const ElementView e = element(model_, f.element);
      std::vector<int> nodes;
      for (const int local : face_nodes(e.kind, f.face)) nodes.push_back(e.nodes[local]);
      const char* type = nodes.size() == 6 ? "tri6" : "tri3";
      put("<{} id=\"{}\">{}</{}>\n", type, ++id, fmt::join(ids_of(nodes), ","), type);
    }
    put("</Surface>\n");
  }

  void domains() {
    put("<MeshDomains>\n");
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      const FeSection& s = model_.sections[parts_[i].section];
      if (face_count(parts_[i].kind) == 4)
        put("<SolidDomain name=\"Part{}\" mat=\"{}\"/>\n", i + 1, escaped(s.material));
      else
        put("<ShellDomain name=\"Part{}\" mat=\"{}\"><shell_thickness>{}</shell_thickness></ShellDomain>\n", i + 1,
            escaped(s.material), s.thickness);
      if (s.kind == SectionKind::membrane)
        warn(fmt::format("the membranes of {} are written as shells, which also bend", s.element_set));
    }
    put("</MeshDomains>\n");
  }

  /// What holds in the whole run (@p step -1), or what begins later and holds in this step.
  void boundary(int step) {
    bool rotations = false;
    for (const FebCourse& c : history_.fixities) {
      rotations = rotations || c.dof > 3;
      if (c.dof > 3 || (step < 0 ? c.from_step > 0 : c.from_step < 1 || c.from_step > step)) continue;
      const std::string set = name_of(c.target);
      if (c.always_zero()) {
        put("<bc name=\"fixed {} {}\" node_set=\"{}\" type=\"zero displacement\">", set, axes[c.dof - 1], set);
        for (int axis = 0; axis < 3; ++axis) put("<{}_dof>{}</{}_dof>", axes[axis], int(axis == c.dof - 1), axes[axis]);
      } else {
        put("<bc name=\"moved {} {}\" node_set=\"{}\" type=\"prescribed displacement\">", set, axes[c.dof - 1], set);
        put("<dof>{}</dof><value lc=\"{}\">1</value><relative>0</relative>", axes[c.dof - 1], curve(c));
      }
      put("</bc>\n");
      if (step >= 0 && c.from_step == step)
        warn(fmt::format("{} {} is prescribed from step {} on: FEBio starts it from the undeformed place", set,
                         axes[c.dof - 1], step + 1));
    }
    if (rotations && step < 0) warn("conditions on rotations are left out");
  }

  void loads() {
    for (const FebCourse& c : history_.loads) {
      const std::string set = name_of(c.target);
      if (c.dof > 3) {
        warn(fmt::format("the moment on {} is left out", set));
        continue;
      }
      put("<nodal_load name=\"load {} {}\" node_set=\"{}\" type=\"nodal_load\">", set, axes[c.dof - 1], set);
      put("<dof>{}</dof><scale lc=\"{}\">1</scale></nodal_load>\n", axes[c.dof - 1], curve(c));
    }
    for (const FebCourse& c : history_.pressures) {
      const std::string name = escaped(c.surface);
      put("<surface_load name=\"pressure {}\" surface=\"{}\" type=\"pressure\">", name, name);
      put("<pressure lc=\"{}\">1</pressure><linear>0</linear></surface_load>\n", curve(c));
    }
  }

  /// The number of a new load curve, which runs from 0 straight to each step's end.
  int curve(const FebCourse& c) {
    curves_ += fmt::format("<load_controller id=\"{}\" type=\"loadcurve\"><interpolate>LINEAR</interpolate>"
                           "<extend>CONSTANT</extend><points><pt>0,0</pt>",
                           ++curve_count_);
    for (std::size_t s = 0; s < c.values.size(); ++s)
      curves_ += fmt::format("<pt>{},{}</pt>", history_.times[s], c.values[s]);
    curves_ += "</points></load_controller>\n";
    return curve_count_;
  }

  void steps() {
    if (model_.steps.empty()) return;
    constexpr double usual_steps = 10, finest = 1e-5;
    put("<Step>\n");
    for (std::size_t s = 0; s < model_.steps.size(); ++s) {
      const FeStep& step = model_.steps[s];
      const double wanted = step.initial_increment > 0 ? step.total / step.initial_increment : usual_steps;
      const auto count = static_cast<int>(std::max(1.0, std::round(wanted)));
      put("<step id=\"{}\" name=\"Step{}\">\n<Control><analysis>STATIC</analysis>", s + 1, s + 1);
      put("<time_steps>{}</time_steps><step_size>{}</step_size>", count, step.total / count);
      put("<time_stepper type=\"default\"><max_retries>20</max_retries><dtmin>{}</dtmin><dtmax>{}</dtmax>"
          "</time_stepper>",
          step.min_increment > 0 ? step.min_increment : finest * step.total,
          step.max_increment > 0 ? step.max_increment : step.total);
      put("<solver type=\"solid\"><max_refs>25</max_refs></solver></Control>\n<Boundary>\n");
      boundary(static_cast<int>(s));
      put("</Boundary>\n</step>\n");
    }
    put("</Step>\n");
    if (std::any_of(model_.steps.begin(), model_.steps.end(), [](const auto& s) { return !s.geometrically_nonlinear; }))
      warn("steps of linear geometry become geometrically nonlinear, FEBio knows no other");
  }

  const FeModel& model_;
  std::filesystem::path file_;
  FebHistory history_;
  std::string text_, curves_;
  int curve_count_ = 0;
  std::vector<Part> parts_;
  std::vector<bool> has_section_;
  std::map<int, std::string> single_; ///< names of the sets of single nodes
};

} // namespace

void write_feb(const FeModel& model, const std::filesystem::path& file) {
  write_text(file, FebWriter(model, file).text());
}

} // namespace kypho
