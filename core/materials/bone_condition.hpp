#pragma once
// Diseases and drugs that leave spongy bone weaker than its density says, as named sets of shares: what is left of the
// modulus, the strength and the strength after the peak that healthy bone of the same density has.
#include <string>
#include <string_view>
#include <vector>

namespace kypho {

struct BoneCondition {
  struct Share {
    double value, low, high; ///< the range is for studies
  };
  std::string name, meaning, source;
  Share modulus, strength;
  Share residual;             ///< of the strength that buckled trabeculae keep: below 1 for brittle bone
  std::string shares() const; ///< "modulus 0.7 (0.7 to 0.97), ..."
};

/// One entry per condition in bone_condition.cpp; the first one, healthy bone, is the default.
const std::vector<BoneCondition>& bone_condition_catalog();
std::vector<std::string> bone_condition_names();
const BoneCondition& find_bone_condition(std::string_view name); ///< @throws InputError naming the nearest

} // namespace kypho
