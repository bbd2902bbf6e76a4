#pragma once
// `kyphosim compare FILE -o DIR`: several treatments of one fractured vertebra, side by side.
//
//   DIR/cases/*.toml      the shared stages, and the whole case of each arm, with every default
//   DIR/common/           run folder of the shared stages, computed once
//   DIR/<arm>/            run folder of each arm, taken up from the last state of common/
//   DIR/compare.json      the figures side by side; also of a comparison that was broken off
//   DIR/compare.csv       the same, one row per arm
//   DIR/compare.html, DIR/strip.png   by the pictures' room
#include "scenarios/run_command.hpp"

namespace kypho {

/// @throws InputError before anything is run; what broke the shared stages off; Interrupted; NotConverged if an arm
/// failed, whatever its reason: the others are complete then, and all files written
void compare_command(const CommandLine& command, const Pictures& pictures);

} // namespace kypho
