#pragma once
// Procedures drawn at random: one file of keys, and what is drawn as overrides of it, so that one line repeats a case.
#include <string>
#include <vector>

namespace kypho::robustness {

struct DrawnProcedure {
  int number = 0;
  std::string file;                   ///< procedure.toml and its sisters: with a curette, with an expander
  std::vector<std::string> overrides; ///< "stage.inflate.volume=2.35 mL", of that file
  std::string words;                  ///< the same in a few words, for a table
};

/// Every case is one that a scenario may ask for: volumes that the balloon holds, devices that fit the body. One in five is a
/// jack or an expander, and in one of four of the others a curette goes before.
DrawnProcedure draw_procedure(unsigned seed, int number);

/// Where the file of @p procedure lies.
std::string procedure_file(const DrawnProcedure& procedure);
/// "0037"
std::string case_name(const DrawnProcedure& procedure);
/// What to type for it. @param dir folder of the run
std::string run_line(const DrawnProcedure& procedure, const std::string& dir);

} // namespace kypho::robustness
