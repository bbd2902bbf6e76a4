#pragma once
// landmarks.json of a run folder: name of a point -> [x, y, z] in mm, anatomical frame, intact state.
#include "core/model/landmarks.hpp"

namespace kypho {

std::string landmarks_json(const Landmarks& landmarks);

} // namespace kypho
