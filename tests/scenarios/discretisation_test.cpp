#include "scenarios/discretisation.hpp"
#include <gtest/gtest.h>

namespace kypho {
namespace {

TEST(Discretisation, TheDefaultMeshHasTheErrorsOfTheStudy) {
  const auto error = discretisation_error(1.7);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->relative_error.at("failure_load"), 0.06);
  EXPECT_EQ(error->relative_error.at("anterior_lift"), 0.55);
}

TEST(Discretisation, ErrorsGrowWithTheElementsBetweenTheMeshesStudied) {
  const auto finest = discretisation_error(1.7);
  ASSERT_TRUE(finest);
  for (const auto& [figure, fine] : finest->relative_error) {
    const double middle = discretisation_error(2.05)->relative_error.at(figure),
                 coarse = discretisation_error(3.0)->relative_error.at(figure);
    EXPECT_LE(fine, middle) << figure;
    EXPECT_LE(middle, coarse) << figure;
  }
}

TEST(Discretisation, NothingIsSaidOfAMeshBeyondThoseStudied) {
  EXPECT_FALSE(discretisation_error(1.2));
  EXPECT_FALSE(discretisation_error(4));
}

} // namespace
} // namespace kypho
