// A table of runs of one case on finer and finer meshes, and what the differences tell about the error of each.
//   convergence_table RUN RUN ...        run folders, in any order; every size with the same seeds
// Made from runs such as
//   kyphosim run scenarios/cases/l1_wedge_bipedicular.toml --set mesh.edge_length="2.4 mm" --set seed=2 -o runs/h24_2
// Runs of one size with several seeds, the same bone on each size, are taken together. What the size costs is the mean
// difference between the two finest; order and limit follow from the three finest (Richardson 1911; Roache 1994, J Fluids
// Eng 116:405) where their means fall into line. What chance adds to a single run, because every new mesh tears and folds
// the wall elsewhere, is the standard deviation over the seeds of the difference between the two finest, over sqrt(2).
#include <cmath>
#include <cstdio>
#include <fstream>
#include <functional>
#include <map>
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
      {"anterior lift at three fifths of the volume, mm",
       [](const json& m) { return m.at("at_three_fifths").at(0).get<double>() - height(m, "prone"); }},
      {"middle lift there, mm",
       [](const json& m) {
         return m.at("at_three_fifths").at(1).get<double>() - height(m, "prone", "middle_height_mm");
       }},
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

/// Runs of one size, by their seed.
using Seeds = std::map<int, json>;
/// By edge length, coarsest first.
using Study = std::map<double, Seeds, std::greater<>>;

/// First group of the first line of a run's echo that fits.
std::string echoed(const std::string& run, const std::string& pattern) {
  std::ifstream echo(run + "/echo.toml");
  const std::regex key(pattern);
  std::smatch found;
  for (std::string line; std::getline(echo, line);)
    if (std::regex_search(line, found, key)) return found[1];
  throw std::runtime_error(run + "/echo.toml has no line " + pattern);
}

/// Anterior and middle height at three fifths of the inflation, mm, from history.csv.
json heights_at_three_fifths(const std::string& run) {
  std::ifstream history(run + "/history.csv");
  static const std::regex row("^inflate,1,0\\.6,([0-9.]+),([0-9.]+),.*");
  std::smatch found;
  for (std::string line; std::getline(history, line);)
    if (std::regex_match(line, found, row)) return {std::stod(found[1]), std::stod(found[2])};
  return json::array();
}

Study read_runs(int count, char** folders) {
  Study study;
  for (int k = 0; k < count; ++k) {
    const std::string run = folders[k];
    const double size = std::stod(echoed(run, "^edge_length = \"([0-9.]+) mm\""));
    json& m = study[size][std::stoi(echoed(run, "^seed = ([0-9]+)"))];
    m = json::parse(std::ifstream(run + "/measures.json"));
    m["at_three_fifths"] = heights_at_three_fifths(run);
  }
  if (study.size() < 2) throw std::runtime_error("runs of at least two edge lengths are needed");
  for (const auto& [size, seeds] : study)
    for (const auto& [seed, run] : study.begin()->second)
      if (!seeds.contains(seed))
        throw std::runtime_error("no run of seed " + std::to_string(seed) + " at " + std::to_string(size) + " mm");
  return study;
}

struct Spread {
  double mean = 0, deviation = NAN; ///< standard deviation, of one run
};
Spread spread(const std::vector<double>& x) {
  Spread s;
  for (const double v : x) s.mean += v / static_cast<double>(x.size());
  if (x.size() < 2) return s;
  double square = 0;
  for (const double v : x) square += (v - s.mean) * (v - s.mean);
  s.deviation = std::sqrt(square / static_cast<double>(x.size() - 1));
  return s;
}

/// Order of convergence of three means, if it means anything. @param ratio of the two finer sizes
std::optional<double> order_of(double coarse, double middle, double fine, double ratio) {
  constexpr double least = 0.5, most = 4; // outside, the meshes are too coarse for the order to mean anything
  const double before = middle - coarse, last = fine - middle;
  if (last * before <= 0 || std::abs(before) <= std::abs(last)) return {};
  const double order = std::log(before / last) / std::log(ratio);
  if (order < least || order > most) return {};
  return order;
}

void print_row(const Study& study, const Figure& figure) {
  std::vector<double> size, mean;
  std::vector<std::vector<double>> values; // [size][seed]
  for (const auto& [h, seeds] : study) {
    size.push_back(h);
    values.emplace_back();
    for (const auto& [seed, run] : seeds) values.back().push_back(figure.read(run));
    mean.push_back(spread(values.back()).mean);
  }
  const std::size_t n = size.size();
  std::printf("| %s |", figure.name);
  for (const double m : mean) std::printf(" %.4g |", m);
  std::vector<double> change;
  for (std::size_t k = 0; k < values[n - 1].size(); ++k) change.push_back(values[n - 1][k] - values[n - 2][k]);
  const double last = mean[n - 1] - mean[n - 2], chance = spread(change).deviation / std::sqrt(2.0);
  std::optional<double> order;
  if (n > 2) order = order_of(mean[n - 3], mean[n - 2], mean[n - 1], size[n - 2] / size[n - 1]);
  const double limit = order ? mean[n - 1] + last / (std::pow(size[n - 2] / size[n - 1], *order) - 1) : mean[n - 2];
  std::printf(order ? " %.1f, %.4g |" : " - |", order.value_or(0), limit);
  std::printf(" %.1f %% |", 100 * std::abs((mean[n - 1] - limit) / mean[n - 1]));
  std::printf(std::isfinite(chance) ? " %.1f %% |\n" : " - |\n", 100 * chance / std::abs(mean[n - 1]));
}

} // namespace

int main(int argc, char** argv) {
  try {
    const Study study = read_runs(argc - 1, argv + 1);
    std::printf("| figure |");
    for (const auto& [size, seeds] : study)
      std::printf(" %.3g mm, %d elements |", size, seeds.begin()->second.at("run").at("elements").get<int>());
    std::printf(" order, limit | error of the size | chance of one run |\n| --- |");
    for (std::size_t k = 0; k < study.size() + 3; ++k) std::printf(" --- |");
    std::printf("\n");
    for (const Figure& figure : figures()) try {
        print_row(study, figure);
      } catch (const json::exception&) { // left out: the runs have not come so far
      }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "convergence_table: %s\nusage: convergence_table RUN RUN ...   (run folders)\n", error.what());
    return 2;
  }
}
