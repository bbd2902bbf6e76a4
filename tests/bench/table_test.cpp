#include "benchmarks/bench/table.hpp"

#include <gmock/gmock.h>

using namespace kypho::bench;
using testing::HasSubstr;
using testing::Not;

TEST(bench_page, a_section_is_replaced_and_the_others_stay) {
  const std::string page = "# Performance\n\n## One\n\na\n\n## Two\n\nb\n\n### Part\n\nc\n\n## Three\n\nd\n";
  EXPECT_EQ(with_section(page, "## Two", "## Two\n\nnew\n"),
            "# Performance\n\n## One\n\na\n\n## Two\n\nnew\n\n## Three\n\nd\n");
  EXPECT_EQ(with_section(page, "## Three", "## Three\n\nnew\n"),
            "# Performance\n\n## One\n\na\n\n## Two\n\nb\n\n### Part\n\nc\n\n## Three\n\nnew\n");
  EXPECT_EQ(with_section(page, "## One", "## One\n\na\n"), page);
}

TEST(bench_page, a_section_that_is_not_there_is_added_at_the_end) {
  EXPECT_EQ(with_section("# Page\n\n## Two fold\n\na\n", "## Two", "## Two\n\nb\n"),
            "# Page\n\n## Two fold\n\na\n\n## Two\n\nb\n");
  EXPECT_EQ(with_section("", "## Two", "## Two\n\nb\n"), "## Two\n\nb\n");
}

TEST(bench_page, writing_a_page_twice_changes_nothing) {
  const std::string section = "## Two\n\nb\n", once = with_section("# Page\n\n## One\n\na\n", "## Two", section);
  EXPECT_EQ(with_section(once, "## Two", section), once);
}

TEST(bench_table, who_did_not_run_is_told_with_the_reason_and_is_no_row_of_the_file) {
  Row row;
  row.suite = "solver";
  row.case_name = "plain";
  row.backend = "cholmod";
  row.status = "no fit";
  row.remark = "needs about 40 GB";
  EXPECT_THAT(printed_table({row}), HasSubstr("cholmod on plain, order 1, 0 unknowns: no fit: needs about 40 GB"));
  EXPECT_EQ(json_of({}, {row}), "[]\n");
  row.status = "failed";
  EXPECT_THAT(json_of({}, {row}), HasSubstr("\"status\": \"failed\""));
}
