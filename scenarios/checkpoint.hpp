#pragma once
// DIR/checkpoint/03_inflate.h5: the whole state of a run after its third stage, with what led to it, so that the run can be
// taken up from there, bit for bit. What led to it is kept as a text: every key up to that stage, with its defaults, and the
// digests of the input files. A checkpoint fits a case whose text is the same. How each stage was solved, engine and accuracy
// in [solver], is kept apart: where it is asked for, a case that solves otherwise may go on from there.
#include "core/base/archive.hpp"
#include "scenarios/scenario.hpp"

namespace kypho {

class Checkpoints {
public:
  /// @throws InputError if an input file of the case cannot be read
  Checkpoints(std::filesystem::path run_dir, const Scenario& scenario);

  /// Adds what led to the state and writes the file, whole. @throws LimitReached if the disk takes no more
  void write(int stages_done, Archive& state) const;
  /// How many leading stages of the case the folder holds. @throws InputError for a file that is damaged or of another
  /// version, or if all come from a case that differs before its first stage
  int stages_held() const;
  /// @throws InputError if the file is missing, damaged, of another version, or of a case that differs: says where
  Archive read(int stages_done, bool may_be_solved_otherwise = false);
  /// Of what was read: "load[1]: engine = "auto", increments = 60" per stage that was solved otherwise than the case says.
  std::vector<std::string> solved_otherwise() const;
  /// Whether the last stage that was read is one of them.
  bool switched() const;
  /// Removes those after more than @p stages_done.
  void remove_beyond(int stages_done) const;

private:
  std::filesystem::path file(int stages_done) const;

  std::filesystem::path dir_;
  std::vector<std::string> names_;   ///< by number of stages done, "03_inflate.h5"; the first is not used
  std::vector<std::string> origins_; ///< likewise; the first is what precedes all stages
  std::vector<std::string> labels_;  ///< of the stages, "load[1]"
  std::vector<std::string> solved_;  ///< of the stages that were read, the lines of [solver]
};

/// Place of "inflate" (the first of its kind) or "inflate[2]" in the case. @throws InputError naming the stages
int find_stage_place(const Scenario& scenario, const std::string& address);

/// "[mesh] edge_length = "4 mm" there, edge_length = "3 mm" here"
std::string first_difference(const std::string& there, const std::string& here);

} // namespace kypho
