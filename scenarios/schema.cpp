#include "scenarios/schema.hpp"
#include "mesh/anatomy.hpp"
#include "mesh/mesher.hpp"
#include "scenarios/sections.hpp"
#include "solvers/explicit.hpp"
#include <cmath>
#include <nlohmann/json.hpp>

namespace kypho {
namespace {

using Json = nlohmann::ordered_json;

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view("()[]{}.*+?^$|\\/").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

/// A number and one of the units of the key's dimension, as a regular expression (ECMA 262).
std::string quantity_pattern(const std::string& unit) {
  const Dimension dimension = find_unit(unit).dimension;
  std::string names;
  for (const Unit& u : units())
    if (u.dimension == dimension && !u.name.empty()) (names += names.empty() ? "" : "|") += escaped(u.name);
  return R"(^\s*[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?\s*()" + names + R"()\s*$)";
}

Json bounded(Json type, const ParamSpec& spec) {
  if (std::isfinite(spec.min)) type["minimum"] = spec.min;
  if (std::isfinite(spec.max)) type["maximum"] = spec.max;
  return type;
}

Json type_of(const ParamSpec& spec) {
  switch (spec.kind) {
  case ParamKind::quantity:
    if (spec.unit.empty()) return bounded({{"type", "number"}}, spec);
    if (find_unit(spec.unit).dimension == Dimension::fraction)
      return {{"anyOf", {{{"type", "string"}, {"pattern", quantity_pattern(spec.unit)}}, {{"type", "number"}}}}};
    return {{"type", "string"}, {"pattern", quantity_pattern(spec.unit)}};
  case ParamKind::integer: return bounded({{"type", "integer"}}, spec);
  case ParamKind::flag: return {{"type", "boolean"}};
  case ParamKind::choice: return {{"type", "string"}, {"enum", spec.choices}};
  case ParamKind::text:
  case ParamKind::path: return {{"type", "string"}};
  case ParamKind::quantity_list:
  case ParamKind::integer_list: {
    ParamSpec item = spec;
    item.kind = spec.kind == ParamKind::quantity_list ? ParamKind::quantity : ParamKind::integer;
    return {{"type", "array"}, {"items", type_of(item)}};
  }
  }
  return {};
}

Json default_of(const ParamSpec& spec) {
  const std::string text = format_param(spec, parse_param(spec, spec.default_text));
  // TOML values of these kinds are JSON values as well.
  return Json::parse(text);
}

Json key_schema(const ParamSpec& spec) {
  Json key = type_of(spec);
  key["description"] =
      spec.meaning + " [" + allowed_text(spec) + "]" + (spec.source.empty() ? "" : " (" + spec.source + ")");
  if (!spec.required && !spec.optional) key["default"] = default_of(spec);
  return key;
}

/// @param selector a constant key such as law = "..." in front of the others
Json table_schema(const ParamSpecs& specs, const std::string& meaning, const std::string& selector = "",
                  const std::string& value = "") {
  Json table{{"type", "object"}};
  if (!meaning.empty()) table["description"] = meaning;
  table["properties"] = Json::object();
  Json required = Json::array();
  if (!selector.empty()) table["properties"][selector] = {{"const", value}};
  for (const ParamSpec& spec : specs) {
    table["properties"][spec.name] = key_schema(spec);
    if (spec.required) required.push_back(spec.name);
  }
  if (!required.empty()) table["required"] = required;
  table["additionalProperties"] = false;
  return table;
}

/// One of several tables, told apart by a key that may be left out for @p usual.
Json choice_schema(std::vector<Json> tables, const std::string& selector, const std::string& usual) {
  for (Json& table : tables)
    if (table["properties"][selector]["const"] != usual) table["required"].push_back(selector);
  return {{"oneOf", tables}};
}

} // namespace

std::string case_schema() {
  Json schema = table_schema(top_specs(), "A case of KyphoSim");
  Json root{{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"title", "KyphoSim case"}};
  root.update(schema);
  Json& tables = root["properties"];
  tables["anatomy"] = table_schema(anatomy_specs(), "the vertebra");
  tables["mesh"] = table_schema(mesh_specs(), "edge lengths of the tetrahedra");
  tables["solver"] = table_schema(solver_specs(), "how equilibrium is found");
  Json materials{{"type", "object"}, {"description", "the law of each tissue"}, {"properties", Json::object()}};
  for (const TissueInfo& tissue : tissue_catalog()) {
    std::vector<Json> laws;
    for (const std::string& name : laws_of(tissue))
      laws.push_back(table_schema(tissue_specs(tissue, find_law(name)), find_law(name).meaning, "law", name));
    materials["properties"][tissue.name] = choice_schema(laws, "law", tissue.default_law);
  }
  materials["additionalProperties"] = false;
  tables["materials"] = materials;
  std::vector<Json> cements, stages;
  for (const CementInfo& cement : cement_catalog())
    cements.push_back(table_schema(cement.specs, cement.meaning, "name", cement.name));
  tables["cement"] = choice_schema(cements, "name", cement_catalog().at(0).name);
  for (const StageInfo& stage : stage_catalog())
    stages.push_back(table_schema(stage.specs, stage.meaning, "kind", stage.kind));
  tables["stage"] = {{"type", "array"},
                     {"minItems", 1},
                     {"description", "what is done, in this order"},
                     {"items", choice_schema(stages, "kind", "")}};
  root["required"] = {"stage"};
  return root.dump(2) + "\n";
}

} // namespace kypho
