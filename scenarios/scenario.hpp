#pragma once
// One case as read from a TOML file: plain data, complete, checked, no behaviour.
#include "core/base/params.hpp"
#include <filesystem>
#include <map>

namespace kypho {

struct Document; // scenarios/document.hpp

struct StageSpec {
  std::string kind;
  int ordinal = 1; ///< first, second, ... of its kind
  Params params;
  std::string place; ///< "case.toml:41", for messages
};

struct MaterialSpec {
  std::string law;
  Params params;
};

/// Every default is written back to the run's echo file, so a result can be repeated from it.
struct Scenario {
  std::string title;
  std::filesystem::path file; ///< where it was read from
  std::string sha256;         ///< of the echo text: two files that mean the same have the same hash
  long seed = 1;
  Params anatomy, mesh, solver;
  std::map<std::string, MaterialSpec> materials; ///< by tissue: trabecular, cortex, endplate, posterior, ...
  std::string cement;                            ///< catalog name
  Params cement_params;
  std::vector<StageSpec> stages;

  /// @param overrides "stage.posture.preload=250 N"
  /// @throws InputError "case.toml:41: materials.trabecular.density: ... allowed ..., did you mean ...?"
  static Scenario read(const std::filesystem::path& file, const std::vector<std::string>& overrides = {});
  /// Checks what stands in a file already read. @throws InputError likewise
  static Scenario of(const Document& document);
  /// The whole scenario with every default, as TOML.
  std::string echo() const;
  /// The same with the first @p stages only, without title, and input files by name only: what decides on the state that
  /// those stages leave behind.
  std::string echo_until(int stages) const;
};

/// "load[2]"
std::string stage_name(const StageSpec& stage);

} // namespace kypho
