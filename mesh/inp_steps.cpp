#include "mesh/inp_steps.hpp"
#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace kypho {
namespace {

constexpr std::array<std::string_view, 19> of_output = {
    "*HEADING",        "*PREPRINT",      "*NODE FILE",     "*EL FILE",      "*CONTACT FILE",
    "*NODE PRINT",     "*EL PRINT",      "*CONTACT PRINT", "*NODE OUTPUT",  "*ELEMENT OUTPUT",
    "*CONTACT OUTPUT", "*ENERGY OUTPUT", "*SECTION PRINT", "*ENERGY PRINT", "*ENERGY FILE",
    "*OUTPUT",         "*FILE FORMAT",   "*RESTART",       "*MONITOR"};

constexpr std::array<std::string_view, 3> of_material = {"*ELASTIC", "*HYPERELASTIC", "*PLASTIC"};

template <class Names>
bool contains(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

} // namespace

bool InpSteps::read(const InpKeyword& keyword) {
  using Handler = void (InpSteps::*)(const InpKeyword&);
  static const std::map<std::string, Handler> handlers = {
      {"*MATERIAL", &InpSteps::material},
      {"*ELASTIC", &InpSteps::elastic},
      {"*PLASTIC", &InpSteps::plastic},
      {"*HYPERELASTIC", &InpSteps::hyperelastic},
      {"*BOUNDARY", &InpSteps::boundary},
      {"*CLOAD", &InpSteps::nodal_load},
      {"*DLOAD", &InpSteps::element_pressure},
      {"*DSLOAD", &InpSteps::surface_pressure},
      {"*STEP", &InpSteps::step},
      {"*STATIC", &InpSteps::static_step},
      {"*END STEP", &InpSteps::end_step},
  };
  const std::string& name = keyword.name();
  if (name == "*SOLID SECTION")
    section(keyword, SectionKind::solid);
  else if (name == "*SHELL SECTION")
    section(keyword, SectionKind::shell);
  else if (name == "*MEMBRANE SECTION")
    section(keyword, SectionKind::membrane);
  else if (contains(of_output, name))
    skip_data();
  else if (const auto handler = handlers.find(name); handler != handlers.end())
    (this->*handler->second)(keyword);
  else
    return false;
  in_material_ = name == "*MATERIAL" || (in_material_ && contains(of_material, name));
  return true;
}

void InpSteps::skip_data() {
  while (lines_.next_data(data_)) {
  }
}

int InpSteps::face_number(const InpKeyword& keyword, const InpLine& data, std::string_view prefix) const {
  const std::string text = upper_case(data.fields[1]);
  if (text == "SNEG" || text == "SPOS") return text == "SPOS" ? 1 : 0;
  if (text == "P" && prefix == "P") return 0; // of a shell: along its normal, against its negative side
  if (text.size() == 2 && text.starts_with(prefix) && text[1] >= '1' && text[1] <= '4') return text[1] - '1';
  keyword.refuse(data.place, fmt::format("face '{}': allowed {}1 to {}4{}", data.fields[1], prefix, prefix,
                                         prefix == "P" ? ", P" : ", SNEG, SPOS"));
}

void InpSteps::add_faces(const InpKeyword& keyword, const InpLine& data, int face,
                         std::vector<FeBuilder::Face>& faces) const {
  if (const auto id = parse_int(data.fields[0])) {
    faces.push_back({*id, face, false, data.place});
    return;
  }
  const auto* set = builder_.find_element_set(data.fields[0]);
  if (!set)
    keyword.refuse(data.place,
                   fmt::format("'{}' is neither an element nor an element set named before", data.fields[0]));
  for (const FeBuilder::Member& m : set->members) faces.push_back({m.id, face, m.of_range, data.place});
}

FeMaterial& InpSteps::current_material(const InpKeyword& keyword) {
  if (!in_material_) keyword.refuse(keyword.place(), "must follow *MATERIAL");
  return materials_.back();
}

void InpSteps::material(const InpKeyword& keyword) {
  keyword.allow({"NAME"});
  const std::string name(keyword.required("NAME"));
  for (const FeMaterial& m : materials_)
    if (upper_case(m.name) == upper_case(name))
      keyword.refuse(keyword.place(), fmt::format("material {} is there twice", name));
  materials_.push_back({name, ElasticLaw{}, {}});
  material_places_.push_back(keyword.place());
  has_law_.push_back(false);
}

void InpSteps::elastic(const InpKeyword& keyword) {
  keyword.allow({"TYPE"});
  if (const std::string type = upper_case(keyword.value("TYPE")); !type.empty() && !type.starts_with("ISO"))
    keyword.refuse(keyword.place(), fmt::format("TYPE={} is not read; allowed ISOTROPIC", type));
  FeMaterial& m = current_material(keyword);
  int rows = 0;
  for (; lines_.next_data(data_); ++rows) {
    keyword.count(data_, 2, 2, "modulus, Poisson ratio");
    m.law = ElasticLaw{keyword.real(data_, 0, "modulus"), keyword.real(data_, 1, "Poisson ratio")};
  }
  if (rows != 1) keyword.refuse(keyword.place(), fmt::format("{} lines of data where 1 is due", rows));
  has_law_.back() = true;
}

void InpSteps::hyperelastic(const InpKeyword& keyword) {
  keyword.allow({"NEO HOOKE", "MOONEY-RIVLIN"});
  const bool mooney = keyword.has("MOONEY-RIVLIN");
  if (mooney == keyword.has("NEO HOOKE")) keyword.refuse(keyword.place(), "needs one of NEO HOOKE and MOONEY-RIVLIN");
  FeMaterial& m = current_material(keyword);
  int rows = 0;
  for (; lines_.next_data(data_); ++rows) {
    const std::size_t last = mooney ? 2 : 1;
    keyword.count(data_, last, last + 1, mooney ? "C10, C01, D1" : "C10, D1");
    const double c10 = keyword.real(data_, 0, "C10"), d1 = keyword.real_or(data_, last, "D1", 0);
    if (mooney)
      m.law = MooneyRivlinLaw{c10, keyword.real(data_, 1, "C01"), d1};
    else
      m.law = NeoHookeLaw{c10, d1};
  }
  if (rows != 1) keyword.refuse(keyword.place(), fmt::format("{} lines of data where 1 is due", rows));
  has_law_.back() = true;
}

void InpSteps::plastic(const InpKeyword& keyword) {
  keyword.allow({"HARDENING"});
  if (const std::string kind = upper_case(keyword.value("HARDENING")); !kind.empty() && kind != "ISOTROPIC")
    keyword.refuse(keyword.place(), fmt::format("HARDENING={} is not read; allowed ISOTROPIC", kind));
  FeMaterial& m = current_material(keyword);
  while (lines_.next_data(data_)) {
    keyword.count(data_, 2, 2, "yield stress, plastic strain");
    const YieldPoint point{keyword.real(data_, 0, "yield stress"), keyword.real(data_, 1, "plastic strain")};
    if (m.plastic.empty() ? point.plastic_strain != 0 : point.plastic_strain <= m.plastic.back().plastic_strain)
      keyword.refuse(data_.place, "plastic strains must start at 0 and ascend");
    m.plastic.push_back(point);
  }
  if (m.plastic.empty()) keyword.refuse(keyword.place(), "needs lines of yield stress, plastic strain");
}

void InpSteps::section(const InpKeyword& keyword, SectionKind kind) {
  keyword.allow({"ELSET", "MATERIAL"});
  FeSection s{kind, std::string(keyword.required("ELSET")), std::string(keyword.required("MATERIAL"))};
  while (lines_.next_data(data_)) {
    if (kind == SectionKind::solid) continue; // a thickness, which means nothing to a tetrahedron
    keyword.count(data_, 1, 2, "thickness, points of integration");
    s.thickness = keyword.real(data_, 0, "thickness");
  }
  if (kind != SectionKind::solid && s.thickness <= 0)
    keyword.refuse(keyword.place(), "needs a line with a thickness above 0");
  sections_.push_back(s);
  section_places_.push_back(keyword.place());
}

int InpSteps::dof(const InpKeyword& keyword, const InpLine& data, std::size_t field) const {
  const int dof = keyword.integer(data, field, "degree of freedom");
  if (dof < 1 || dof > 6) keyword.refuse(data.place, fmt::format("degree of freedom {}: allowed 1 to 6", dof));
  return dof;
}

void InpSteps::only_modify(const InpKeyword& keyword) const {
  if (keyword.has("OP") && upper_case(keyword.value("OP")) != "MOD")
    keyword.refuse(keyword.place(), fmt::format("OP={} is not read; allowed MOD", keyword.value("OP")));
}

void InpSteps::boundary(const InpKeyword& keyword) {
  keyword.allow({"OP", "TYPE"});
  only_modify(keyword);
  if (keyword.has("TYPE") && upper_case(keyword.value("TYPE")) != "DISPLACEMENT")
    keyword.refuse(keyword.place(), fmt::format("TYPE={} is not read; allowed DISPLACEMENT", keyword.value("TYPE")));
  while (lines_.next_data(data_)) {
    keyword.count(data_, 2, 4, "node or set, first degree of freedom, last, value");
    const int first = dof(keyword, data_, 1);
    const bool one = data_.fields.size() < 3 || data_.fields[2].empty();
    const int last = one ? first : dof(keyword, data_, 2);
    if (last < first) keyword.refuse(data_.place, "the last degree of freedom is below the first");
    const double value = keyword.real_or(data_, 3, "value", 0);
    if (!in_step_ && value != 0) keyword.refuse(data_.place, "a value other than 0 must stand in a step");
    (in_step_ ? steps_.back().boundary : boundary_).push_back({{}, first, last, value});
    (in_step_ ? step_targets_.back().boundary : boundary_targets_)
        .push_back({std::string(data_.fields[0]), data_.place});
  }
}

FeStep& InpSteps::current_step(const InpKeyword& keyword) {
  if (!in_step_) keyword.refuse(keyword.place(), "must stand between *STEP and *END STEP");
  return steps_.back();
}

void InpSteps::nodal_load(const InpKeyword& keyword) {
  keyword.allow({"OP"});
  only_modify(keyword);
  FeStep& step = current_step(keyword);
  while (lines_.next_data(data_)) {
    keyword.count(data_, 3, 3, "node or set, degree of freedom, value");
    const int axis = dof(keyword, data_, 1);
    const double value = keyword.real(data_, 2, "value");
    step.loads.push_back({NodeTarget{}, axis, value});
    step_targets_.back().loads.push_back({std::string(data_.fields[0]), data_.place});
  }
}

void InpSteps::element_pressure(const InpKeyword& keyword) {
  keyword.allow({"OP"});
  only_modify(keyword);
  FeStep& step = current_step(keyword);
  std::map<double, std::string> names; // one surface for each value under this keyword
  while (lines_.next_data(data_)) {
    keyword.count(data_, 3, 3, "element or element set, P1 to P4, pressure");
    const double value = keyword.real(data_, 2, "pressure");
    const int face = face_number(keyword, data_, "P");
    if (const auto [name, added] = names.try_emplace(value); added) {
      for (int k = 1; name->second.empty() || builder_.find_surface(name->second); ++k)
        name->second = fmt::format("PRESSURE_{}", k);
      step.pressures.push_back({name->second, value});
    }
    add_faces(keyword, data_, face, builder_.surface(names.at(value)));
  }
}

void InpSteps::surface_pressure(const InpKeyword& keyword) {
  keyword.allow({"OP"});
  only_modify(keyword);
  FeStep& step = current_step(keyword);
  while (lines_.next_data(data_)) {
    keyword.count(data_, 3, 3, "surface, P, pressure");
    if (upper_case(data_.fields[1]) != "P")
      keyword.refuse(data_.place, fmt::format("load '{}' is not read; allowed P", data_.fields[1]));
    const auto* surface = builder_.find_surface(data_.fields[0]);
    if (!surface) keyword.refuse(data_.place, fmt::format("there is no surface {} before this line", data_.fields[0]));
    step.pressures.push_back({surface->name, keyword.real(data_, 2, "pressure")});
  }
}

void InpSteps::step(const InpKeyword& keyword) {
  keyword.allow({"NLGEOM", "INC", "NAME"});
  if (in_step_) keyword.refuse(keyword.place(), "the step before lacks its *END STEP");
  FeStep step;
  if (keyword.has("NLGEOM")) nonlinear_ = upper_case(keyword.value("NLGEOM")) != "NO";
  step.geometrically_nonlinear = nonlinear_; // once on, it stays on in the steps that follow
  if (keyword.has("INC")) {
    const auto count = parse_int(keyword.value("INC"));
    if (!count || *count < 1) keyword.refuse(keyword.place(), "INC must be a whole number of 1 or more");
    step.increments = *count;
  }
  skip_data(); // a title
  steps_.push_back(step);
  step_targets_.emplace_back();
  in_step_ = true;
  has_static_ = false;
  step_place_ = keyword.place();
}

void InpSteps::static_step(const InpKeyword& keyword) {
  keyword.allow({"SOLVER", "DIRECT"});
  FeStep& step = current_step(keyword);
  has_static_ = true;
  while (lines_.next_data(data_)) {
    keyword.count(data_, 1, 4, "initial increment, total, least, largest increment");
    step.initial_increment = keyword.real_or(data_, 0, "initial increment", 0);
    step.total = keyword.real_or(data_, 1, "total", 1);
    step.min_increment = keyword.real_or(data_, 2, "least increment", 0);
    step.max_increment = keyword.real_or(data_, 3, "largest increment", 0);
  }
  if (step.total <= 0) keyword.refuse(keyword.place(), "the total must be above 0");
  if (keyword.has("DIRECT")) step.min_increment = step.max_increment = step.initial_increment;
}

void InpSteps::end_step(const InpKeyword& keyword) {
  keyword.allow({});
  current_step(keyword);
  if (!has_static_) keyword.refuse(keyword.place(), "the step names no *STATIC; other kinds of step are not read");
  in_step_ = false;
}

NodeTarget InpSteps::target(const Pending& pending) const {
  if (const auto id = parse_int(pending.text)) return {"", builder_.node_at(*id, pending.place)};
  const auto* set = builder_.find_node_set(pending.text);
  if (!set) builder_.refuse(pending.place, fmt::format("there is no node set {}", pending.text));
  return {set->name, -1};
}

void InpSteps::check_materials() const {
  for (std::size_t i = 0; i < materials_.size(); ++i)
    if (!has_law_[i])
      builder_.refuse(material_places_[i],
                      fmt::format("*MATERIAL: {} needs *ELASTIC or *HYPERELASTIC", materials_[i].name));
}

void InpSteps::check_sections(FeModel& model) const {
  for (std::size_t i = 0; i < sections_.size(); ++i) {
    FeSection s = sections_[i];
    const auto* set = builder_.find_element_set(s.element_set);
    if (!set) builder_.refuse(section_places_[i], fmt::format("there is no element set {}", s.element_set));
    s.element_set = set->name;
    const auto material = std::find_if(materials_.begin(), materials_.end(), [&](const FeMaterial& m) {
      return upper_case(m.name) == upper_case(s.material);
    });
    if (material == materials_.end())
      builder_.refuse(section_places_[i], fmt::format("there is no material {}", s.material));
    s.material = material->name;
    model.sections.push_back(s);
  }
}

FeModel InpSteps::finish(FeModel model) {
  if (in_step_) builder_.refuse(step_place_, "*STEP: its *END STEP is missing");
  check_materials();
  model.materials = materials_;
  check_sections(model);
  model.boundary = boundary_;
  for (std::size_t i = 0; i < boundary_.size(); ++i) model.boundary[i].target = target(boundary_targets_[i]);
  model.steps = steps_;
  for (std::size_t s = 0; s < steps_.size(); ++s) {
    const StepTargets& targets = step_targets_[s];
    for (std::size_t i = 0; i < targets.boundary.size(); ++i)
      model.steps[s].boundary[i].target = target(targets.boundary[i]);
    for (std::size_t i = 0; i < targets.loads.size(); ++i) model.steps[s].loads[i].target = target(targets.loads[i]);
  }
  return model;
}

} // namespace kypho
