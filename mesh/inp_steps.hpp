#pragma once
// What is not mesh in an Abaqus or CalculiX input file: materials, sections, boundary conditions, loads, steps.
#include "mesh/inp_lines.hpp"

namespace kypho {

class InpSteps {
public:
  InpSteps(FeBuilder& builder, InpLines& lines) : builder_(builder), lines_(lines) {}
  /// False if the keyword is none of this part. Requests of output are passed over with their data.
  bool read(const InpKeyword& keyword);
  /// Puts what was read into @p model, names and ids checked against its sets.
  FeModel finish(FeModel model);

  /// "S3" or "P3" -> 2, "SNEG" -> 0, "SPOS" -> 1; the second field of a data line.
  int face_number(const InpKeyword& keyword, const InpLine& data, std::string_view prefix) const;
  /// The faces of the element or the element set in the first field.
  void add_faces(const InpKeyword& keyword, const InpLine& data, int face, std::vector<FeBuilder::Face>& faces) const;

private:
  /// Targets are resolved at the end: a file may name a node before it defines it.
  struct Pending {
    std::string text;
    InputPlace place;
  };
  void material(const InpKeyword& keyword);
  void elastic(const InpKeyword& keyword);
  void hyperelastic(const InpKeyword& keyword);
  void plastic(const InpKeyword& keyword);
  void section(const InpKeyword& keyword, SectionKind kind);
  void boundary(const InpKeyword& keyword);
  void nodal_load(const InpKeyword& keyword);
  void element_pressure(const InpKeyword& keyword);
  void surface_pressure(const InpKeyword& keyword);
  void step(const InpKeyword& keyword);
  void static_step(const InpKeyword& keyword);
  void end_step(const InpKeyword& keyword);
  void skip_data();
  FeMaterial& current_material(const InpKeyword& keyword);
  FeStep& current_step(const InpKeyword& keyword);
  void only_modify(const InpKeyword& keyword) const;
  int dof(const InpKeyword& keyword, const InpLine& data, std::size_t field) const;
  NodeTarget target(const Pending& pending) const;
  void check_sections(FeModel& model) const;
  void check_materials() const;

  FeBuilder& builder_;
  InpLines& lines_;
  InpLine data_;
  std::vector<FeMaterial> materials_;
  std::vector<InputPlace> material_places_;
  std::vector<bool> has_law_;
  std::vector<FeSection> sections_;
  std::vector<InputPlace> section_places_;
  std::vector<BoundaryCondition> boundary_; ///< before the first step
  std::vector<Pending> boundary_targets_;
  struct StepTargets {
    std::vector<Pending> boundary, loads;
  };
  std::vector<FeStep> steps_;
  std::vector<StepTargets> step_targets_;
  bool in_material_ = false, in_step_ = false, has_static_ = false, nonlinear_ = false;
  InputPlace step_place_;
};

} // namespace kypho
