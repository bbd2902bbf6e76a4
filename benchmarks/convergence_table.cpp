// A table of runs of one case on finer and finer meshes, and what the differences tell about the error of each.
//   convergence_table RUN RUN ...        run folders, coarsest first
// Made from runs such as
//   kyphosim run scenarios/cases/l1_wedge_bipedicular.toml --set mesh.edge_length="2.4 mm" -o runs/h24
// For each figure the order p and the limit follow from the three finest runs (Richardson 1911; Roache 1994, J Fluids Eng
// 116:405) where they fall into line; elsewhere the last difference is all that is known.
#include <cmath>
#include <cstdio>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <regex>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using nlohmann::json;

struct Figure {
  const char* name;
  std::function<double(const json&)> read;
};

double height(const json& m, const char* station, const char* where = "anterior_height_mm") {
  return m.at("stations").at(station).at(where).get<double>();
}

double largest_pressure(const json& m) {
  double most = 0;
  for (const json& row : m.at("pressure_volume")) most = std::max(most, row.at("pressure_mpa").get<double>());
  return most;
}

const std::vector<Figure>& figures() {
  static const std::vector<Figure> all = {
      {"stiffness of the intact body, N/mm",
       [](const json& m) { return m.at("strength").at("intact").at("stiffness_n_per_mm").get<double>(); }},
      {"failure load of the intact body, N",
       [](const json& m) { return m.at("strength").at("intact").at("failure_load_n").get<double>(); }},
      {"anterior height, fractured, mm", [](const json& m) { return height(m, "fractured"); }},
      {"middle height, fractured, mm", [](const json& m) { return height(m, "fractured", "middle_height_mm"); }},
      {"anterior lift at inflation, mm", [](const json& m) { return height(m, "inflated") - height(m, "prone"); }},
      {"middle lift at inflation, mm",
       [](const json& m) {
         return height(m, "inflated", "middle_height_mm") - height(m, "prone", "middle_height_mm");
       }},
      {"largest pressure, MPa", largest_pressure},
      {"stiffness, treated, N/mm",
       [](const json& m) { return m.at("strength").at("treated").at("stiffness_n_per_mm").get<double>(); }},
      {"failure load, treated, N",
       [](const json& m) { return m.at("strength").at("treated").at("failure_load_n").get<double>(); }},
  };
  return all;
}

/// mesh.edge_length of a run, mm, from its echo.
double size_of(const std::string& run) {
  std::ifstream echo(run + "/echo.toml");
  static const std::regex key("^edge_length = \"([0-9.]+) mm\"");
  std::smatch found;
  for (std::string line; std::getline(echo, line);)
    if (std::regex_search(line, found, key)) return std::stod(found[1]);
  throw std::runtime_error(run + "/echo.toml names no edge_length in mm");
}

} // namespace

int main(int argc, char** argv) {
  std::vector<json> runs;
  std::vector<double> size;
  try {
    for (int k = 1; k < argc; ++k) {
      runs.push_back(json::parse(std::ifstream(std::string(argv[k]) + "/measures.json")));
      size.push_back(size_of(argv[k]));
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "convergence_table: %s\n", error.what());
    return 2;
  }
  if (runs.size() < 2) {
    std::fprintf(stderr, "usage: convergence_table RUN RUN ...   (run folders, coarsest first)\n");
    return 2;
  }
  std::printf("| figure |");
  for (std::size_t k = 0; k < runs.size(); ++k)
    std::printf(" %.3g mm, %d elements |", size[k], runs[k].at("run").at("elements").get<int>());
  std::printf(" order | limit | error of the last |\n| --- |");
  for (std::size_t k = 0; k < runs.size() + 3; ++k) std::printf(" --- |");
  std::printf("\n");
  for (const Figure& figure : figures()) {
    std::printf("| %s |", figure.name);
    std::vector<double> value;
    for (const json& m : runs) {
      std::optional<double> x;
      try {
        x = figure.read(m);
      } catch (const json::exception&) { // the run has not come so far
      }
      if (x) value.push_back(*x);
      std::printf(x ? " %.4g |" : " - |", x.value_or(0));
    }
    const std::size_t n = value.size();
    if (n < runs.size() || n < 2) {
      std::printf(" - | - | - |\n");
      continue;
    }
    const double last = value[n - 1] - value[n - 2];
    double order = NAN;
    if (n > 2) {
      const double before = value[n - 2] - value[n - 3];
      const double ratio = size[n - 2] / size[n - 1];
      if (last * before > 0 && std::abs(before) > std::abs(last)) order = std::log(before / last) / std::log(ratio);
    }
    constexpr double least = 0.5, most = 4; // outside, the meshes are too coarse for the order to mean anything
    if (order > least && order < most) {
      const double ratio = size[n - 2] / size[n - 1];
      const double limit = value[n - 1] + last / (std::pow(ratio, order) - 1);
      std::printf(" %.1f | %.4g | %.1f %% |\n", order, limit, 100 * std::abs((value[n - 1] - limit) / limit));
    } else
      std::printf(" - | - | %.1f %% (last difference) |\n", 100 * std::abs(last / value[n - 1]));
  }
}
