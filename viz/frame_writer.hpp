#pragma once
// Writes the moments of a run as files that ParaView and the program's own pictures read back.
//
//   DIR/frames/0003_inflate.vtu          tetrahedra, current positions; node and tetrahedron fields
//   DIR/frames/0003_inflate_surface.vtp  boundary facets (only the nodes that they use); node and facet fields
//   DIR/frames/index.json                what each frame is, its scalars and fields (see run_folder.hpp)
//   DIR/frames.pvd                       time = stage_index + pseudo_time; part 0 the solid, part 1 the surface
//
// Arrays carry their unit in the name, "temperature [degC]"; pure numbers have none. Always there: node field
// "displacement [mm]" (from the intact vertebra), tetrahedron fields "region" and "bmd [mg/cm3]", facet field
// "surface". Each file appears whole (temporary name, then rename). Same frames, same bytes.
#include "core/results.hpp"
#include <filesystem>
#include <memory>

namespace kypho {

class FrameWriter : public ResultSink {
public:
  /// Creates DIR/frames. Frames that lie there are removed, but those of stages before @p first_stage (the place in
  /// the scenario from which a run is taken up again) are kept and continued.
  /// @throws LimitReached if the folder cannot be written
  explicit FrameWriter(std::filesystem::path run_dir, int first_stage = 0);
  ~FrameWriter() override;
  /// A frame of the same stage with a smaller pseudo-time than before withdraws the later ones: the stage began again.
  /// @throws std::logic_error if a field's size does not fit the mesh; LimitReached if the disk takes no more
  void frame(const Frame& frame) override;

private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

} // namespace kypho
