#pragma once
// Pictures of a run without a window: `kyphosim render RUN --view lateral --stage inflate OUT.png`.
#include <filesystem>
#include <string>

namespace kypho {

/// @param view  "lateral" (seen from the left, anterior on the left), "frontal" (seen from the front, the patient's
///              left on the right) or "axial" (seen from below, anterior up, the patient's left on the right)
/// @param stage last frame of the stage: "inflate", "load[2]", place in the scenario "3", "first" or "last"
/// @param field one of the run's fields ("temperature"); empty: the materials in their own colours
/// @param cut   cut by a plane through the body (and through the left cavity where there is one) or whole
/// @throws InputError for an unknown view, stage or field (naming those that exist), BackendError without a display
void render_picture(const std::filesystem::path& run_dir, const std::string& view, const std::string& stage,
                    const std::filesystem::path& out_png, const std::string& field = "", bool cut = true);

} // namespace kypho
