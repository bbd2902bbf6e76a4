#include "core/base/errors.hpp"
#include "scenarios/check.hpp"
#include <gmock/gmock.h>
#include <sstream>

using namespace kypho;

namespace {

/// What check_order says about stages written as "access:left inflate:stent_15 deflate", "" if nothing.
std::string objection(const std::string& kinds) {
  Scenario scenario;
  std::stringstream stream(kinds);
  for (std::string kind; stream >> kind;) {
    const std::size_t colon = kind.find(':');
    Params params;
    const bool access = kind.starts_with("access");
    if (access) params.set("pedicles", colon == kind.npos ? std::string("both") : kind.substr(colon + 1));
    if (!access && colon != kind.npos) params.set("device", kind.substr(colon + 1));
    scenario.stages.push_back({kind.substr(0, colon), 1, params, "case.toml:1"});
  }
  try {
    check_order(scenario);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

} // namespace

TEST(order, any_procedure_that_a_surgeon_could_follow_is_accepted) {
  for (const char* kinds :
       {"load", "load fracture load posture access inflate deflate inject cure load", "posture access inject cure load",
        "posture access inflate", "fracture posture", "access inflate deflate inflate deflate inject cure load",
        "access:left access:right inflate", "access expand deflate inject cure load",
        "access inflate posture deflate load", "access curette inflate deflate inject",
        "access inflate:ibt_15_3 deflate curette inflate"})
    EXPECT_EQ(objection(kinds), "") << kinds;
}

TEST(order, each_impossible_order_is_refused_with_its_reason) {
  const std::vector<std::pair<const char*, const char*>> cases{
      {"inflate", "stage.inflate: needs an earlier access"},
      {"fracture inject", "stage.inject: needs an earlier access"},
      {"access deflate", "stage.deflate: needs an earlier inflate"},
      {"access inflate deflate deflate", "stage.deflate: needs an earlier inflate"},
      {"access cure", "stage.cure: needs an earlier inject"},
      {"access inflate inject", "the device is still in the cavity"},
      {"access inflate load", "the device is still in the cavity"},
      {"access inject load", "the cement is still fluid"},
      {"access inject inflate", "stage.inflate: must come before inject"},
      {"access inject cure inject", "stage.inject: is done once"},
      {"access inflate inflate", "stage.inflate: needs a deflate first"},
      {"access inflate expand", "stage.expand: needs a deflate first"},
      {"expand", "stage.expand: needs an earlier access"},
      {"curette", "stage.curette: needs an earlier access"},
      {"access inflate curette", "stage.curette: must come before inflate or expand"},
      {"access expand:jack_50 deflate curette", "stage.curette: must come before a device that stays"},
      {"access inflate:stent_15 deflate curette", "stage.curette: must come before a device that stays"},
      {"access inject curette", "stage.curette: must come before inject"},
      {"posture fracture", "stage.fracture: must come before posture"},
      {"access access:left", "stage.access: the left pedicle is drilled already"},
      {"access fracture", "stage.fracture: must come before access"},
      {"access inject cure access", "stage.access: must come before inject"}};
  for (const auto& [kinds, reason] : cases) EXPECT_THAT(objection(kinds), testing::HasSubstr(reason)) << kinds;
}
