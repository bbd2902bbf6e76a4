#include "core/base/errors.hpp"
#include "scenarios/rerun_command.hpp"
#include "tests/scenarios/scratch.hpp"
#include <gmock/gmock.h>

using namespace kypho;
using namespace kypho::test;
using testing::HasSubstr;

TEST(rerun, time_and_memory_are_no_figures) {
  EXPECT_EQ(differing_measures(R"({"run": {"wall_s": 1}, "a": {"b": 1}})", R"({"run": {"wall_s": 2}, "a": {"b": 1}})"),
            "");
  EXPECT_EQ(differing_measures(R"({"a": {"b": 1}, "c": 1})", R"({"a": {"b": 2}, "c": 1})"), "/a/b");
  EXPECT_THROW(differing_measures("{", "{}"), InputError);
}

TEST(rerun, a_folder_without_figures_and_the_run_itself_are_refused) {
  const Scratch scratch;
  const Outcome none = kyphosim(scratch.dir(), "rerun nowhere");
  EXPECT_EQ(none.code, 2);
  EXPECT_THAT(none.err, HasSubstr("nowhere/measures.json: cannot be read"));
  scratch.write("run/measures.json", "{}");
  const Outcome itself = kyphosim(scratch.dir(), "rerun run -o ./run/");
  EXPECT_EQ(itself.code, 2);
  EXPECT_THAT(itself.err, HasSubstr("is the run itself"));
}
