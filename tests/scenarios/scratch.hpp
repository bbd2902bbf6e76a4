#pragma once
// Helpers of the scenario tests: a scratch folder, small files, the real program.
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

namespace kypho::test {

namespace fs = std::filesystem;

/// A folder of its own for each test, removed at the end.
class Scratch {
public:
  Scratch() {
    std::string name = (fs::temp_directory_path() / "kyphosim_test_XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::runtime_error("no scratch folder");
    dir_ = name;
  }
  ~Scratch() {
    std::error_code ignored;
    fs::remove_all(dir_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const fs::path& dir() const { return dir_; }
  fs::path write(const std::string& name, const std::string& text) const {
    fs::create_directories((dir_ / name).parent_path());
    std::ofstream(dir_ / name, std::ios::binary) << text;
    return dir_ / name;
  }

private:
  fs::path dir_;
};

inline std::string read_file(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::stringstream text;
  text << stream.rdbuf();
  return text.str();
}

struct Outcome {
  int code = -1;
  std::string out, err;
};

/// Runs `kyphosim ARGUMENTS` in @p dir. @param prefix what the shell does first ("ulimit -f 8;")
inline Outcome kyphosim(const fs::path& dir, const std::string& arguments, const std::string& prefix = "") {
  const fs::path out = dir / ".stdout", err = dir / ".stderr";
  const std::string command = "cd '" + dir.string() + "' && { " + prefix + " '" KYPHOSIM_BINARY "' " + arguments +
                              "; } >'" + out.string() + "' 2>'" + err.string() + "'";
  const int status = std::system(command.c_str());
  Outcome outcome{WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), read_file(out), read_file(err)};
  fs::remove(out);
  fs::remove(err);
  return outcome;
}

/// A small valid case; @p anatomy and @p stages stand where a test wants to break it.
inline std::string small_case(const std::string& anatomy = "",
                              const std::string& stages = "[[stage]]\nkind = \"load\"\n") {
  return "title = \"test\"\n[anatomy]\n" + anatomy + "\n" + stages;
}

} // namespace kypho::test
