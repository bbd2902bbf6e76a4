#include "core/measures.hpp"
#include <gtest/gtest.h>

namespace kypho {
namespace {

Station heights(double anterior, double middle) { return {.anterior_height_mm = anterior, .middle_height_mm = middle}; }

std::map<std::string, Station> procedure() {
  return {{"intact", heights(24, 22)},
          {"fractured", heights(19.5, 19)},
          {"prone", heights(20, 18)},
          {"inflated", heights(22, 21)},
          {"deflated", heights(21.5, 20)}};
}

TEST(restoration, fractions_refer_to_what_the_fracture_took_and_to_the_lift) {
  const auto r = restoration(procedure(), "prone", heights(20, 18));
  ASSERT_TRUE(r);
  EXPECT_EQ(r->reference, "prone, under its preload");
  EXPECT_EQ(r->state, "deflated");
  EXPECT_DOUBLE_EQ(r->restored_fraction.value(), 1.5 / 4);
  EXPECT_DOUBLE_EQ(r->restored_middle_fraction.value(), 2.0 / 4);
  EXPECT_DOUBLE_EQ(r->lost_on_deflation_fraction, 0.5 / 2);
  EXPECT_DOUBLE_EQ(r->lost_middle_on_deflation_fraction, 1.0 / 3);
}

TEST(restoration, is_that_of_the_treated_body_once_the_cement_has_set) {
  auto stations = procedure();
  stations["treated"] = heights(21, 19);
  const auto r = restoration(stations, "fractured", heights(19.5, 19));
  EXPECT_EQ(r->state, "treated");
  EXPECT_EQ(r->reference, "fractured, unloaded");
  EXPECT_DOUBLE_EQ(r->restored_fraction.value(), 1.5 / 4.5);
  EXPECT_DOUBLE_EQ(r->lost_on_deflation_fraction, 0.5 / 2.5);
}

TEST(restoration, a_fracture_that_was_there_from_the_start_has_no_restored_fraction) {
  auto stations = procedure();
  stations.erase("fractured");
  const auto r = restoration(stations, "prone", heights(20, 18));
  ASSERT_TRUE(r);
  EXPECT_FALSE(r->restored_fraction || r->restored_middle_fraction);
  EXPECT_DOUBLE_EQ(r->lost_on_deflation_fraction, 0.25);
}

TEST(restoration, a_later_station_of_the_same_name_does_not_move_the_base) {
  auto stations = procedure();
  stations["prone"] = heights(21.5, 20); // laid prone again after the lift
  EXPECT_DOUBLE_EQ(restoration(stations, "prone", heights(20, 18))->restored_fraction.value(), 1.5 / 4);
}

TEST(restoration, needs_the_stations_of_a_balloon) {
  auto stations = procedure();
  stations.erase("deflated");
  EXPECT_FALSE(restoration(stations, "prone", heights(20, 18)));
  EXPECT_FALSE(restoration(procedure(), "intact", {}));
  EXPECT_FALSE(restoration(procedure(), "", {}));
}

} // namespace
} // namespace kypho
