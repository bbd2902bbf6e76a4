#pragma once
// Gathers what the readers of finite-element files find, in any order and by the ids of the file, checks it and makes
// the model of it: nodes and elements ascending by id.
#include "mesh/fe_model.hpp"
#include <optional>
#include <string_view>

namespace kypho {

/// Where something stands in the input.
struct InputPlace {
  int file = 0; ///< FeBuilder::add_file
  int line = 0; ///< from 1; 0: the file as a whole
};

std::string upper_case(std::string_view text);
/// A whole number, or nothing. "12" and "+12", not "12.".
std::optional<int> parse_int(std::string_view text);
/// A finite number, or nothing; also as Fortran writes it, "1.5D-3" and "1.5-300".
std::optional<double> parse_real(std::string_view text);
/// The text of a file, at once. @throws InputError if it cannot be read
std::string read_text(const std::filesystem::path& file);
/// Writes beside the target and renames. @throws LimitReached if the disk takes no more
void write_text(const std::filesystem::path& file, std::string_view bytes);

class FeBuilder {
public:
  /// A member of a set by its id. Members of a range need not exist.
  struct Member {
    int id;
    bool of_range;
    InputPlace place;
  };
  struct Face {
    int element_id, face;
    bool of_range;
    InputPlace place;
  };
  template <class T>
  struct Named {
    std::string name; ///< as spelled first
    std::vector<T> members;
  };
  template <class T>
  using Sets = std::map<std::string, Named<T>>; ///< by key()

  /// @param any_case names that differ in upper and lower case only are the same
  explicit FeBuilder(bool any_case) : any_case_(any_case) {}

  int add_file(const std::string& name);
  /// @throws InputError "file:line: what"
  [[noreturn]] void refuse(InputPlace place, std::string_view what) const;

  void node(int id, const Vec3& position, InputPlace place);
  void element(ElementKind kind, int id, std::span<const int> node_ids, InputPlace place);
  /// The set of that name, made if there is none.
  std::vector<Member>& node_set(std::string_view name);
  std::vector<Member>& element_set(std::string_view name);
  std::vector<Face>& surface(std::string_view name);
  /// As it was spelled first; nothing if there is no such set.
  const Named<Member>* find_node_set(std::string_view name) const;
  const Named<Member>* find_element_set(std::string_view name) const;
  const Named<Face>* find_surface(std::string_view name) const;

  /// The mesh and its sets. @throws InputError for an id that is not there or there twice
  FeModel finish();
  /// After finish(): the place of a node in the model. @throws InputError
  int node_at(int id, InputPlace place) const;

private:
  struct NodeEntry {
    int id;
    Vec3 position;
    InputPlace place;
  };
  struct ElementEntry {
    int id;
    ElementKind kind;
    std::size_t first; ///< in element_nodes_
    InputPlace place;
  };
  std::string key(std::string_view name) const { return any_case_ ? upper_case(name) : std::string(name); }
  void build_nodes();
  void build_elements();
  std::vector<int> numbers(const std::string& name, const std::vector<Member>& members, bool of_nodes) const;
  std::vector<ElementFace> faces(const std::vector<Face>& members) const;
  int element_at(int id) const;

  bool any_case_;
  FeModel model_;
  std::vector<std::string> files_;
  std::vector<NodeEntry> nodes_;
  std::vector<ElementEntry> elements_;
  std::vector<int> element_nodes_;                  ///< by id
  std::vector<std::pair<int, int>> element_places_; ///< id, number; ascending
  Sets<Member> node_sets_, element_sets_;
  Sets<Face> surfaces_;
};

} // namespace kypho
