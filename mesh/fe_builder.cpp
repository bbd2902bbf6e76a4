#include "mesh/fe_builder.hpp"
#include "core/base/errors.hpp"
#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <fstream>
#include <sstream>

namespace kypho {
namespace {

template <class T>
std::vector<T>& set_named(FeBuilder::Sets<T>& sets, const std::string& key, std::string_view name) {
  auto& set = sets[key];
  if (set.name.empty()) set.name = name;
  return set.members;
}

template <class T>
const FeBuilder::Named<T>* find_in(const FeBuilder::Sets<T>& sets, const std::string& key) {
  const auto at = sets.find(key);
  return at == sets.end() ? nullptr : &at->second;
}

template <class T>
void sort_unique(std::vector<T>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

} // namespace

std::string upper_case(std::string_view text) {
  std::string upper(text);
  std::transform(upper.begin(), upper.end(), upper.begin(), [](unsigned char c) { return std::toupper(c); });
  return upper;
}

std::optional<int> parse_int(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return {};
  return value;
}

std::optional<double> parse_real(std::string_view text) {
  const auto plain = [](std::string_view digits) -> std::optional<double> {
    double value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc{} || end != digits.data() + digits.size() || !std::isfinite(value)) return {};
    return value;
  };
  if (text.starts_with('+')) text.remove_prefix(1);
  if (const auto value = plain(text)) return value;
  std::string fortran(text);
  for (std::size_t i = 1; i < fortran.size(); ++i) {
    const char before = fortran[i - 1];
    if (fortran[i] == 'd' || fortran[i] == 'D') fortran[i] = 'e';
    if ((fortran[i] == '+' || fortran[i] == '-') && before != 'e' && before != 'E') fortran.insert(i++, 1, 'e');
  }
  return plain(fortran);
}

std::string read_text(const std::filesystem::path& file) {
  if (!std::filesystem::is_regular_file(file)) throw InputError(fmt::format("{}: no such file", file.string()));
  std::ifstream in(file, std::ios::binary);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  if (!in || !bytes) throw InputError(fmt::format("{}: cannot be read", file.string()));
  return std::move(bytes).str();
}

void write_text(const std::filesystem::path& file, std::string_view bytes) {
  std::filesystem::path temporary = file;
  temporary += ".part";
  std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  std::error_code error;
  if (out) std::filesystem::rename(temporary, file, error);
  if (!out || error) {
    std::filesystem::remove(temporary, error);
    throw LimitReached(fmt::format("{}: cannot be written; is the disk full or the folder read-only?", file.string()));
  }
}

int FeBuilder::add_file(const std::string& name) {
  files_.push_back(name);
  return static_cast<int>(files_.size()) - 1;
}

void FeBuilder::refuse(InputPlace place, std::string_view what) const {
  const std::string& file = files_.at(place.file);
  throw InputError(place.line > 0 ? fmt::format("{}:{}: {}", file, place.line, what)
                                  : fmt::format("{}: {}", file, what));
}

void FeBuilder::node(int id, const Vec3& position, InputPlace place) {
  if (id < 1) refuse(place, fmt::format("node {}: an id must be 1 or more", id));
  nodes_.push_back({id, position, place});
}

void FeBuilder::element(ElementKind kind, int id, std::span<const int> node_ids, InputPlace place) {
  if (id < 1) refuse(place, fmt::format("element {}: an id must be 1 or more", id));
  elements_.push_back({id, kind, element_nodes_.size(), place});
  element_nodes_.insert(element_nodes_.end(), node_ids.begin(), node_ids.end());
}

std::vector<FeBuilder::Member>& FeBuilder::node_set(std::string_view name) {
  return set_named(node_sets_, key(name), name);
}
std::vector<FeBuilder::Member>& FeBuilder::element_set(std::string_view name) {
  return set_named(element_sets_, key(name), name);
}
std::vector<FeBuilder::Face>& FeBuilder::surface(std::string_view name) {
  return set_named(surfaces_, key(name), name);
}

const FeBuilder::Named<FeBuilder::Member>* FeBuilder::find_node_set(std::string_view name) const {
  return find_in(node_sets_, key(name));
}
const FeBuilder::Named<FeBuilder::Member>* FeBuilder::find_element_set(std::string_view name) const {
  return find_in(element_sets_, key(name));
}
const FeBuilder::Named<FeBuilder::Face>* FeBuilder::find_surface(std::string_view name) const {
  return find_in(surfaces_, key(name));
}

void FeBuilder::build_nodes() {
  std::stable_sort(nodes_.begin(), nodes_.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  for (const NodeEntry& n : nodes_) {
    if (!model_.node_ids.empty() && model_.node_ids.back() == n.id)
      refuse(n.place, fmt::format("node {} is there twice", n.id));
    model_.node_ids.push_back(n.id);
    model_.nodes.push_back(n.position);
  }
}

void FeBuilder::build_elements() {
  std::vector<ElementEntry> sorted = elements_;
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  for (std::size_t i = 1; i < sorted.size(); ++i)
    if (sorted[i].id == sorted[i - 1].id)
      refuse(sorted[i].place, fmt::format("element {} is there twice", sorted[i].id));
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.kind < b.kind; });
  for (const ElementEntry& e : sorted) {
    if (model_.blocks.empty() || model_.blocks.back().kind != e.kind) model_.blocks.push_back({e.kind, {}, {}});
    ElementBlock& block = model_.blocks.back();
    element_places_.emplace_back(e.id, static_cast<int>(element_places_.size()));
    block.ids.push_back(e.id);
    for (int a = 0; a < node_count(e.kind); ++a) {
      const int node_id = element_nodes_[e.first + a];
      const auto at = std::lower_bound(model_.node_ids.begin(), model_.node_ids.end(), node_id);
      if (at == model_.node_ids.end() || *at != node_id)
        refuse(e.place, fmt::format("element {}: there is no node {}", e.id, node_id));
      block.nodes.push_back(static_cast<int>(at - model_.node_ids.begin()));
    }
  }
  std::sort(element_places_.begin(), element_places_.end());
}

int FeBuilder::node_at(int id, InputPlace place) const {
  const auto at = std::lower_bound(model_.node_ids.begin(), model_.node_ids.end(), id);
  if (at == model_.node_ids.end() || *at != id) refuse(place, fmt::format("there is no node {}", id));
  return static_cast<int>(at - model_.node_ids.begin());
}

int FeBuilder::element_at(int id) const {
  const auto at = std::lower_bound(element_places_.begin(), element_places_.end(), std::pair(id, 0));
  return at == element_places_.end() || at->first != id ? -1 : at->second;
}

std::vector<int> FeBuilder::numbers(const std::string& name, const std::vector<Member>& members, bool of_nodes) const {
  std::vector<int> found;
  for (const Member& m : members) {
    if (of_nodes) {
      if (!m.of_range || std::binary_search(model_.node_ids.begin(), model_.node_ids.end(), m.id))
        found.push_back(node_at(m.id, m.place));
    } else if (const int number = element_at(m.id); number >= 0) {
      found.push_back(number);
    } else if (!m.of_range) {
      refuse(m.place, fmt::format("set {}: there is no element {}", name, m.id));
    }
  }
  sort_unique(found);
  return found;
}

std::vector<ElementFace> FeBuilder::faces(const std::vector<Face>& members) const {
  std::vector<ElementFace> found;
  for (const Face& f : members) {
    const int number = element_at(f.element_id);
    if (number < 0 && f.of_range) continue;
    if (number < 0) refuse(f.place, fmt::format("there is no element {}", f.element_id));
    const ElementKind kind = kypho::element(model_, number).kind;
    if (f.face >= face_count(kind))
      refuse(f.place, fmt::format("element {} is a {} and has no face {}; allowed 1 to {}", f.element_id, name_of(kind),
                                  f.face + 1, face_count(kind)));
    found.push_back({number, f.face});
  }
  sort_unique(found);
  return found;
}

FeModel FeBuilder::finish() {
  build_nodes();
  build_elements();
  for (const auto& [key, set] : node_sets_) model_.node_sets[set.name] = numbers(set.name, set.members, true);
  for (const auto& [key, set] : element_sets_) model_.element_sets[set.name] = numbers(set.name, set.members, false);
  for (const auto& [key, set] : surfaces_) model_.surfaces[set.name] = faces(set.members);
  return model_;
}

} // namespace kypho
