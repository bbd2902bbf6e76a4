// docs/keys.md, the schema and `kyphosim list` are made from the declarations that the reader uses.
#include "core/base/errors.hpp"
#include "scenarios/list.hpp"
#include "scenarios/schema.hpp"
#include "scenarios/sections.hpp"
#include "tests/scenarios/scratch.hpp"
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <regex>

using namespace kypho;
using namespace kypho::test;
using testing::HasSubstr;

TEST(reference, docs_keys_md_is_up_to_date) {
  if (list_markdown().find("### petsc_gamg") == std::string::npos)
    GTEST_SKIP() << "NOT TESTED: the reference lists the solvers of PETSc too; install petsc-dev and openmpi-bin";
  std::istringstream file(read_file(KYPHOSIM_SOURCE_DIR "/docs/keys.md")), now(list_markdown());
  std::string was, is;
  while (bool(std::getline(file, was)) | bool(std::getline(now, is)))
    ASSERT_EQ(was, is) << "write it anew: kyphosim list --markdown > docs/keys.md";
}

TEST(reference, every_topic_lists_something) {
  for (const std::string& topic : list_topics())
    EXPECT_GT(list_text(topic, KYPHOSIM_SOURCE_DIR "/scenarios/cases").size(), 60u) << topic;
  EXPECT_THAT(list_text("cases", KYPHOSIM_SOURCE_DIR "/scenarios/cases"), HasSubstr("l1_wedge_bipedicular"));
  EXPECT_THAT(list_text("stages", ""), HasSubstr("pressure_limit"));
}

TEST(reference, an_unknown_topic_is_refused_with_the_nearest) {
  try {
    list_text("stage", "");
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("did you mean 'stages'?"));
  }
}

TEST(schema, is_json_that_names_every_stage_and_refuses_other_keys) {
  const auto schema = nlohmann::json::parse(case_schema());
  EXPECT_EQ(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
  EXPECT_EQ(schema["additionalProperties"], false);
  const auto& stages = schema["properties"]["stage"]["items"]["oneOf"];
  ASSERT_EQ(stages.size(), stage_catalog().size());
  for (std::size_t k = 0; k < stages.size(); ++k) {
    EXPECT_EQ(stages[k]["properties"]["kind"]["const"], stage_catalog()[k].kind);
    EXPECT_EQ(stages[k]["additionalProperties"], false);
    EXPECT_EQ(stages[k]["properties"].size(), stage_catalog()[k].specs.size() + 1);
  }
}

TEST(schema, patterns_accept_the_defaults_and_refuse_other_units) {
  const auto schema = nlohmann::json::parse(case_schema());
  const auto& bmd = schema["properties"]["anatomy"]["properties"]["bmd"];
  const std::regex pattern(bmd["pattern"].get<std::string>());
  EXPECT_TRUE(std::regex_match(bmd["default"].get<std::string>(), pattern));
  EXPECT_TRUE(std::regex_match("0.08 g/cm3", pattern));
  EXPECT_FALSE(std::regex_match("80 mm", pattern));
  EXPECT_FALSE(std::regex_match("80", pattern));
}
