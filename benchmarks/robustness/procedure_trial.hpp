#pragma once
// One drawn procedure, run by `kyphosim run` in a process of its own, and what came of it.
#include "benchmarks/robustness/drawn_procedure.hpp"

#include <filesystem>
#include <optional>

namespace kypho::robustness {

enum class Ending {
  completed, ///< with a sound result
  gave_up,   ///< exit code 3 with a reason: no equilibrium found
  refused,   ///< exit code 2 of access: the drawn way misses the bone or meets the other one, told before any solve
  defect     ///< anything else: another exit code, no reason, a result that is not sound
};
const char* name_of(Ending ending);

struct ProcedureTrial {
  DrawnProcedure drawn;
  Ending ending = Ending::defect;
  int exit_code = 0;  ///< 128 and the signal, if one ended the process
  std::string stage;  ///< the last one begun, where it did not complete
  std::string reason; ///< the program's message, or what is not sound
  std::vector<std::string> warnings;
  double wall_s = 0, cpu_s = 0;
  int elements = 0;
  // At the end, of the mesh that the access has left.
  double least_volume_ratio = 0; ///< of a tetrahedron, present volume over that at meshing
  double bone_lost = 0;          ///< share of the body's volume that was gone after meshing anew, the channels with it
  double pressure_mpa = 0, volume_ml = 0; ///< of the balloon with the highest pressure, at the end of inflation
  double restored = 0;                    ///< share of the lost anterior height
};

/// What the ended process has left in its folder. @param errors what it wrote to standard error
ProcedureTrial read_trial(const DrawnProcedure& drawn, const std::filesystem::path& dir, const std::string& errors,
                          int exit_code);

} // namespace kypho::robustness
