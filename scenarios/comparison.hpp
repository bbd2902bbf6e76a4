#pragma once
// A comparison file: several treatments, the arms, of one fractured vertebra.
//
//   title = "..."
//   case = "../cases/l1_wedge_bipedicular.toml"   the vertebra, and the stages that all arms share
//   until = "posture"                             last of these; the one before the first access if not given
//   [[arm]]                                       what follows is one of three:
//   name = "vertebroplasty"
//   case = "../cases/l1_wedge_vertebroplasty.toml"   the stages of this case after the shared ones
//   [[arm.stage]]                                    or these stages, written as in a case
//                                                    or neither: the common case goes on
//   [arm.set]                                     keys that differ in this arm
//   "stage.inflate.volume" = "3 mL"
#include "core/base/errors.hpp"
#include "scenarios/scenario.hpp"

namespace kypho {

struct Arm {
  std::string name;
  std::string place;  ///< "arms.toml:7: arm 'two balloons'", for messages
  std::string folder; ///< name made fit for a folder, "two_balloons"
  Scenario scenario;  ///< the whole case: shared stages, then those of the arm
};

struct Comparison {
  std::string title;
  std::filesystem::path file;
  Scenario common; ///< the shared stages only
  std::vector<Arm> arms;
  std::vector<std::string> notes; ///< what an arm's case says of the vertebra is not taken

  int shared_stages() const { return static_cast<int>(common.stages.size()); }
  /// Station to which the arms are compared: that of the last shared posture or fracture, "intact" without.
  std::string reference_station() const;

  /// @param overrides of --set, for every arm that has such a stage
  /// @throws InputError "arms.toml:12: ..." for whatever is wrong in the file, in the cases that it names, or with an arm:
  /// all is checked but what depends on the anatomy
  static Comparison read(const std::filesystem::path& file, const std::vector<std::string>& overrides = {});
};

/// Names the arm in a message that points to a case, which other arms may share. @param file of the comparison
InputError of_arm(const InputError& error, const std::string& place, const std::filesystem::path& file);

} // namespace kypho
