#pragma once
// measures.json and manifest.json as texts.
#include "core/measures.hpp"
#include "scenarios/scenario.hpp"

namespace kypho {

/// Version of the program, "0.1.0".
const char* version();

/// Keys as in docs/architecture.md, in fixed order; a part that the case has not is null. Doubles have the digits that
/// read back to the same double. What may differ between two runs of the same file is in `run`: threads, wall_s,
/// peak_memory_mb.
std::string measures_json(const Measures& measures, const Scenario& scenario);

/// A file that the case names, and what was in it.
struct InputFile {
  std::string key, name, sha256;
};
std::vector<InputFile> input_files(const Scenario& scenario); ///< @throws InputError if one cannot be read

/// What ran and from what: version, scenario hash, hashes of input files and of the files in @p run_dir, compiler,
/// libraries. Names neither the machine nor a folder.
std::string manifest_json(const Scenario& scenario, const std::filesystem::path& run_dir, const std::string& ending);

/// Whether the folder holds the whole run of this very case, to its end.
bool is_complete(const std::filesystem::path& run_dir, const Scenario& scenario);

} // namespace kypho
