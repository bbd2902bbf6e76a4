#pragma once
// Runs of the program that rows compare: a case written in code, on a coarse mesh with few steps, all else by default.
#include "core/fem/tet_mesh.hpp"
#include "core/measures.hpp"
#include "scenarios/scenario.hpp"
#include <string>
#include <vector>

namespace kypho::validate {

/// A case: anatomy and stages; [mesh] and [solver] are those of scenarios/cases/l1_quick.toml.
class Case {
public:
  Case(const std::string& level, double bmd) : level_(level), bmd_(bmd) {}
  /// Adds a stage. @param keys lines of TOML, "preload = \"0 N\""
  Case& stage(const std::string& kind, const std::vector<std::string>& keys = {});
  /// Another edge length of the body's elements, mm.
  Case& edge(double mm);
  std::string text() const;
  Scenario scenario() const;
  /// Runs it and says so on standard output. @throws what run() throws
  Measures run() const;

private:
  std::string level_, stages_;
  double bmd_, edge_ = 3;
};

std::string quoted(const std::string& key, double value, const std::string& unit); ///< preload = "110 N"

/// The intact mesh of @p scenario.
TetMesh intact_mesh(const Scenario& scenario);
/// Area of a surface seen along the body's axis, mm2.
double projected_area(const TetMesh& mesh, Surface surface);
/// Anterior, middle height and wedge at a station against another one.
struct Change {
  double anterior_mm = 0, middle_mm = 0, wedge_deg = 0; ///< later minus earlier
};
Change change(const Measures& m, const std::string& earlier, const std::string& later);

} // namespace kypho::validate
