#include "core/base/errors.hpp"
#include "core/base/nearest.hpp"
#include "core/base/params.hpp"
#include <gmock/gmock.h>

using namespace kypho;
using testing::HasSubstr;

namespace {

ParamSpec list_spec() {
  ParamSpec spec = quantity("edges", "mm", "1 mm, 2.5 mm", 0.1, 10, "edge lengths");
  spec.kind = ParamKind::quantity_list;
  return spec;
}

std::string message_of(const ParamSpec& spec, std::string_view text) {
  try {
    parse_param(spec, text);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

const ParamSpec bmd = quantity("bmd", "mg/cm3", "75 mg/cm3", 10, 400, "density");

} // namespace

TEST(params, defaults_are_read_in_internal_units) {
  const Params params({quantity("limit", "psi", "400 psi", 0, 700, ""), quantity("share", "%", "15 %", 0, 100, ""),
                       integer("steps", 4, 1, 9, ""), flag("on", true, ""),
                       choice("side", "left", {"left", "right"}, ""), text("note", "a", ""), path("file", ""),
                       list_spec()});
  EXPECT_NEAR(params.number("limit"), 2.757903, 1e-6);
  EXPECT_DOUBLE_EQ(params.number("share"), 0.15);
  EXPECT_EQ(params.integer("steps"), 4);
  EXPECT_TRUE(params.flag("on"));
  EXPECT_EQ(params.text("side"), "left");
  EXPECT_FALSE(params.has("file"));
  EXPECT_EQ(params.numbers("edges"), (std::vector<double>{1, 2.5}));
}

TEST(params, an_undeclared_name_is_a_programming_error) {
  EXPECT_THROW(Params({bmd}).number("bmb"), std::logic_error);
  EXPECT_THROW(Params({bmd}).text("bmd"), std::logic_error);
}

TEST(params, a_default_outside_its_own_range_is_a_programming_error) {
  EXPECT_THROW(Params({quantity("bmd", "mg/cm3", "5 mg/cm3", 10, 400, "")}), std::logic_error);
}

TEST(params, the_range_holds_in_any_unit_and_includes_its_ends) {
  EXPECT_EQ(std::get<double>(parse_param(bmd, "0.4 g/cm3")), 400);
  EXPECT_EQ(std::get<double>(parse_param(bmd, "10 mg/cm3")), 10);
  EXPECT_THAT(message_of(bmd, "0.41 g/cm3"), HasSubstr("bmd: '0.41 g/cm3' is out of range; allowed 10 to 400 mg/cm3"));
  EXPECT_THAT(message_of(bmd, "-75 mg/cm3"), HasSubstr("out of range"));
}

TEST(params, each_kind_refuses_what_it_is_not) {
  EXPECT_THAT(message_of(integer("n", 1, 0, 9, ""), "1.5"), HasSubstr("not a whole number; allowed 0 to 9"));
  EXPECT_THAT(message_of(integer("n", 1, 0, 9, ""), "10"), HasSubstr("out of range"));
  EXPECT_THAT(message_of(flag("on", true, ""), "yes"), HasSubstr("neither true nor false"));
  EXPECT_THAT(message_of(choice("side", "left", {"left", "right"}, ""), "rigth"), HasSubstr("did you mean 'right'?"));
  EXPECT_THAT(message_of(list_spec(), "1 mm, 20 mm"), HasSubstr("'20 mm' is out of range"));
  EXPECT_THAT(message_of(list_spec(), "1 mm,, 2 mm"), HasSubstr("begin with a number"));
}

TEST(params, a_written_value_reads_back) {
  EXPECT_EQ(format_param(bmd, 75.0), "\"75 mg/cm3\"");
  EXPECT_EQ(format_param(quantity("x", "", "1", 0, 9, ""), 0.25), "0.25");
  EXPECT_EQ(format_param(list_spec(), parse_param(list_spec(), "[\"1 mm\", \"2.5 mm\"]")), "[\"1 mm\", \"2.5 mm\"]");
  EXPECT_EQ(format_param(text("t", "", ""), std::string("a \"b\" \\ c\n")), R"("a \"b\" \\ c\n")");
}

TEST(nearest, finds_slips_of_the_keyboard_and_nothing_far_off) {
  const std::vector<std::string> names{"pressure_limit", "volume_limit", "device", "side"};
  EXPECT_EQ(nearest_name("presure_limit", names), "pressure_limit");
  EXPECT_EQ(nearest_name("Pressure-Limit", names), "pressure_limit");
  EXPECT_EQ(nearest_name("sied", names), "side");
  EXPECT_EQ(nearest_name("devise", names), "device");
  EXPECT_EQ(nearest_name("zzz", names), "");
  EXPECT_EQ(nearest_name("", names), "");
}
