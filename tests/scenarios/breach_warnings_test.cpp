#include "core/materials/catalog.hpp"
#include "scenarios/stages/aim.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <numbers>

namespace kypho {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// The parametric L1 on a coarse mesh.
const Model& vertebra() {
  static const std::unique_ptr<Model> model = [] {
    const auto solid = [](const char* law) {
      return std::shared_ptr<const Material>(find_law(law).make(Params(find_law(law).specs)));
    };
    const std::shared_ptr<const ShellLaw> shell(
        find_law("cortical_shell").make_shell(Params(find_law("cortical_shell").specs)));
    Params mesh(mesh_specs());
    mesh.set("edge_length", 3.0);
    mesh.set("posterior_edge_length", 2.5);
    const auto anatomy = make_anatomy(Params(anatomy_specs()));
    return make_model(mesh_anatomy(*anatomy, mesh), anatomy->landmarks(),
                      {solid("trabecular_bone"), solid("compact_solid"), solid("bone_cement"), shell, shell, shell});
  }();
  return *model;
}

std::vector<std::string> warnings(int side, const Aim& aim) {
  return breach_warnings(vertebra(), side, aim_through_pedicle(vertebra(), side, aim));
}

double radians(double degrees) { return degrees * std::numbers::pi / 180; }

TEST(breach_warnings, are_none_for_the_usual_aim) {
  for (const int side : {+1, -1}) EXPECT_THAT(warnings(side, {}), IsEmpty()) << side;
}

TEST(breach_warnings, name_side_wall_and_length_of_a_wide_channel_that_is_too_medial) {
  Aim aim;
  aim.axial_angle = radians(50);
  aim.radius = 3;
  aim.sagittal_angle = 0;
  EXPECT_THAT(warnings(+1, aim),
              Contains(AllOf(HasSubstr("the left channel"), HasSubstr("into the canal over"), HasSubstr(" mm"))));
  EXPECT_THAT(warnings(-1, aim), Contains(AllOf(HasSubstr("the right channel"), HasSubstr("into the canal over"))));
}

TEST(breach_warnings, name_the_endplate_under_a_channel_that_is_too_flat) {
  Aim aim;
  aim.axial_angle = radians(10);
  aim.sagittal_angle = radians(-14);
  aim.tip_to_cortex = 1;
  EXPECT_THAT(warnings(+1, aim), Contains(HasSubstr("the upper endplate")));
}

} // namespace
} // namespace kypho
