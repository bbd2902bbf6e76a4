#pragma once
// Procedures drawn at random: one file of keys, and what is drawn as overrides of it, so that one line repeats a case.
#include <string>
#include <vector>

namespace kypho::robustness {

struct DrawnProcedure {
  int number = 0;
  std::vector<std::string> overrides; ///< "stage.inflate.volume=2.35 mL", of procedure_file()
  std::string words;                  ///< the same in a few words, for a table
};

/// Every case is one that a scenario may ask for: volumes that the balloon holds, balloons that fit the body.
DrawnProcedure draw_procedure(unsigned seed, int number);

std::string procedure_file();
/// "0037"
std::string case_name(const DrawnProcedure& procedure);
/// What to type for it. @param dir folder of the run
std::string run_line(const DrawnProcedure& procedure, const std::string& dir);

} // namespace kypho::robustness
