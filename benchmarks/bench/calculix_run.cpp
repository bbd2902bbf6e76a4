#include "benchmarks/bench/calculix_run.hpp"
#include "core/base/errors.hpp"
#include "solvers/linear_pattern.hpp"

#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <map>
#include <sstream>
#include <sys/wait.h>
#include <unistd.h>

namespace kypho::bench {
namespace {

namespace fs = std::filesystem;

/// Elements by what they are made of.
std::map<std::pair<double, double>, std::vector<std::size_t>> materials(const Body& body) {
  std::map<std::pair<double, double>, std::vector<std::size_t>> groups;
  for (std::size_t t = 0; t < body.young.size(); ++t) groups[{body.young[t], body.poisson[t]}].push_back(t);
  return groups;
}

/// Numbers have at most 20 characters: CalculiX reads no more.
void write_model(const Problem& p, bool direct, const fs::path& file) {
  std::string text = "*NODE, NSET=ALL\n";
  const auto out = std::back_inserter(text);
  const TetMesh& mesh = p.body.mesh;
  for (std::size_t n = 0; n < mesh.nodes.size(); ++n)
    fmt::format_to(out, "{}, {:.13g}, {:.13g}, {:.13g}\n", n + 1, mesh.nodes[n][0], mesh.nodes[n][1], mesh.nodes[n][2]);
  int number = 0;
  for (const auto& [key, tets] : materials(p.body)) {
    fmt::format_to(out, "*ELEMENT, TYPE={}, ELSET=E{}\n", mesh.mids.empty() ? "C3D4" : "C3D10", ++number);
    for (const std::size_t t : tets) {
      fmt::format_to(out, "{}", t + 1);
      for (const int n : mesh.tets[t]) fmt::format_to(out, ", {}", n + 1);
      if (!mesh.mids.empty())
        for (const int n : mesh.mids[t]) fmt::format_to(out, ", {}", n + 1);
      text += '\n';
    }
    fmt::format_to(out,
                   "*MATERIAL, NAME=M{0}\n*ELASTIC\n{1:.16g}, {2:.16g}\n*SOLID SECTION, ELSET=E{0}, MATERIAL=M{0}\n",
                   number, key.first, key.second);
  }
  text += "*BOUNDARY\n";
  for (int i = 0; i < p.size.unknowns; i += 3)
    if (p.body.fixed[i]) fmt::format_to(out, "{}, 1, 3\n", i / 3 + 1);
  fmt::format_to(out, "*STEP\n*STATIC, SOLVER={}\n*CLOAD\n", direct ? "SPOOLES" : "ITERATIVE CHOLESKY");
  for (int i = 0; i < p.size.unknowns; ++i)
    if (p.b[i] != 0) fmt::format_to(out, "{}, {}, {:.12g}\n", i / 3 + 1, i % 3 + 1, p.b[i]);
  text += "*NODE PRINT, NSET=ALL\nU\n*END STEP\n";
  std::ofstream stream(file, std::ios::binary);
  stream << text;
  if (!stream.flush()) throw LimitReached("cannot write " + file.string());
}

/// ccx with its output on a terminal of its own, where each line comes as it is written.
class Ccx {
public:
  explicit Ccx(int threads) : terminal_(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
    if (terminal_ < 0 || grantpt(terminal_) != 0 || unlockpt(terminal_) != 0) throw BackendError("ccx: no terminal");
    const std::string name = ptsname(terminal_);
    child_ = fork();
    if (child_ != 0) return;
    setenv("OMP_NUM_THREADS", std::to_string(threads).c_str(), 1);
    unsetenv("CCX_NPROC_EQUATION_SOLVER");
    const int out = open(name.c_str(), O_WRONLY | O_NOCTTY);
    if (out < 0 || dup2(out, STDOUT_FILENO) < 0 || dup2(out, STDERR_FILENO) < 0) _exit(127);
    execlp("ccx", "ccx", "model", nullptr);
    _exit(127);
  }
  ~Ccx() { close(terminal_); }
  Ccx(const Ccx&) = delete;
  Ccx& operator=(const Ccx&) = delete;

  /// @param each called with every line and the seconds since the start   @return the status of waitpid
  template <class Each>
  int follow(Each each) {
    const Stopwatch watch;
    std::string line;
    char part[4096];
    for (ssize_t got;
         (got = read(terminal_, part, sizeof part)) > 0;) // ends with an error when ccx has closed its side
      for (const char c : std::string_view(part, static_cast<std::size_t>(got)))
        if (c == '\n')
          each(line, watch.seconds()), line.clear();
        else if (c != '\r')
          line += c;
    int status = 0;
    waitpid(child_, &status, 0);
    return status;
  }

private:
  int terminal_;
  pid_t child_ = 0;
};

void read_displacements(const fs::path& file, VectorX& x) {
  std::ifstream stream(file);
  std::string line;
  Eigen::Index found = 0;
  while (std::getline(stream, line)) {
    std::istringstream words(line);
    Eigen::Index node = 0;
    double u[3];
    if (!(words >> node >> u[0] >> u[1] >> u[2]) || node < 1 || 3 * node > x.size()) continue;
    for (int i = 0; i < 3; ++i) x[3 * (node - 1) + i] = u[i];
    ++found;
  }
  if (3 * found != x.size()) throw BackendError("ccx: displacements are missing");
}

} // namespace

std::string calculix_absent() {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path ? path : "");
  for (std::string folder; std::getline(folders, folder, ':');)
    if (access((fs::path(folder) / "ccx").c_str(), X_OK) == 0) return "";
  return "no ccx on the PATH: apt-get install calculix-ccx";
}

Solved run_calculix(const Problem& problem, bool direct, int threads, VectorX& x) {
  write_model(problem, direct, "model.inp");
  Ccx ccx(threads);
  double begin = -1, solving = -1, end = -1;
  int iterations = 0;
  std::string error;
  const int status = ccx.follow([&](const std::string& line, double now) {
    const auto says = [&](const char* words) { return line.find(words) != std::string::npos; };
    if (says("*ERROR") && error.empty()) error = line;
    if (says(direct ? "Factoring the system of equations" : "Cholesky preconditioning")) begin = now;
    if (says(direct ? "Factoring the system of equations" : "Solving the system of equations")) solving = now;
    if (solving >= 0 && end < 0 && says("for the stress calculation")) end = now;
    if (says("# of iterations")) iterations = std::atoi(line.c_str() + line.find('=') + 1);
  });
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0 || begin < 0 || end < 0)
    throw BackendError("ccx failed: " + error);
  read_displacements("model.dat", x);
  return {solving - begin, end - solving, iterations};
}

} // namespace kypho::bench
