#include "tests/house/house_rules.hpp"
#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <stdexcept>

namespace kypho::house {
namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

struct Include {
  std::string target;
  bool angled = false;
  int line = 0;
};

/// What a room may include, as path prefixes; `libraries` are prefixes of third-party headers for its .cpp files.
struct Room {
  std::string name;
  Words rooms, libraries;
};

// The table of docs/architecture.md. main.cpp alone may also include viz and the commands of the ladders.
const std::vector<Room>& rooms() {
  static const std::vector<Room> table = {
      {"core", {"core/"}, {"Eigen/", "omp.h", "fmt/"}},
      {"mesh", {"mesh/", "core/"}, {"Eigen/", "omp.h", "fmt/", "CGAL/", "boost/", "tbb/", "vtk", "zlib.h"}},
      {"solvers", {"solvers/", "core/"}, {"Eigen/", "omp.h", "fmt/", "petsc"}},
      {"viz",
       {"viz/", "core/base/", "core/fem/tet_mesh.hpp", "core/model/landmarks.hpp", "core/measures.hpp",
        "core/results.hpp"},
       {"Eigen/", "omp.h", "fmt/", "nlohmann/", "vtk", "X11/"}},
      {"scenarios",
       {"scenarios/", "core/", "mesh/", "solvers/"},
       {"Eigen/", "omp.h", "fmt/", "spdlog/", "nlohmann/", "toml++/", "CLI/", "openssl/", "hdf5.h"}},
  };
  return table;
}

// Within core includes point downwards only: a law knows no mesh, an element knows its law. The plain data beside the
// folders (measures, results) lies below the model.
int core_floor(const std::string& path) {
  static const std::vector<std::pair<std::string, int>> floors = {
      {"core/base/", 0}, {"core/materials/", 1}, {"core/fem/", 2}, {"core/model/", 4}};
  for (const auto& [folder, floor] : floors)
    if (path.starts_with(folder)) return floor;
  return 3;
}

bool ends_with_any(std::string_view text, const Words& endings) {
  return std::any_of(endings.begin(), endings.end(), [&](const std::string& e) { return text.ends_with(e); });
}

bool starts_with_any(std::string_view text, const Words& beginnings) {
  return std::any_of(beginnings.begin(), beginnings.end(), [&](const std::string& b) { return text.starts_with(b); });
}

const Room* room_of(const std::string& path) {
  for (const Room& room : rooms())
    if (path.starts_with(room.name + "/")) return &room;
  return nullptr;
}

template <class Visit>
void for_each_line(const std::string& text, Visit visit) {
  std::istringstream stream(text);
  std::string line;
  for (int number = 1; std::getline(stream, line); ++number) visit(line, number);
}

std::vector<Include> includes_of(const SourceFile& file) {
  std::vector<Include> found;
  if (!ends_with_any(file.path, {".cpp", ".hpp", ".h"})) return found;
  static const std::regex pattern(R"rx(^\s*#\s*include\s*([<"])([^>"]+)[>"])rx");
  for_each_line(file.text, [&](const std::string& line, int number) {
    std::smatch match;
    if (std::regex_search(line, match, pattern)) found.push_back({match[2], match[1] == "<", number});
  });
  return found;
}

/// <vector>, <cmath>: no folder, no ending. POSIX headers (<unistd.h>, <sys/wait.h>) are the system's.
/// The language's headers and the compiler's for the processor.
bool is_standard(const std::string& target) {
  return target.find_first_of("./") == std::string::npos || target == "immintrin.h";
}

bool is_system(const std::string& target) {
  static const std::set<std::string> posix = {"fcntl.h",  "signal.h",  "unistd.h",  "spawn.h",  "poll.h",
                                              "malloc.h", "pthread.h", "termios.h", "dirent.h", "dlfcn.h"};
  return posix.contains(target) || target.starts_with("sys/");
}

/// Headers in a room's folder detail/ are for that room's own .cpp files.
bool is_private(const std::string& path) { return path.find("/detail/") != std::string::npos; }

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash + 1);
}

std::string slurp(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// Benchmarks that are commands of the program.
const Words& commands() {
  static const Words headers = {"benchmarks/bench/bench_command.hpp", "benchmarks/verify/verify_command.hpp",
                                "benchmarks/validate/validate_command.hpp"};
  return headers;
}

} // namespace

std::string describe(const std::vector<Offence>& offences) {
  std::string text;
  for (const Offence& o : offences) text += o.path + ":" + std::to_string(o.line) + ": " + o.what + "\n";
  return text;
}

std::vector<Offence> wrong_directions(const SourceFile& file) {
  std::vector<Offence> found;
  const Room* room = room_of(file.path);
  if (!room) return found;
  for (const Include& include : includes_of(file)) {
    if (include.angled) continue;
    const bool others_detail = is_private(include.target) && !include.target.starts_with(room->name + "/");
    const bool main_sees = file.path == "scenarios/main.cpp" &&
                           (include.target.starts_with("viz/") || ends_with_any(include.target, commands()));
    if (others_detail || (!main_sees && !starts_with_any(include.target, room->rooms)))
      found.push_back({file.path, include.line, room->name + " must not include " + include.target});
    else if (room->name == "solvers" && include.target.starts_with("core/materials/"))
      found.push_back({file.path, include.line, "solvers must not include " + include.target});
    else if (room->name == "core" && core_floor(include.target) > core_floor(file.path))
      found.push_back({file.path, include.line, "core points downwards only, not to " + include.target});
  }
  return found;
}

std::vector<Offence> wrong_libraries(const SourceFile& file) {
  std::vector<Offence> found;
  const Room* room = room_of(file.path);
  if (!room) return found;
  const bool header = !file.path.ends_with(".cpp") && !is_private(file.path);
  for (const Include& include : includes_of(file)) {
    if (!include.angled || is_standard(include.target)) continue;
    if (header && !include.target.starts_with("Eigen/"))
      found.push_back({file.path, include.line, "a header includes no library but Eigen, not " + include.target});
    else if (!header && !is_system(include.target) && !starts_with_any(include.target, room->libraries))
      found.push_back({file.path, include.line, room->name + " must not include <" + include.target + ">"});
  }
  return found;
}

bool includes_cgal_mesher(const SourceFile& file) {
  static const std::regex mesher(R"(^CGAL/(\w*[Mm]esh\w*_3|refine_mesh_3|Mesh_3/.*)(\.h)?$)");
  for (const Include& include : includes_of(file))
    if (std::regex_search(include.target, mesher)) return true;
  return false;
}

std::vector<Offence> unfinished_work(const SourceFile& file) {
  // In two parts, so that this file does not accuse itself.
  static const std::array<std::string, 12> words = {std::string("TO") + "DO",
                                                    std::string("FIX") + "ME",
                                                    std::string("XX") + "X",
                                                    std::string("HA") + "CK",
                                                    std::string("place") + "holder",
                                                    std::string("for ") + "now",
                                                    std::string("simplified ") + "version",
                                                    std::string("not ") + "implemented",
                                                    std::string("not yet ") + "supported",
                                                    std::string("work in ") + "progress",
                                                    std::string("coming ") + "soon",
                                                    std::string("/ho") + "me/"};
  static const std::regex pattern = [] {
    std::string any;
    for (const std::string& word : words)
      any += (any.empty() ? "" : "|") + (word.front() == '/' ? word : "\\b" + word + "\\b");
    return std::regex(any);
  }();
  std::vector<Offence> found;
  for_each_line(file.text, [&](const std::string& line, int number) {
    std::smatch match;
    if (std::regex_search(line, match, pattern)) found.push_back({file.path, number, "says '" + match.str() + "'"});
  });
  return found;
}

std::vector<Offence> too_long(const SourceFile& file) {
  const bool prose_or_table = ends_with_any(file.path, {".md", ".svg", ".json", "LICENSE"});
  const auto lines = std::count(file.text.begin(), file.text.end(), '\n');
  if (prose_or_table || lines <= 600) return {};
  return {{file.path, 601, "has " + std::to_string(lines) + " lines; 600 are a defect"}};
}

std::vector<Offence> dead_links(const SourceFile& file, const std::vector<std::string>& known_paths) {
  static const std::regex link(R"(\]\(([^)#\s]+)(#[^)]*)?\))");
  std::vector<Offence> found;
  for_each_line(file.text, [&](const std::string& line, int number) {
    for (std::sregex_iterator it(line.begin(), line.end(), link), end; it != end; ++it) {
      const std::string target = (*it)[1];
      if (target.find("://") != std::string::npos || target.starts_with("mailto:")) continue;
      const std::string path = fs::path(folder_of(file.path) + target).lexically_normal().generic_string();
      const bool known = std::any_of(known_paths.begin(), known_paths.end(), [&](const std::string& p) {
        return p == path || p.starts_with(path.ends_with('/') ? path : path + "/");
      });
      if (!known) found.push_back({file.path, number, "links to " + target + ", which does not exist"});
    }
  });
  return found;
}

std::vector<SourceFile> read_tree(std::string_view root_text) {
  const fs::path root(root_text);
  if (!fs::exists(root / "core") || !fs::exists(root / "CMakeLists.txt"))
    throw std::runtime_error(root.string() + " is not a KyphoSim source tree");
  const std::set<std::string> skipped = {".git", "build", "runs", ".cache", ".vscode", ".idea"};
  std::vector<SourceFile> files;
  for (fs::recursive_directory_iterator it(root), end; it != end; ++it) {
    const std::string name = it->path().filename().string();
    if (it->is_directory() && (skipped.contains(name) || name.starts_with("build-"))) it.disable_recursion_pending();
    if (!it->is_regular_file()) continue;
    const std::string path = it->path().lexically_relative(root).generic_string();
    const bool text = name.find('.') == std::string::npos || path.starts_with(".ci/") ||
                      ends_with_any(name, {".cpp", ".hpp", ".h", ".txt", ".cmake", ".md", ".toml", ".json", ".svg",
                                           ".py", ".sh", ".cff", ".html", ".css", ".js", ".clang-tidy"});
    files.push_back({path, text ? slurp(it->path()) : ""});
  }
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  return files;
}

} // namespace kypho::house
