#include "mesh/inp_reader.hpp"
#include "mesh/inp_lines.hpp"
#include "mesh/inp_steps.hpp"
#include <array>
#include <fmt/format.h>

namespace kypho {
namespace {

struct ElementType {
  std::string_view name;
  ElementKind kind;
};

// Membranes and plane elements are triangles here; what they do is told by their section.
constexpr std::array<ElementType, 17> element_types = {{{"C3D4", ElementKind::tet4},
                                                        {"C3D4H", ElementKind::tet4},
                                                        {"C3D10", ElementKind::tet10},
                                                        {"C3D10M", ElementKind::tet10},
                                                        {"C3D10H", ElementKind::tet10},
                                                        {"C3D10T", ElementKind::tet10},
                                                        {"S3", ElementKind::tri3},
                                                        {"S3R", ElementKind::tri3},
                                                        {"M3D3", ElementKind::tri3},
                                                        {"CPS3", ElementKind::tri3},
                                                        {"CPE3", ElementKind::tri3},
                                                        {"STRI3", ElementKind::tri3},
                                                        {"S6", ElementKind::tri6},
                                                        {"STRI65", ElementKind::tri6},
                                                        {"M3D6", ElementKind::tri6},
                                                        {"CPS6", ElementKind::tri6},
                                                        {"CPE6", ElementKind::tri6}}};

ElementKind element_kind(const InpKeyword& keyword) {
  const std::string type = upper_case(keyword.required("TYPE"));
  std::string known;
  for (const ElementType& t : element_types) {
    if (t.name == type) return t.kind;
    known += fmt::format("{}{}", known.empty() ? "" : ", ", t.name);
  }
  keyword.refuse(keyword.place(), fmt::format("elements of type {} are not read; allowed {}", type, known));
}

class InpReader {
public:
  explicit InpReader(const std::filesystem::path& file) : lines_(file, builder_), steps_(builder_, lines_) {}

  FeModel read() {
    InpLine line;
    while (lines_.next_keyword(line)) {
      const InpKeyword keyword(builder_, line);
      if (!read_mesh(keyword) && !steps_.read(keyword))
        builder_.refuse(line.place, fmt::format("{}: this keyword is not read; *PART, *ASSEMBLY and *INSTANCE must be "
                                                "resolved into one flat model first",
                                                line.name));
    }
    return steps_.finish(builder_.finish());
  }

private:
  bool read_mesh(const InpKeyword& keyword) {
    if (keyword.name() == "*NODE")
      nodes(keyword);
    else if (keyword.name() == "*ELEMENT")
      elements(keyword);
    else if (keyword.name() == "*NSET")
      set(keyword, true);
    else if (keyword.name() == "*ELSET")
      set(keyword, false);
    else if (keyword.name() == "*SURFACE")
      surface(keyword);
    else
      return false;
    return true;
  }

  void nodes(const InpKeyword& keyword) {
    keyword.allow({"NSET"});
    auto* set = keyword.has("NSET") ? &builder_.node_set(keyword.required("NSET")) : nullptr;
    while (lines_.next_data(data_)) {
      keyword.count(data_, 4, 4, "id, x, y, z");
      const int id = keyword.integer(data_, 0, "node id");
      builder_.node(id, {keyword.real(data_, 1, "x"), keyword.real(data_, 2, "y"), keyword.real(data_, 3, "z")},
                    data_.place);
      if (set) set->push_back({id, false, data_.place});
    }
  }

  void elements(const InpKeyword& keyword) {
    keyword.allow({"TYPE", "ELSET"});
    const ElementKind kind = element_kind(keyword);
    const auto count = static_cast<std::size_t>(node_count(kind));
    auto* set = keyword.has("ELSET") ? &builder_.element_set(keyword.required("ELSET")) : nullptr;
    while (lines_.next_data(data_)) {
      const InputPlace place = data_.place;
      std::vector<int> ids;
      do {
        for (std::size_t i = 0; i < data_.fields.size(); ++i) ids.push_back(keyword.integer(data_, i, "id"));
      } while (data_.open && ids.size() <= count && lines_.next_data(data_));
      if (ids.size() != count + 1)
        keyword.refuse(place, fmt::format("{} values where {} are due: the id and {} nodes of {}", ids.size(),
                                          count + 1, count, upper_case(keyword.value("TYPE"))));
      builder_.element(kind, ids[0], std::span(ids).subspan(1), place);
      if (set) set->push_back({ids[0], false, place});
    }
  }

  void set(const InpKeyword& keyword, bool of_nodes) {
    const char* key = of_nodes ? "NSET" : "ELSET";
    keyword.allow({key, "GENERATE", "UNSORTED", "INTERNAL"});
    const std::string_view name = keyword.required(key);
    auto& members = of_nodes ? builder_.node_set(name) : builder_.element_set(name);
    while (lines_.next_data(data_)) {
      if (keyword.has("GENERATE"))
        range(keyword, members);
      else
        for (std::size_t i = 0; i < data_.fields.size(); ++i) add_member(keyword, i, of_nodes, members);
    }
  }

  void range(const InpKeyword& keyword, std::vector<FeBuilder::Member>& members) {
    keyword.count(data_, 2, 3, "first, last, step");
    const int first = keyword.integer(data_, 0, "first id"), last = keyword.integer(data_, 1, "last id");
    const int step = data_.fields.size() > 2 ? keyword.integer(data_, 2, "step") : 1;
    if (first < 1 || last < first || step < 1)
      keyword.refuse(data_.place, fmt::format("range {} to {} by {}: must ascend from 1 or more", first, last, step));
    for (long id = first; id <= last; id += step) members.push_back({static_cast<int>(id), true, data_.place});
  }

  void add_member(const InpKeyword& keyword, std::size_t field, bool of_nodes,
                  std::vector<FeBuilder::Member>& members) {
    const std::string_view text = data_.fields[field];
    if (text.empty()) return;
    if (const auto id = parse_int(text)) {
      members.push_back({*id, false, data_.place});
      return;
    }
    const auto* nested = of_nodes ? builder_.find_node_set(text) : builder_.find_element_set(text);
    if (!nested) keyword.refuse(data_.place, fmt::format("'{}' is neither an id nor a set named before", text));
    const std::vector<FeBuilder::Member> copy = nested->members; // a set may name itself
    members.insert(members.end(), copy.begin(), copy.end());
  }

  void surface(const InpKeyword& keyword) {
    keyword.allow({"NAME", "TYPE", "INTERNAL"});
    if (keyword.has("TYPE") && upper_case(keyword.value("TYPE")) != "ELEMENT")
      keyword.refuse(keyword.place(), fmt::format("TYPE={} is not read; allowed ELEMENT", keyword.value("TYPE")));
    auto& members = builder_.surface(keyword.required("NAME"));
    while (lines_.next_data(data_)) {
      keyword.count(data_, 2, 2, "element or element set, face");
      steps_.add_faces(keyword, data_, steps_.face_number(keyword, data_, "S"), members);
    }
  }

  FeBuilder builder_{true};
  InpLines lines_;
  InpSteps steps_;
  InpLine data_;
};

} // namespace

FeModel read_inp(const std::filesystem::path& file) { return InpReader(file).read(); }

} // namespace kypho
