#pragma once
// What published measurements say about the figures of a run, as data. Bands are mean +- 1 SD unless stated; only
// figures whose source was seen, or that follow from such figures by a stated computation, are listed.
#include <string>
#include <vector>

namespace kypho {

struct LiteratureBand {
  std::string measure;      ///< key of the figure, "balloon.pressure"; see figures_of in detail/figures.hpp
  double low = 0, high = 0; ///< in the unit of the figure; equal ends: one value, not a band
  std::string text;         ///< "0.66-1.04 MPa"
  std::string condition;    ///< what was measured, and how it differs from the run
  std::string source;       ///< short name
  bool limit = false;       ///< an upper limit rather than a band
};

const std::vector<LiteratureBand>& literature();
/// Those of one figure, in the order of the list.
std::vector<LiteratureBand> literature_of(const std::string& measure);

} // namespace kypho
