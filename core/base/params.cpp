#include "core/base/params.hpp"
#include "core/base/errors.hpp"
#include "core/base/nearest.hpp"
#include <charconv>
#include <cmath>
#include <stdexcept>

namespace kypho {
namespace {

using Value = Params::Value;

std::string_view trimmed(std::string_view s) {
  const auto first = s.find_first_not_of(" \t\r\n");
  if (first == s.npos) return {};
  return s.substr(first, s.find_last_not_of(" \t\r\n") - first + 1);
}

std::vector<std::string_view> split(std::string_view list) {
  list = trimmed(list);
  if (list.size() >= 2 && list.front() == '[' && list.back() == ']') list = trimmed(list.substr(1, list.size() - 2));
  std::vector<std::string_view> items;
  while (!list.empty()) {
    const auto comma = list.find(',');
    std::string_view item = trimmed(list.substr(0, comma));
    if (item.size() >= 2 && item.front() == '"' && item.back() == '"') item = item.substr(1, item.size() - 2);
    items.push_back(item);
    list = comma == list.npos ? std::string_view{} : list.substr(comma + 1);
  }
  return items;
}

std::string bound_text(double value, const std::string& unit) {
  return format_quantity(value, "") + (unit.empty() ? "" : " " + unit);
}

double parse_number(const ParamSpec& spec, std::string_view text) {
  const Unit& unit = find_unit(spec.unit);
  const double value = [&] {
    try {
      return parse_quantity(text, unit.dimension);
    } catch (const InputError& error) {
      throw InputError(std::string(error.what()) + "; allowed " + allowed_text(spec));
    }
  }();
  // The range is given in the display unit; another unit may differ by rounding only.
  const double lower = spec.min * unit.factor + unit.offset, upper = spec.max * unit.factor + unit.offset;
  const double slack = 1e-12 * std::abs(value);
  if (value < lower - slack || value > upper + slack)
    throw InputError("'" + std::string(text) + "' is out of range; allowed " + allowed_text(spec));
  return value;
}

long parse_integer(const ParamSpec& spec, std::string_view text) {
  const std::string_view body = trimmed(text);
  long value = 0;
  const auto [end, error] = std::from_chars(body.data(), body.data() + body.size(), value);
  if (error != std::errc{} || end != body.data() + body.size())
    throw InputError("'" + std::string(text) + "' is not a whole number; allowed " + allowed_text(spec));
  if (static_cast<double>(value) < spec.min || static_cast<double>(value) > spec.max)
    throw InputError("'" + std::string(text) + "' is out of range; allowed " + allowed_text(spec));
  return value;
}

Value parse_value(const ParamSpec& spec, std::string_view text) {
  switch (spec.kind) {
  case ParamKind::quantity: return parse_number(spec, text);
  case ParamKind::integer: return parse_integer(spec, text);
  case ParamKind::flag:
    if (trimmed(text) == "true") return true;
    if (trimmed(text) == "false") return false;
    throw InputError("'" + std::string(text) + "' is neither true nor false");
  case ParamKind::choice:
    for (const std::string& name : spec.choices)
      if (name == text) return name;
    throw InputError("'" + std::string(text) + "' is unknown; allowed " + allowed_text(spec) +
                     did_you_mean(text, spec.choices));
  case ParamKind::text: return std::string(text);
  case ParamKind::path:
    if (text.empty()) throw InputError("the path is empty");
    return std::string(text);
  case ParamKind::quantity_list: {
    std::vector<double> values;
    for (const auto item : split(text)) values.push_back(parse_number(spec, item));
    return values;
  }
  case ParamKind::integer_list: {
    std::vector<long> values;
    for (const auto item : split(text)) values.push_back(parse_integer(spec, item));
    return values;
  }
  }
  throw std::logic_error("a parameter kind without a reader");
}

/// A TOML basic string.
std::string quoted(std::string_view text) {
  static constexpr char hex[] = "0123456789ABCDEF";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\')
      (out += '\\') += c;
    else if (c == '\n')
      out += "\\n";
    else if (c == '\t')
      out += "\\t";
    else if (byte < 0x20 || byte == 0x7f)
      (((out += "\\u00") += hex[byte >> 4]) += hex[byte & 15]);
    else
      out += c;
  }
  return out + "\"";
}

std::string format_number(const ParamSpec& spec, double value) {
  const std::string text = format_quantity(value, spec.unit);
  return text.find(' ') == text.npos ? text : quoted(text);
}

template <class T, class Format>
std::string format_list(const std::vector<T>& values, Format&& format) {
  std::string out = "[";
  for (const T& value : values) out += (out.size() > 1 ? ", " : "") + format(value);
  return out + "]";
}

ParamSpec basic(std::string name, ParamKind kind, std::string default_text, std::string meaning) {
  ParamSpec spec;
  spec.name = std::move(name);
  spec.kind = kind;
  spec.default_text = std::move(default_text);
  spec.meaning = std::move(meaning);
  return spec;
}

template <class T>
const T& get(const Params& params, std::string_view name) {
  const auto it = params.all().find(name);
  if (it == params.all().end()) throw std::logic_error("no parameter '" + std::string(name) + "'");
  if (const T* value = std::get_if<T>(&it->second)) return *value;
  throw std::logic_error("parameter '" + std::string(name) + "' has another type");
}

} // namespace

ParamSpec quantity(std::string name, std::string unit, std::string default_text, double min, double max,
                   std::string meaning, std::string source) {
  ParamSpec spec = basic(std::move(name), ParamKind::quantity, std::move(default_text), std::move(meaning));
  spec.unit = std::move(unit);
  spec.min = min;
  spec.max = max;
  spec.source = std::move(source);
  return spec;
}

ParamSpec optional_quantity(std::string name, std::string unit, double min, double max, std::string meaning,
                            std::string source) {
  ParamSpec spec = quantity(std::move(name), std::move(unit), "", min, max, std::move(meaning), std::move(source));
  spec.optional = true;
  return spec;
}

ParamSpec integer(std::string name, int default_value, int min, int max, std::string meaning) {
  ParamSpec spec = basic(std::move(name), ParamKind::integer, std::to_string(default_value), std::move(meaning));
  spec.min = min;
  spec.max = max;
  return spec;
}

ParamSpec flag(std::string name, bool default_value, std::string meaning) {
  return basic(std::move(name), ParamKind::flag, default_value ? "true" : "false", std::move(meaning));
}

ParamSpec choice(std::string name, std::string default_text, std::vector<std::string> choices, std::string meaning) {
  ParamSpec spec = basic(std::move(name), ParamKind::choice, std::move(default_text), std::move(meaning));
  spec.choices = std::move(choices);
  return spec;
}

ParamSpec text(std::string name, std::string default_text, std::string meaning) {
  return basic(std::move(name), ParamKind::text, std::move(default_text), std::move(meaning));
}

ParamSpec path(std::string name, std::string meaning) {
  ParamSpec spec = basic(std::move(name), ParamKind::path, "", std::move(meaning));
  spec.optional = true;
  return spec;
}

std::string allowed_text(const ParamSpec& spec) {
  switch (spec.kind) {
  case ParamKind::flag: return "true, false";
  case ParamKind::text: return "any text";
  case ParamKind::path: return "a path";
  case ParamKind::choice: {
    std::string out;
    for (const std::string& name : spec.choices) out += (out.empty() ? "" : ", ") + name;
    return out;
  }
  default: break;
  }
  const bool lower = std::isfinite(spec.min), upper = std::isfinite(spec.max);
  if (lower && upper) return bound_text(spec.min, "") + " to " + bound_text(spec.max, spec.unit);
  if (lower) return bound_text(spec.min, spec.unit) + " or more";
  if (upper) return bound_text(spec.max, spec.unit) + " or less";
  return spec.unit.empty() ? "any number" : "any value in " + spec.unit;
}

Params::Params(const ParamSpecs& specs) {
  for (const ParamSpec& spec : specs) {
    if (spec.required || spec.optional) continue;
    try {
      values_.insert_or_assign(spec.name, parse_param(spec, spec.default_text));
    } catch (const InputError& error) {
      throw std::logic_error(std::string("the declared default does not read: ") + error.what());
    }
  }
}

double Params::number(std::string_view name) const { return get<double>(*this, name); }
int Params::integer(std::string_view name) const { return static_cast<int>(get<long>(*this, name)); }
bool Params::flag(std::string_view name) const { return get<bool>(*this, name); }
const std::string& Params::text(std::string_view name) const { return get<std::string>(*this, name); }
const std::vector<double>& Params::numbers(std::string_view name) const {
  return get<std::vector<double>>(*this, name);
}
const std::vector<long>& Params::integers(std::string_view name) const { return get<std::vector<long>>(*this, name); }
bool Params::has(std::string_view name) const { return values_.find(name) != values_.end(); }
void Params::set(std::string name, Value value) { values_.insert_or_assign(std::move(name), std::move(value)); }

Params::Value parse_param(const ParamSpec& spec, std::string_view text) {
  try {
    return parse_value(spec, text);
  } catch (const InputError& error) {
    throw InputError(spec.name + ": " + error.what());
  }
}

std::string format_param(const ParamSpec& spec, const Params::Value& value) {
  switch (spec.kind) {
  case ParamKind::quantity: return format_number(spec, std::get<double>(value));
  case ParamKind::integer: return std::to_string(std::get<long>(value));
  case ParamKind::flag: return std::get<bool>(value) ? "true" : "false";
  case ParamKind::choice:
  case ParamKind::text:
  case ParamKind::path: return quoted(std::get<std::string>(value));
  case ParamKind::quantity_list:
    return format_list(std::get<std::vector<double>>(value), [&](double v) { return format_number(spec, v); });
  case ParamKind::integer_list:
    return format_list(std::get<std::vector<long>>(value), [](long v) { return std::to_string(v); });
  }
  throw std::logic_error("a parameter kind without a writer");
}

} // namespace kypho
