#pragma once
// The rules of the house (docs/architecture.md) as functions of a file's path and text, so that they can be tested on
// made-up files and then be held against the tree.
#include <string>
#include <string_view>
#include <vector>

namespace kypho::house {

/// One file. @param path relative to the root of the source tree, with '/'
struct SourceFile {
  std::string path;
  std::string text;
};

/// Where a rule is broken. `line` counts from 1; 0 means the file as a whole.
struct Offence {
  std::string path;
  int line = 0;
  std::string what;
};

/// "core/fem/element.cpp:3: ..." one per line, for a test's message.
std::string describe(const std::vector<Offence>& offences);

/// Includes that point from a room to one that it must not know, or upwards within core.
std::vector<Offence> wrong_directions(const SourceFile& file);
/// Third-party includes that the room, or a header, must not have.
std::vector<Offence> wrong_libraries(const SourceFile& file);
/// Words of unfinished work, paths of one person's machine.
std::vector<Offence> unfinished_work(const SourceFile& file);
/// More than 600 lines.
std::vector<Offence> too_long(const SourceFile& file);
/// Relative links of a Markdown text whose target is not in @p known_paths. A link is relative to the file's folder.
std::vector<Offence> dead_links(const SourceFile& file, const std::vector<std::string>& known_paths);
/// True for a line such as #include <CGAL/make_mesh_3.h> in the file.
bool includes_cgal_mesher(const SourceFile& file);

/// All text files of the tree that are ours: sources, CMake files, scripts, scenarios, documents. Sorted by path.
/// @throws std::runtime_error if @p root is no KyphoSim source tree
std::vector<SourceFile> read_tree(std::string_view root);

} // namespace kypho::house
