#include "core/base/errors.hpp"
#include "core/base/units.hpp"
#include <gmock/gmock.h>
#include <random>

using namespace kypho;
using testing::HasSubstr;

namespace {

std::string message_of(std::string_view text, Dimension expected) {
  try {
    parse_quantity(text, expected);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

} // namespace

TEST(units, clinical_pressures_become_megapascal) {
  EXPECT_NEAR(parse_quantity("220 psi", Dimension::pressure), 1.516847, 1e-6); // NIST SP 811: 1 psi = 6.894757 kPa
  EXPECT_DOUBLE_EQ(parse_quantity("1 atm", Dimension::pressure), 0.101325);
  EXPECT_DOUBLE_EQ(parse_quantity("10 bar", Dimension::pressure), 1.0);
  EXPECT_NEAR(parse_quantity("760 mmHg", Dimension::pressure), 0.101325, 1e-7);
}

TEST(units, spellings_of_the_same_unit_mean_the_same) {
  EXPECT_EQ(parse_quantity("2.4 mL", Dimension::volume), parse_quantity("2.4 cm\u00b3", Dimension::volume));
  EXPECT_EQ(parse_quantity("75 mg/cm3", Dimension::density), parse_quantity("75mg/cm\u00b3", Dimension::density));
  EXPECT_EQ(parse_quantity("37 degC", Dimension::temperature), parse_quantity("37 \u00b0C", Dimension::temperature));
  EXPECT_EQ(parse_quantity("0.4 W/(m K)", Dimension::conductivity),
            parse_quantity("0.4 W/(m\u00b7K)", Dimension::conductivity));
  EXPECT_EQ(parse_quantity("350 um", Dimension::length), parse_quantity("350 \u00b5m", Dimension::length));
}

TEST(units, temperatures_have_an_offset) { EXPECT_NEAR(parse_quantity("310.15 K", Dimension::temperature), 37, 1e-12); }

TEST(units, one_name_may_serve_two_dimensions) {
  EXPECT_DOUBLE_EQ(parse_quantity("1.2 g/cm3", Dimension::mass_density), 1200);
  EXPECT_DOUBLE_EQ(parse_quantity("0.1 g/cm3", Dimension::density), 100);
  EXPECT_DOUBLE_EQ(parse_quantity("3 N/mm", Dimension::line_tension), 3);
}

TEST(units, a_wrong_kind_of_unit_is_refused_with_what_is_allowed) {
  EXPECT_THAT(message_of("75 mm", Dimension::density),
              HasSubstr("'75 mm' is a length; it must be a mineral density in mg/cm3"));
  EXPECT_THAT(message_of("75", Dimension::length), HasSubstr("has no unit; it must be a length in mm, cm"));
  EXPECT_THAT(message_of("3 mm", Dimension::none), HasSubstr("pure number"));
}

TEST(units, a_misspelt_unit_is_refused_with_the_nearest) {
  EXPECT_THAT(message_of("220 pis", Dimension::pressure), HasSubstr("did you mean 'psi'?"));
  EXPECT_THROW(find_unit("mg/cm4"), InputError);
}

TEST(units, text_that_is_no_number_is_refused) {
  for (const char* text : {"", "mm", "nan mm", "inf mm", "1e999 mm", "1,5 mm", "--3 mm", "+-3 mm"})
    EXPECT_FALSE(message_of(text, Dimension::length).empty()) << text;
}

TEST(units, a_written_quantity_reads_back_to_the_same_double) {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> exponent(-6, 6);
  for (const Unit& unit : units()) {
    if (&find_unit(unit.name) != &unit) continue;
    for (int i = 0; i < 200; ++i) {
      const double value = std::pow(10.0, exponent(random));
      const std::string text = format_quantity(value, unit.name);
      EXPECT_EQ(parse_quantity(text, unit.dimension), value) << text;
    }
  }
}

TEST(units, a_quantity_is_written_with_the_fewest_digits) {
  for (const char* text :
       {"220 psi", "2.4 mL", "0.35 mm", "75 mg/cm3", "17 %", "30 deg", "10 min", "100000 N", "36.6 degC"}) {
    const std::string name = std::string(text).substr(std::string(text).find(' ') + 1);
    EXPECT_EQ(format_quantity(parse_quantity(text, find_unit(name).dimension), name), text);
  }
}
