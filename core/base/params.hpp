#pragma once
// Parameters declared as data: the scenario reader, the error texts, the echo file, `kyphosim list`, the JSON schema
// and the reference docs are all made from the same declarations.
#include "core/base/types.hpp"
#include "core/base/units.hpp"
#include <limits>
#include <map>
#include <optional>
#include <variant>

namespace kypho {

enum class ParamKind { quantity, integer, flag, choice, text, path, quantity_list, integer_list };

/// Declaration of one key. The dimension follows from `unit`; `min` and `max` are given in that unit.
struct ParamSpec {
  std::string name;
  ParamKind kind = ParamKind::quantity;
  std::string unit;         ///< display unit, "" for pure numbers and texts
  std::string default_text; ///< as a user would write it, "75 mg/cm3"; lists: "1 mm, 2 mm"
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
  std::vector<std::string> choices; ///< for ParamKind::choice
  std::string meaning;
  std::string source;    ///< paper, table or "assumption"
  bool required = false; ///< no default: the file must give it
  bool optional = false; ///< no default and may be absent: Params::has tells
};

ParamSpec quantity(std::string name, std::string unit, std::string default_text, double min, double max,
                   std::string meaning, std::string source = "");
/// A quantity without a default: whoever reads it knows what stands in for it.
ParamSpec optional_quantity(std::string name, std::string unit, double min, double max, std::string meaning,
                            std::string source = "");
ParamSpec integer(std::string name, int default_value, int min, int max, std::string meaning);
ParamSpec flag(std::string name, bool default_value, std::string meaning);
ParamSpec choice(std::string name, std::string default_text, std::vector<std::string> choices, std::string meaning);
ParamSpec text(std::string name, std::string default_text, std::string meaning);
ParamSpec path(std::string name, std::string meaning); ///< optional path, resolved against the scenario's folder

using ParamSpecs = std::vector<ParamSpec>;

/// Checked values, in internal units. Getters throw std::logic_error for an undeclared name: a programming error.
class Params {
public:
  using Value = std::variant<double, long, bool, std::string, std::vector<double>, std::vector<long>>;
  Params() = default;
  /// All defaults of @p specs.
  explicit Params(const ParamSpecs& specs);
  double number(std::string_view name) const;
  int integer(std::string_view name) const;
  bool flag(std::string_view name) const;
  const std::string& text(std::string_view name) const; ///< text, choice and path
  const std::vector<double>& numbers(std::string_view name) const;
  const std::vector<long>& integers(std::string_view name) const;
  bool has(std::string_view name) const; ///< false for an optional key that was not given
  void set(std::string name, Value value);
  const std::map<std::string, Value, std::less<>>& all() const { return values_; }

private:
  std::map<std::string, Value, std::less<>> values_;
};

/// Reads "75 mg/cm3" for one key. @throws InputError "bmd: '75 mm' ... must be in mg/cm3, 10 to 400" (no file or line)
Params::Value parse_param(const ParamSpec& spec, std::string_view text);
/// What a value may be, for messages and documents: "10 to 400 mg/cm3", "wedge, biconcave, crush".
std::string allowed_text(const ParamSpec& spec);
/// The value as a user would write it in the scenario file (TOML syntax).
std::string format_param(const ParamSpec& spec, const Params::Value& value);

} // namespace kypho
