#include "core/base/archive.hpp"
#include "core/base/errors.hpp"
#include <stdexcept>

namespace kypho {

template <class S>
S* Archive::place(int width, std::size_t count) {
  if (!reading_) tables_.try_emplace(path_, Rows<S>{width, {}});
  const auto found = tables_.find(path_);
  if (found == tables_.end()) throw InputError("the saved state has no table '" + path_ + "'");
  auto* table = std::get_if<Rows<S>>(&found->second);
  if (!table || table->width != width) throw InputError("the saved state holds another kind of table '" + path_ + "'");
  const std::size_t values = count * static_cast<std::size_t>(width);
  if (!reading_) {
    table->values.resize(table->values.size() + values);
    return table->values.data() + table->values.size() - values;
  }
  std::size_t& taken = read_[path_];
  if (table->values.size() - taken < values)
    throw InputError("the saved state holds too little in its table '" + path_ + "'");
  taken += values;
  return table->values.data() + taken - values;
}

template double* Archive::place<double>(int, std::size_t);
template std::int64_t* Archive::place<std::int64_t>(int, std::size_t);
template std::string* Archive::place<std::string>(int, std::size_t);

std::size_t Archive::counted(std::size_t own) {
  constexpr std::string_view suffix = "_count";
  path_ += suffix;
  rows(&own, 1);
  path_.resize(path_.size() - suffix.size());
  return own;
}

std::size_t Archive::length(std::size_t own, int width) {
  if (depth_ > 0) return counted(own);
  if (!reading_) return own;
  const auto found = tables_.find(path_);
  if (found == tables_.end()) throw InputError("the saved state has no table '" + path_ + "'");
  return std::visit([](const auto& table) { return table.values.size(); }, found->second) /
         static_cast<std::size_t>(width);
}

void Archive::matrix(std::string_view name, std::vector<double>& values, int width) {
  section(name, [&] {
    const std::size_t columns = static_cast<std::size_t>(width);
    const std::size_t count = width > 0 ? length(values.size() / columns, width) : 0;
    values.resize(count * columns);
    if (width == 0) return;
    double* stored = place<double>(width, count);
    for (double& value : values) {
      if (reading_)
        value = *stored;
      else
        *stored = value;
      ++stored;
    }
  });
}

std::string_view Archive::next_name(std::string_view& names) {
  const std::size_t comma = names.find(',');
  std::string_view name = names.substr(0, comma);
  names.remove_prefix(comma == names.npos ? names.size() : comma + 1);
  name.remove_prefix(name.find_first_not_of(' '));
  if (name.ends_with('_')) name.remove_suffix(1);
  return name;
}

void Archive::expect_all_read() const {
  for (const auto& [path, table] : tables_) {
    const auto read = read_.find(path);
    const std::size_t size = std::visit([](const auto& t) { return t.values.size(); }, table);
    if (read == read_.end() || read->second != size)
      throw InputError("the saved state holds a table '" + path + "' that this version of the program does not know");
  }
}

} // namespace kypho
