#pragma once
// What each stage's file hands to the catalog in stage.cpp.
#include "scenarios/stages/stage.hpp"

namespace kypho {

StageInfo fracture_stage();
StageInfo posture_stage();
StageInfo access_stage();
StageInfo curette_stage();
StageInfo inflate_stage();
StageInfo expand_stage();
StageInfo deflate_stage();
StageInfo inject_stage();
StageInfo cure_stage();
StageInfo load_stage();

} // namespace kypho
