#pragma once
// The commands of the program and their options, read from argv. What they do is in main.cpp and run_command.hpp.
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace kypho {

/// What follows `kyphosim bench`.
struct BenchArguments {
  std::vector<std::string> suites, cases, backends;
  std::string against;             ///< "peers", or empty
  std::vector<int> threads, sizes; ///< empty: one thread per processor; the sizes of the suite
  std::vector<int> orders = {1, 2};
  bool large = false, compare = false;
  int repeat = 3;
  std::uint64_t memory_limit = 0; ///< bytes; 0: what is free
  double time_limit_s = 300;
  std::string base, head; ///< of compare
};

struct CommandLine {
  std::string command;                ///< "run", "rerun", "validate", "schema", ...; "" if only help was asked for
  std::filesystem::path file;         ///< case file, or run folder for rerun, view and render, model for convert
  std::vector<std::string> overrides; ///< of --set, in order
  std::filesystem::path output;       ///< run folder, picture for render, model for convert; empty: the default
  std::optional<int> threads;
  bool resume = false;
  std::string from_stage; ///< "inflate", "inflate[2]"; empty: not asked
  std::optional<int> jobs; ///< of compare: arms at a time
  bool dry_run = false, quiet = false, verbose = false, log_json = false;
  std::string topic;     ///< of list
  bool markdown = false; ///< of list
  std::string view, stage, field;
  bool whole = false;             ///< of render: not cut
  std::vector<std::string> cases; ///< of verify; rows of validate-model
  bool quick = false;             ///< of verify and validate-model
  std::string json, page;         ///< of verify, validate-model and bench: files to write
  BenchArguments bench;
};

/// Prints help and version itself. @throws InputError for what it does not understand
CommandLine read_command_line(int argc, const char* const* argv);

/// Number of threads: @p asked (-j), else KYPHOSIM_THREADS, else OMP_NUM_THREADS, else one per processor.
/// @throws InputError if the one that counts is not a whole number from 1 to 1024
int thread_count(const std::optional<int>& asked);

} // namespace kypho
