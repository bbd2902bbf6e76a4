#pragma once
// Whether two run folders hold the same, but for what may differ between two runs of one case.
#include "tests/scenarios/scratch.hpp"
#include <map>
#include <nlohmann/json.hpp>

namespace kypho::test {

/// Every file whose bytes may not depend on interruptions. measures.json without time, threads and memory.
inline std::map<std::string, std::string> results(const fs::path& run) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(run)) {
    const std::string name = entry.path().lexically_relative(run).generic_string();
    const bool own_time = name.starts_with("checkpoint") || name == "log.txt" || name == "manifest.json";
    if (entry.is_regular_file() && !own_time && name != "report.html") files[name] = read_file(entry.path());
  }
  nlohmann::json measures = nlohmann::json::parse(files.at("measures.json"));
  for (const char* key : {"wall_s", "peak_memory_mb", "threads"}) measures["run"].erase(key);
  for (nlohmann::json& stage : measures["run"]["stages"])
    for (const char* key : {"wall_s", "linear_s", "assembly_s"}) stage.erase(key);
  files["measures.json"] = measures.dump(1);
  return files;
}

inline void expect_same_results(const fs::path& one, const fs::path& two) {
  const auto a = results(one), b = results(two);
  for (const auto& [name, bytes] : a) {
    ASSERT_TRUE(b.contains(name)) << name << " is missing in " << two;
    EXPECT_TRUE(bytes == b.at(name)) << name << " differs in " << two;
  }
  EXPECT_EQ(a.size(), b.size());
}

} // namespace kypho::test
