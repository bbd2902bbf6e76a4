// The house rules, held against the tree. Every message names file and line.
#include "tests/house/house_rules.hpp"
#include <algorithm>
#include <gmock/gmock.h>

namespace kypho::house {
namespace {

using testing::Contains;

const std::vector<SourceFile>& tree() {
  static const std::vector<SourceFile> files = read_tree(KYPHOSIM_SOURCE_DIR);
  return files;
}

std::vector<std::string> paths() {
  std::vector<std::string> all;
  for (const SourceFile& file : tree()) all.push_back(file.path);
  return all;
}

template <class Rule>
std::string offences(Rule rule) {
  std::vector<Offence> all;
  for (const SourceFile& file : tree())
    for (const Offence& offence : rule(file)) all.push_back(offence);
  return describe(all);
}

TEST(House, RoomsIncludeOnlyWhatTheyMayKnow) { EXPECT_EQ(offences(wrong_directions), ""); }

TEST(House, LibrariesStayInTheRoomsThatMayUseThemAndOutOfHeaders) { EXPECT_EQ(offences(wrong_libraries), ""); }

TEST(House, CgalsMesherIsIncludedInExactlyOneFile) {
  std::vector<std::string> files;
  for (const SourceFile& file : tree())
    if (includes_cgal_mesher(file)) files.push_back(file.path);
  EXPECT_THAT(files, testing::ElementsAre(testing::AllOf(testing::StartsWith("mesh/"), testing::EndsWith(".cpp"))));
}

TEST(House, NoFileSpeaksOfUnfinishedWork) { EXPECT_EQ(offences(unfinished_work), ""); }

TEST(House, NoFileIsLongerThanSixHundredLines) { EXPECT_EQ(offences(too_long), ""); }

TEST(House, DocumentsExistAndTheirLinksLeadSomewhere) {
  const std::vector<std::string> known = paths();
  for (const char* needed : {"README.md", "CONTRIBUTING.md", "LICENSE", "CITATION.cff", "docs/architecture.md",
                             "docs/architecture.svg", "docs/picture.png", "scenarios/cases/l1_wedge_bipedicular.toml"})
    EXPECT_TRUE(std::ranges::count(known, needed)) << needed << " is missing";
  EXPECT_EQ(offences([&](const SourceFile& file) {
              return file.path.ends_with(".md") ? dead_links(file, known) : std::vector<Offence>();
            }),
            "");
}

TEST(House, EverySourceFileOfARoomLiesInTheTreeThatIsRead) {
  for (const char* room : {"core/", "mesh/", "solvers/", "scenarios/", "viz/"})
    EXPECT_THAT(paths(), Contains(testing::StartsWith(room)));
}

} // namespace
} // namespace kypho::house
