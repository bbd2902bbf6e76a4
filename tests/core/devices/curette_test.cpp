#include "core/base/errors.hpp"
#include "core/devices/curette.hpp"

#include <gtest/gtest.h>

namespace kypho {

TEST(curette, every_blade_of_the_catalog_passes_a_channel_and_reaches_beyond_it) {
  for (const CuretteInfo& info : curette_catalog()) {
    EXPECT_GT(info.reach, 0.5 * info.shaft) << info.name;
    EXPECT_LT(info.shaft, 4) << info.name;
    EXPECT_GT(info.width, 0) << info.name;
    EXPECT_FALSE(info.source.empty()) << info.name;
  }
}

TEST(curette, a_misspelt_name_is_told_the_nearest) {
  try {
    find_curette("curete_5");
    FAIL();
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("curette_5"), std::string::npos) << error.what();
  }
}

} // namespace kypho
