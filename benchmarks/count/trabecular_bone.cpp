// The law's source is included for its kernel; its entry for the catalog stays that of the library.
#define trabecular_bone_law trabecular_bone_law_that_is_counted
#include "core/materials/trabecular_bone.cpp"
#undef trabecular_bone_law
#include "benchmarks/count/counted_kernel.hpp"

namespace kypho::count {

LawCount trabecular_bone(const Params& params, const Mat3& F) { return counted(TrabecularBone(params), F); }

} // namespace kypho::count
