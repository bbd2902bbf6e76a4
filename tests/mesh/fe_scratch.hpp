#pragma once
// Helpers of the tests of finite-element files: a folder of its own, messages, warnings.
#include "core/base/errors.hpp"
#include "core/base/log.hpp"
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <unistd.h>

namespace kypho::test {

class FeScratch {
public:
  FeScratch() {
    std::string name = (std::filesystem::temp_directory_path() / "kyphosim_fe_XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::runtime_error("no scratch folder");
    dir_ = name;
  }
  ~FeScratch() {
    std::error_code ignored;
    std::filesystem::remove_all(dir_, ignored);
  }
  FeScratch(const FeScratch&) = delete;
  FeScratch& operator=(const FeScratch&) = delete;
  std::filesystem::path operator/(const std::string& name) const { return dir_ / name; }
  std::filesystem::path write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((dir_ / name).parent_path());
    std::ofstream(dir_ / name, std::ios::binary) << text;
    return dir_ / name;
  }

private:
  std::filesystem::path dir_;
};

/// The message of the InputError that @p action throws; "" if it throws none.
template <class Action>
std::string refusal(Action action) {
  try {
    action();
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

/// Collects the warnings of its scope.
class Warnings {
public:
  Warnings() {
    before_ = set_log_receiver([this](LogLevel level, std::string_view text) {
      if (level == LogLevel::warning) lines.emplace_back(text);
    });
  }
  ~Warnings() { set_log_receiver(before_); }
  Warnings(const Warnings&) = delete;
  Warnings& operator=(const Warnings&) = delete;
  std::vector<std::string> lines;

private:
  LogReceiver before_;
};

} // namespace kypho::test
