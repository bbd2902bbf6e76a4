#include "core/base/errors.hpp"
#include "mesh/fe_builder.hpp"
#include "mesh/msh_format.hpp"
#include "mesh/msh_types.hpp"
#include <fmt/format.h>
#include <set>

namespace kypho {
namespace {

using Corners = std::array<int, 3>;

Corners sorted(Corners corners) {
  std::sort(corners.begin(), corners.end());
  return corners;
}

class MshReader {
public:
  explicit MshReader(const std::filesystem::path& file) : text_(read_text(file)), rest_(text_) {
    place_.file = builder_.add_file(file.string());
  }

  FeModel read() {
    bool known = false, with_nodes = false, with_elements = false;
    while (next_line()) {
      const std::string section(fields_.empty() ? "" : fields_[0]);
      if (section == "$MeshFormat")
        known = (format(), true);
      else if (!known)
        refuse("a .msh file starts with $MeshFormat");
      else if (section == "$PhysicalNames")
        physical_names();
      else if (section == "$Entities")
        entities();
      else if (section == "$Nodes")
        with_nodes = (nodes(), true);
      else if (section == "$Elements")
        with_elements = (elements(), true);
      else if (section == "$PartitionedEntities")
        refuse("partitioned meshes are not read");
      else if (section.starts_with("$") && !section.starts_with("$End"))
        skip(section);
    }
    if (!with_nodes || !with_elements) refuse("ends before $Nodes and $Elements");
    resolve_faces();
    return builder_.finish();
  }

private:
  [[noreturn]] void refuse(std::string_view what) const { builder_.refuse(place_, what); }

  /// The fields of the next line that is not blank; false at the end.
  bool next_line() {
    fields_.clear();
    while (!rest_.empty() && fields_.empty()) {
      const std::size_t end = std::min(rest_.find('\n'), rest_.size());
      line_ = rest_.substr(0, end);
      rest_.remove_prefix(std::min(end + 1, rest_.size()));
      ++place_.line;
      for (std::size_t at = 0; (at = line_.find_first_not_of(" \t\r", at)) != std::string_view::npos;) {
        const std::size_t stop = std::min(line_.find_first_of(" \t\r", at), line_.size());
        fields_.push_back(line_.substr(at, stop - at));
        at = stop;
      }
    }
    return !fields_.empty();
  }

  void need_line(std::size_t least, std::string_view what) {
    if (!next_line()) refuse(fmt::format("the file ends where {} is due", what));
    if (fields_.size() < least) refuse(fmt::format("{} values where {} are due: {}", fields_.size(), least, what));
  }

  int integer(std::size_t field, std::string_view what) const {
    if (field >= fields_.size()) refuse(fmt::format("{} values, too few: {} is missing", fields_.size(), what));
    if (const auto value = parse_int(fields_[field])) return *value;
    refuse(fmt::format("{} '{}' is not a whole number", what, fields_[field]));
  }

  double real(std::size_t field, std::string_view what) const {
    if (const auto value = parse_real(fields_.at(field))) return *value;
    refuse(fmt::format("{} '{}' is not a number", what, fields_[field]));
  }

  int count(std::size_t field, std::string_view what) const {
    const int value = integer(field, what);
    if (value < 0) refuse(fmt::format("{} is {}", what, value));
    return value;
  }

  void end_of(const std::string& section) {
    if (!next_line() || fields_[0] != section) refuse(fmt::format("{} is due here", section));
  }

  void skip(const std::string& section) {
    const std::string end = "$End" + section.substr(1);
    while (next_line())
      if (fields_[0] == end) return;
    refuse(fmt::format("{} is missing", end));
  }

  void format() {
    need_line(3, "version, kind, size of a number");
    if (fields_[0] != "4.1" || fields_[1] != "0")
      refuse(fmt::format("version {}, {}; allowed version 4.1 as text (gmsh -format msh41)", fields_[0],
                         fields_[1] == "0" ? "text" : "binary"));
    end_of("$EndMeshFormat");
  }

  void physical_names() {
    need_line(1, "number of names");
    for (int n = count(0, "number of names"); n > 0; --n) {
      need_line(3, "dimension, tag, \"name\"");
      const std::size_t first = line_.find('"'), last = line_.rfind('"');
      if (first == last) refuse("a name must stand in quotes");
      const std::pair group(integer(0, "dimension"), integer(1, "tag"));
      names_[group] = line_.substr(first + 1, last - first - 1);
      make_set(group.first, names_[group]);
    }
    end_of("$EndPhysicalNames");
  }

  void make_set(int dimension, const std::string& name) {
    if (dimension < 2)
      builder_.node_set(name);
    else if (is_surface(dimension, name))
      builder_.surface(name.substr(msh::surface_prefix.size()));
    else
      builder_.element_set(name);
  }

  static bool is_surface(int dimension, std::string_view name) {
    return dimension == 2 && name.starts_with(msh::surface_prefix);
  }

  void entities() {
    need_line(4, "numbers of points, curves, surfaces, volumes");
    std::array<int, 4> counts{};
    for (int d = 0; d < 4; ++d) counts[d] = count(d, "number of entities");
    for (int dimension = 0; dimension < 4; ++dimension)
      for (int n = 0; n < counts[dimension]; ++n) {
        const std::size_t groups = dimension == 0 ? 4 : 7; // after the tag and the position or box
        need_line(groups + 1, "tag, position or box, number of physical groups");
        const int tag = integer(0, "tag"), members = count(groups, "number of physical groups");
        for (int g = 0; g < members; ++g) {
          // A group is negative where the entity is turned round in it.
          const std::pair group(dimension, std::abs(integer(groups + 1 + g, "physical group")));
          std::string& name = names_[group];
          if (name.empty()) make_set(dimension, name = fmt::format("physical_{}_{}", dimension, group.second));
          groups_[{dimension, tag}].push_back(name);
        }
      }
    end_of("$EndEntities");
  }

  void nodes() {
    need_line(4, "number of blocks, number of nodes, least and largest tag");
    const int blocks = count(0, "number of blocks"), total = count(1, "number of nodes");
    int found = 0;
    for (int b = 0; b < blocks; ++b) {
      need_line(4, "dimension, entity, parametric, number of nodes");
      const int n = count(3, "number of nodes");
      std::vector<int> tags;
      for (int i = 0; i < n; ++i) {
        need_line(1, "tag of a node");
        tags.push_back(integer(0, "tag of a node"));
      }
      for (int i = 0; i < n; ++i) {
        need_line(3, "x, y, z");
        builder_.node(tags[i], {real(0, "x"), real(1, "y"), real(2, "z")}, place_);
      }
      found += n;
    }
    end_of("$EndNodes");
    if (found != total) refuse(fmt::format("$Nodes: {} nodes where {} are announced", found, total));
  }

  void elements() {
    need_line(4, "number of blocks, number of elements, least and largest tag");
    const int blocks = count(0, "number of blocks"), total = count(1, "number of elements");
    int found = 0;
    for (int b = 0; b < blocks; ++b) {
      need_line(4, "dimension, entity, type, number of elements");
      const int dimension = integer(0, "dimension"), type = integer(2, "type");
      const auto groups = groups_.find({dimension, integer(1, "entity")});
      static const std::vector<std::string> none;
      const int n = count(3, "number of elements");
      block(dimension, type, n, groups == groups_.end() ? none : groups->second);
      found += n;
    }
    end_of("$EndElements");
    if (found != total) refuse(fmt::format("$Elements: {} elements where {} are announced", found, total));
  }

  void block(int dimension, int type, int n, const std::vector<std::string>& groups) {
    const auto kind = kind_of(type);
    const int size = kind ? node_count(*kind) : type == msh::point_type ? 1 : type == 1 ? 2 : type == 8 ? 3 : 0;
    if (size == 0)
      refuse(
          fmt::format("elements of type {} are not read; allowed tetrahedra (4, 11), triangles (2, 9), and lines (1, "
                      "8) and points (15) as node sets",
                      type));
    const bool of_faces =
        std::any_of(groups.begin(), groups.end(), [&](const std::string& name) { return is_surface(dimension, name); });
    for (int i = 0; i < n; ++i) {
      need_line(size + 1, "tag and nodes of an element");
      const int tag = integer(0, "tag");
      std::vector<int> ids;
      for (int a = 0; a < size; ++a) ids.push_back(integer(1 + a, "node"));
      if (!kind)
        for (const std::string& name : groups)
          for (const int id : ids) builder_.node_set(name).push_back({id, false, place_});
      else if (of_faces)
        wanted_.push_back({{ids[0], ids[1], ids[2]}, &groups, place_});
      else
        add(*kind, tag, ids, groups);
    }
  }

  static std::optional<ElementKind> kind_of(int type) {
    for (const auto kind : {ElementKind::tet4, ElementKind::tet10, ElementKind::tri3, ElementKind::tri6})
      if (msh::type_of(kind) == type) return kind;
    return {};
  }

  void add(ElementKind kind, int tag, std::vector<int>& ids, const std::vector<std::string>& groups) {
    msh::swap_order(kind, ids);
    builder_.element(kind, tag, ids, place_);
    for (const std::string& name : groups) builder_.element_set(name).push_back({tag, false, place_});
    elements_.push_back({kind, tag, {ids[0], ids[1], ids[2], face_count(kind) == 4 ? ids[3] : 0}});
  }

  /// A triangle of a surface is the face of an element with the same corners, seen from outside it.
  void resolve_faces() {
    if (wanted_.empty()) return;
    // Where a shell lies on a tetrahedron, the face is taken as the tetrahedron's.
    std::stable_sort(elements_.begin(), elements_.end(), [](const auto& a, const auto& b) { return a.kind < b.kind; });
    std::set<Corners> corners;
    for (const Wanted& w : wanted_) corners.insert(sorted(w.corners));
    std::multimap<Corners, std::pair<Corners, FeBuilder::Face>> faces;
    for (const Found& e : elements_)
      for (int f = 0; f < face_count(e.kind); ++f) {
        const auto local = face_nodes(e.kind, f);
        const Corners c{e.corners[local[0]], e.corners[local[1]], e.corners[local[2]]};
        if (corners.contains(sorted(c))) faces.insert({sorted(c), {c, {e.tag, f, false, {}}}});
      }
    for (const Wanted& w : wanted_) match(w, faces);
  }

  struct Wanted {
    Corners corners;
    const std::vector<std::string>* groups;
    InputPlace place;
  };
  struct Found {
    ElementKind kind;
    int tag;
    std::array<int, 4> corners;
  };

  static bool same_turn(const Corners& a, const Corners& b) {
    const auto at = std::find(b.begin(), b.end(), a[0]) - b.begin();
    return b[(at + 1) % 3] == a[1];
  }

  void match(const Wanted& w, const std::multimap<Corners, std::pair<Corners, FeBuilder::Face>>& faces) {
    const auto [first, last] = faces.equal_range(sorted(w.corners));
    if (first == last) {
      builder_.refuse(w.place, fmt::format("triangle {} {} {} of a surface is the face of no element", w.corners[0],
                                           w.corners[1], w.corners[2]));
    }
    const auto turned = std::find_if(first, last, [&](const auto& f) { return same_turn(w.corners, f.second.first); });
    const FeBuilder::Face& face = (turned == last ? first : turned)->second.second;
    for (const std::string& name : *w.groups)
      if (is_surface(2, name)) builder_.surface(name.substr(msh::surface_prefix.size())).push_back(face);
  }

  std::string text_;
  std::string_view rest_, line_;
  std::vector<std::string_view> fields_;
  FeBuilder builder_{false};
  InputPlace place_;
  std::map<std::pair<int, int>, std::string> names_;               ///< dimension, group
  std::map<std::pair<int, int>, std::vector<std::string>> groups_; ///< dimension, entity
  std::vector<Wanted> wanted_;
  std::vector<Found> elements_;
};

} // namespace

FeModel read_msh(const std::filesystem::path& file) { return MshReader(file).read(); }

} // namespace kypho
