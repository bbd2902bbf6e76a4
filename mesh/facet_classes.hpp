#pragma once
// Classes of boundary facets: consistent with the bone behind them, without single stray facets.
#include "core/fem/tet_mesh.hpp"

namespace kypho {

/// Posterior bone shows posterior_cortex, the body cortex or endplates; cavity walls stay what they are.
Surface fit_to_region(Surface surface, Region behind);

/// Evens out the borders between cortex and endplates: a facet whose two or three neighbours agree on another of these
/// classes takes theirs.
void smooth_classes(std::vector<Facet>& facets);

} // namespace kypho
