#include "mesh/calculix.hpp"
#include "core/base/errors.hpp"
#include "mesh/fe_builder.hpp"
#include "mesh/inp_writer.hpp"
#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <iterator>
#include <numeric>
#include <optional>
#include <spawn.h>
#include <sstream>
#include <sys/wait.h>
#include <unistd.h>

namespace kypho {
namespace {

namespace fs = std::filesystem;

std::optional<fs::path> find_ccx() {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path ? path : "");
  for (std::string folder; std::getline(folders, folder, ':');)
    if (const fs::path file = fs::path(folder) / "ccx"; fs::is_regular_file(file) && access(file.c_str(), X_OK) == 0)
      return fs::absolute(file);
  return {};
}

/// Triangles that only mark a surface have no section, which CalculiX would refuse.
FeModel without_bare_triangles(const FeModel& model) {
  std::vector<bool> has_section(element_count(model), false);
  for (const FeSection& s : model.sections)
    for (const int e : model.element_sets.at(s.element_set)) has_section[e] = true;
  std::vector<int> place(has_section.size(), -1);
  FeModel out = model;
  out.blocks.clear();
  int kept = 0;
  for (int e = 0; e < static_cast<int>(place.size()); ++e) {
    const ElementView view = element(model, e);
    if (face_count(view.kind) == 2 && !has_section[e]) continue;
    if (out.blocks.empty() || out.blocks.back().kind != view.kind) out.blocks.push_back({view.kind, {}, {}});
    out.blocks.back().ids.push_back(view.id);
    out.blocks.back().nodes.insert(out.blocks.back().nodes.end(), view.nodes.begin(), view.nodes.end());
    place[e] = kept++;
  }
  for (auto& [name, set] : out.element_sets) {
    std::erase_if(set, [&](int e) { return place[e] < 0; });
    for (int& e : set) e = place[e];
  }
  for (auto& [name, faces] : out.surfaces) {
    std::erase_if(faces, [&](const ElementFace& f) { return place[f.element] < 0; });
    for (ElementFace& f : faces) f.element = place[f.element];
  }
  for (const FeStep& step : model.steps)
    for (const SurfacePressure& p : step.pressures)
      if (out.surfaces.at(p.surface).size() != model.surfaces.at(p.surface).size())
        throw InputError(fmt::format("surface {}: a pressure acts on triangles that have no section", p.surface));
  return out;
}

std::vector<std::string> environment_with(int threads) {
  std::vector<std::string> all;
  for (char** entry = environ; *entry; ++entry)
    if (const std::string_view text = *entry; !text.starts_with("OMP_NUM_THREADS=") && !text.starts_with("CCX_NPROC"))
      all.emplace_back(text);
  all.push_back(fmt::format("OMP_NUM_THREADS={}", threads));
  return all;
}

/// Runs `ccx model` in the folder, output to ccx.log. Returns the status of waitpid.
int run_in(const fs::path& folder, const fs::path& ccx, int threads) {
  std::vector<std::string> environment = environment_with(threads);
  std::vector<char*> pointers;
  for (std::string& entry : environment) pointers.push_back(entry.data());
  pointers.push_back(nullptr);
  std::string program = ccx.string(), job = "model";
  char* arguments[] = {program.data(), job.data(), nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "ccx.log", O_WRONLY | O_CREAT | O_TRUNC, 0644);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  pid_t child = 0;
  const int failed = posix_spawn(&child, program.c_str(), &actions, nullptr, arguments, pointers.data());
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) throw BackendError(fmt::format("ccx cannot be started: {}", std::strerror(failed)));
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

/// The last line in which ccx reports an error, with the one that goes on from it; without one the last line of all.
std::string last_message(const fs::path& folder) {
  std::istringstream lines(read_text(folder / "ccx.log"));
  std::string last, error;
  bool goes_on = false;
  for (std::string line; std::getline(lines, line);) {
    line.erase(0, std::min(line.find_first_not_of(" \t"), line.size()));
    if (line.starts_with("*ERROR"))
      error = line;
    else if (goes_on && !line.empty())
      error += " " + line;
    goes_on = line.starts_with("*ERROR");
    if (!line.empty()) last = line;
  }
  return error.empty() ? last : error;
}

/// The last block of each kind: "displacements (vx,vy,vz) for set NALL and time 1.0", then id and three numbers.
CalculixResult read_table(const fs::path& file, const FeModel& model, double end) {
  CalculixResult result;
  std::vector<Vec3>* target = nullptr;
  double time = 0;
  std::istringstream lines(read_text(file));
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::vector<std::string> fields(std::istream_iterator<std::string>(words), {});
    if (fields.empty()) continue;
    if (fields[0] == "displacements" || fields[0] == "forces") {
      target = fields[0] == "forces" ? &result.force : &result.displacement;
      target->assign(model.nodes.size(), Vec3::Zero());
      time = parse_real(fields.back()).value_or(0);
      continue;
    }
    const auto id = parse_int(fields[0]);
    const auto at = std::lower_bound(model.node_ids.begin(), model.node_ids.end(), id.value_or(0));
    if (!target || fields.size() != 4 || !id || at == model.node_ids.end() || *at != *id)
      throw BackendError(fmt::format("{}: ccx wrote a line that is not understood: {}", file.string(), line));
    for (int axis = 0; axis < 3; ++axis) {
      const auto value = parse_real(fields[1 + axis]);
      if (!value) throw BackendError(fmt::format("{}: ccx found no finite solution: {}", file.string(), line));
      (*target)[at - model.node_ids.begin()][axis] = *value;
    }
  }
  if (result.displacement.empty() || result.force.empty() || std::abs(time - end) > 1e-5 * end)
    throw BackendError(fmt::format("ccx came to time {} of {}: {}", time, end, last_message(file.parent_path())));
  return result;
}

} // namespace

bool calculix_available() { return find_ccx().has_value(); }

CalculixResult run_calculix(const FeModel& model, const fs::path& folder, int threads) {
  const auto ccx = find_ccx();
  if (!ccx) throw BackendError("ccx is not found on the PATH; it comes with the package calculix-ccx");
  fs::create_directories(folder);
  fs::remove(folder / "model.dat");
  write_inp(without_bare_triangles(model), folder / "model.inp");
  const int status = run_in(folder, *ccx, threads);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    throw BackendError(fmt::format("ccx failed: {}", last_message(folder)));
  if (!fs::is_regular_file(folder / "model.dat"))
    throw BackendError(fmt::format("ccx left no results: {}", last_message(folder)));
  const double end = std::accumulate(model.steps.begin(), model.steps.end(), 0.0,
                                     [](double t, const FeStep& s) { return t + s.total; });
  return read_table(folder / "model.dat", model, end);
}

} // namespace kypho
