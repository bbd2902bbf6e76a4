#pragma once
// Whether the stages of a case can be done at all and in this order, before anything is computed.
#include "core/model/landmarks.hpp"
#include "scenarios/scenario.hpp"

namespace kypho {

/// @throws InputError "case.toml:41: stage.inflate: needs an earlier access; ..." for an order that no surgeon could
/// follow: a balloon without a channel, cement around an inflated balloon, a test on cement that has not set, ...
void check_order(const Scenario& scenario);

/// check_order(), and what the cement and each stage find wrong with their values together (more volume than the
/// balloon holds). @throws InputError
void check_case(const Scenario& scenario);

/// Whether channels and balloons fit this vertebra. @throws InputError naming the stage and the lengths that do not fit
void check_fit(const Scenario& scenario, const Landmarks& landmarks);

} // namespace kypho
