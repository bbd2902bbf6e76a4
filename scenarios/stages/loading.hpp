#pragma once
// Loading through the platens, shared by the stages.
#include "scenarios/stages/context.hpp"

namespace kypho {

/// Bone under loads that stay gives way as it does a minute after it was last strained, 1/s (strain_rate.hpp).
inline double held_rate(const Model& model) { return relaxed_rate(60, model.rate_exponent()); }
inline void hold_loads(Model& model) { model.strain_at(held_rate(model)); }

/// Shear over normal stiffness of the layer between platen and endplate.
inline constexpr double potting_shear_ratio = 0.4;

/// Pose of the upper platen: rises of the anterior and posterior rim, mm (negative: down).
void pose_upper_platen(Model& model, double anterior_rise, double posterior_rise);

/// Frees the upper platen and takes what it carries down to @p load (along +Z, N) and no moments, then waits for rest.
/// @param observe called six times with the pseudo-time in (0, 1]; may be empty
void release_upper_platen(StageContext& context, double load, double effort, double from, double to,
                          std::function<void(double t)> observe = {});

/// Pseudo-time that starts from rest and runs at constant speed after the first tenth: 0 -> 0, 1 -> 1.
double eased(double t);

/// Lets the body come to rest without its platens, and puts them back as they were. @param look at the free body
void with_platens_off(StageContext& context, const std::function<void()>& look);

/// Six unknowns of three nodes far apart that keep a body without platens in its place. What it carries is in balance by
/// itself, so they carry nothing. Corners of elements: the linear level of multigrid knows nothing of middles of edges, and a
/// body that floats there takes rounding for motion.
std::vector<int> anchors(const TetMesh& mesh);

/// After a remeshing, where the state was carried over piece by piece: lets it find its balance again.
void find_balance(StageContext& context);

} // namespace kypho
