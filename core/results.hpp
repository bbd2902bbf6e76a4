#pragma once
// What a run hands out while it goes on. viz/ and scenarios/ implement sinks; the core knows no file format.
#include "core/fem/tet_mesh.hpp"
#include <map>
#include <optional>

namespace kypho {

/// One scalar or vector per node, tetrahedron or facet, with its unit.
struct Field {
  std::string name; ///< "displacement", "equivalent_plastic_strain", "temperature", ...
  std::string unit; ///< "mm", "1", "degC", "MPa", "mg/cm3"
  int components = 1;
  std::vector<double> values;
};

/// One moment of the run. Pointers are valid during the call only.
struct Frame {
  std::string stage;      ///< stage kind, "inflate"
  int stage_ordinal = 1;  ///< first, second, ... stage of that kind
  int stage_index = 0;    ///< place in the scenario
  double pseudo_time = 0; ///< 0..1 within the stage
  bool last_of_stage = false;
  const TetMesh* mesh = nullptr;
  const std::vector<Vec3>* positions = nullptr; ///< current node positions, mm
  std::vector<Field> node_fields, tet_fields, facet_fields;
  std::map<std::string, double> scalars; ///< "anterior_height_mm", "pressure_left_mpa", ...: also rows of history.csv
};

class ResultSink {
public:
  virtual ~ResultSink() = default;
  virtual void frame(const Frame& frame) = 0;
};

} // namespace kypho
