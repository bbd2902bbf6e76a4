#include "mesh/inp_lines.hpp"
#include "core/base/errors.hpp"
#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace kypho {
namespace {

constexpr std::size_t deepest_include = 20; // a file that includes itself ends here

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

void split(std::string_view text, std::vector<std::string_view>& fields) {
  for (std::size_t comma; (comma = text.find(',')) != std::string_view::npos; text.remove_prefix(comma + 1))
    fields.push_back(trimmed(text.substr(0, comma)));
  if (text = trimmed(text); !text.empty()) fields.push_back(text);
}

std::string keyword_name(std::string_view text) {
  std::string name;
  for (const char c : text)
    if (const bool blank = c == ' ' || c == '\t'; !blank || name.back() != ' ') name += blank ? ' ' : c;
  return upper_case(name);
}

InpLine::Option option_of(std::string_view field) {
  const std::size_t equals = field.find('=');
  if (equals == std::string_view::npos) return {keyword_name(field), {}};
  std::string_view value = trimmed(field.substr(equals + 1));
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
  return {keyword_name(trimmed(field.substr(0, equals))), value};
}

} // namespace

void InpKeyword::refuse(InputPlace place, std::string_view what) const {
  builder_.refuse(place, fmt::format("{}: {}", line_.name, what));
}

void InpKeyword::allow(std::initializer_list<std::string_view> options) const {
  for (const InpLine::Option& option : line_.options)
    if (std::find(options.begin(), options.end(), option.key) == options.end())
      refuse(line_.place, fmt::format("option {} is not read; allowed {}", option.key,
                                      options.size() == 0 ? "none" : fmt::format("{}", fmt::join(options, ", "))));
}

bool InpKeyword::has(std::string_view option) const {
  return std::any_of(line_.options.begin(), line_.options.end(), [&](const auto& o) { return o.key == option; });
}

std::string_view InpKeyword::value(std::string_view option) const {
  for (const InpLine::Option& o : line_.options)
    if (o.key == option) return o.value;
  return {};
}

std::string_view InpKeyword::required(std::string_view option) const {
  if (value(option).empty()) refuse(line_.place, fmt::format("needs {}=<name>", option));
  return value(option);
}

void InpKeyword::count(const InpLine& data, std::size_t least, std::size_t most, std::string_view what) const {
  const std::size_t n = data.fields.size();
  if (n >= least && n <= most) return;
  const std::string wanted = least == most ? fmt::format("{}", least) : fmt::format("{} to {}", least, most);
  refuse(data.place, fmt::format("{} values where {} are due: {}", n, wanted, what));
}

int InpKeyword::integer(const InpLine& data, std::size_t field, std::string_view what) const {
  if (const auto value = parse_int(data.fields.at(field))) return *value;
  refuse(data.place, fmt::format("{} '{}' is not a whole number", what, data.fields[field]));
}

double InpKeyword::real(const InpLine& data, std::size_t field, std::string_view what) const {
  if (const auto value = parse_real(data.fields.at(field))) return *value;
  refuse(data.place, fmt::format("{} '{}' is not a number", what, data.fields[field]));
}

double InpKeyword::real_or(const InpLine& data, std::size_t field, std::string_view what, double fallback) const {
  return field < data.fields.size() && !data.fields[field].empty() ? real(data, field, what) : fallback;
}

InpLines::InpLines(const std::filesystem::path& file, FeBuilder& builder) : builder_(builder) { open(file, {}); }

void InpLines::open(const std::filesystem::path& file, InputPlace named_at) {
  if (sources_.size() > deepest_include)
    builder_.refuse(named_at, fmt::format("*INCLUDE: more than {} files within each other", deepest_include));
  if (!sources_.empty() && !std::filesystem::is_regular_file(file))
    builder_.refuse(named_at, fmt::format("*INCLUDE: there is no file '{}'", file.string()));
  texts_.push_back(read_text(file));
  sources_.push_back({file, texts_.back(), {builder_.add_file(file.string()), 0}});
}

bool InpLines::next_raw(std::string_view& text, InputPlace& place) {
  while (!sources_.empty()) {
    Source& source = sources_.back();
    if (source.rest.empty()) {
      sources_.pop_back();
      continue;
    }
    const std::size_t end = std::min(source.rest.find('\n'), source.rest.size());
    text = trimmed(source.rest.substr(0, end));
    source.rest.remove_prefix(std::min(end + 1, source.rest.size()));
    place = {source.place.file, ++source.place.line};
    if (!text.empty() && !text.starts_with("**")) return true;
  }
  return false;
}

bool InpLines::advance() {
  if (ready_) return true;
  std::string_view text;
  while (next_raw(text, ahead_.place)) {
    ahead_.keyword = text.starts_with('*');
    ahead_.open = text.ends_with(',');
    ahead_.fields.clear();
    split(text, ahead_.fields);
    if (!ahead_.keyword) return ready_ = true;
    const std::filesystem::path folder = sources_.back().path.parent_path();
    InputPlace ignored;
    while (text.ends_with(',') && next_raw(text, ignored)) split(text, ahead_.fields);
    ahead_.name = keyword_name(ahead_.fields.front());
    ahead_.options.clear();
    for (std::size_t i = 1; i < ahead_.fields.size(); ++i) ahead_.options.push_back(option_of(ahead_.fields[i]));
    if (ahead_.name != "*INCLUDE") return ready_ = true;
    include(folder);
  }
  return false;
}

void InpLines::include(const std::filesystem::path& folder) {
  const auto& options = ahead_.options;
  if (options.size() != 1 || options[0].key != "INPUT" || options[0].value.empty())
    builder_.refuse(ahead_.place, "*INCLUDE: needs INPUT=<file> and nothing else");
  open(folder / options[0].value, ahead_.place);
}

bool InpLines::next_keyword(InpLine& line) {
  if (!advance()) return false;
  if (!ahead_.keyword)
    builder_.refuse(ahead_.place, fmt::format("'{}': a line of data where a keyword is due",
                                              ahead_.fields.empty() ? "," : ahead_.fields.front()));
  line = ahead_;
  ready_ = false;
  return true;
}

bool InpLines::next_data(InpLine& line) {
  if (!advance() || ahead_.keyword) return false;
  std::swap(line, ahead_);
  ready_ = false;
  return true;
}

} // namespace kypho
