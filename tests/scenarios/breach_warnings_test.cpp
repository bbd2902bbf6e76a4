// What access plans and tells, on the parametric first lumbar vertebra.
#include "core/base/errors.hpp"
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
  return breach_warnings(vertebra(), side, aim_through_pedicle(vertebra(), side, aim), aim);
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

Params access(const std::map<std::string, double>& values, const std::string& approach = "transpedicular") {
  Params p(find_stage("access").specs);
  for (const auto& [key, value] : values) p.set(key, value);
  p.set("approach", approach);
  return p;
}

std::vector<Access> plan(const Params& p, std::vector<std::string>* told = nullptr) {
  return plan_access(vertebra(), p, {}, [&](const std::string& text) {
    if (told) told->push_back(text);
  });
}

std::string refusal(const Params& p) {
  try {
    plan(p);
  } catch (const InputError& error) {
    return error.what();
  }
  return "not refused";
}

TEST(access_plan, passes_the_point_that_it_is_aimed_at) {
  Params p = access({{"target_anterior", 6}, {"target_lateral", 3}, {"target_cranial", 2}});
  p.set("pedicles", std::string("left"));
  const Channel c = plan(p).front().channel;
  const Landmarks& marks = vertebra().landmarks();
  const Vec3 aimed(0.5 * (marks.upper.centre[0] + marks.lower.centre[0]) + 6, 3, 2);
  const Vec3 axis = (c.tip - c.entry).normalized(), way = aimed - c.entry;
  const Vec3 off = way - way.dot(axis) * axis;
  EXPECT_LT(off.head<2>().norm(), 0.5);
  EXPECT_LT(std::abs(off.z()), 2) << "halfway between the endplates is near z = 0";
}

TEST(access_plan, beside_the_pedicle_enters_the_body_further_out_and_leaves_the_pedicle_whole) {
  std::vector<std::string> told;
  const auto beside = plan(access({}, "extrapedicular"), &told), through = plan(access({}));
  ASSERT_EQ(beside.size(), 2u);
  const double isthmus = vertebra().landmarks().left.isthmus.x();
  const auto at_isthmus = [&](const Channel& c) {
    const Vec3 way = c.tip - c.entry;
    return Vec3(c.entry + (isthmus - c.entry.x()) / way.x() * way).y();
  };
  EXPECT_GT(at_isthmus(beside.front().channel), at_isthmus(through.front().channel) + 5);
  for (const std::string& text : told) EXPECT_THAT(text, testing::Not(HasSubstr("canal")));
}

TEST(access_plan, names_the_geometry_of_a_way_outside_the_pedicle) {
  EXPECT_THAT(refusal(access({{"entry_lateral", 9}})), HasSubstr("the line through the left pedicle, by ("));
  EXPECT_THAT(refusal(access({{"entry_lateral", -4.5}})),
              AllOf(HasSubstr("the left channel, from ("), HasSubstr("the way leaves the pedicle")));
}

TEST(access_plan, names_the_place_where_two_channels_meet) {
  const std::string text = refusal(access({{"target_anterior", 3}, {"target_lateral", 0}}));
  EXPECT_THAT(text, AllOf(HasSubstr("right channel"), HasSubstr("meet"), HasSubstr("mm of each other near (")));
}

TEST(access_plan, refuses_a_breach_where_it_is_told_to) {
  Params p = access({{"axial_angle", radians(10)}, {"sagittal_angle", radians(-14)}, {"tip_to_cortex", 1}});
  std::vector<std::string> told;
  plan(p, &told);
  EXPECT_THAT(told, Contains(HasSubstr("the upper endplate")));
  p.set("on_breach", std::string("refuse"));
  EXPECT_THAT(refusal(p), HasSubstr("breaks through the upper endplate"));
}

TEST(access_plan, takes_a_target_or_angles_but_not_both) {
  EXPECT_THAT(refusal(access({{"axial_angle", 0.2}, {"target_lateral", 3}})), HasSubstr("two ways to aim"));
}

} // namespace
} // namespace kypho
