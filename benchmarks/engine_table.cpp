// Two runs of one case side by side: the two engines, or N against 2N steps.
//   engine_table RUN RUN        run folders; differences are taken over the second
// Forces are compared along the descent of the platen, pressures along the volume of each balloon, from where both runs have
// figures: beyond the first tenth of the way, where explicit steps still push their mass.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>
#include <string>

namespace {

using nlohmann::json;
using Curve = std::map<double, double>;

json measures_of(const std::string& run) {
  std::ifstream file(run + "/measures.json");
  if (!file) throw std::runtime_error(run + " holds no measures.json");
  return json::parse(file);
}

/// Force over descent of one stage, from force.csv: stage, ordinal, pseudo_time, descent, force. Only where the platen goes
/// deeper than ever: the search of a fracture unloads and begins again.
Curve force_curve(const std::string& run, const std::string& stage) {
  std::ifstream file(run + "/force.csv");
  Curve curve;
  for (std::string line; std::getline(file, line);) {
    std::istringstream row(line);
    std::string cell[5];
    for (std::string& c : cell) std::getline(row, c, ',');
    if (cell[0] != stage || cell[1] != "1") continue;
    const double descent = std::stod(cell[3]);
    if (curve.empty() || descent > curve.rbegin()->first) curve[descent] = std::stod(cell[4]);
  }
  return curve;
}

Curve pressure_curve(const json& m, const std::string& side) {
  Curve curve;
  for (const json& row : m.value("pressure_volume", json::array()))
    if (row.at("side") == side) curve[row.at("volume_ml")] = row.at("pressure_mpa");
  return curve;
}

double at(const Curve& curve, double x) {
  const auto above = curve.lower_bound(x);
  if (above == curve.begin()) return above->second;
  if (above == curve.end()) return std::prev(above)->second;
  const auto below = std::prev(above);
  return below->second + (above->second - below->second) * (x - below->first) / (above->first - below->first);
}

void print_curves(const std::string& name, const char* unit, const Curve& a, const Curve& b) {
  if (a.size() < 2 || b.size() < 2) return;
  constexpr int samples = 200;
  const double end = std::min(a.rbegin()->first, b.rbegin()->first);
  const double begin = std::max({a.begin()->first, b.begin()->first, 0.1 * end});
  double mean = 0, most = 0, where = begin, highest_a = 0, highest_b = 0;
  for (int k = 0; k <= samples; ++k) {
    const double x = begin + (end - begin) * k / samples, difference = std::abs(at(a, x) / at(b, x) - 1);
    mean += difference / (samples + 1);
    if (difference > most) {
      most = difference;
      where = x;
    }
    highest_a = std::max(highest_a, at(a, x));
    highest_b = std::max(highest_b, at(b, x));
  }
  std::printf("| %s, highest, %s | %.4g | %.4g | %+.1f %% |\n", name.c_str(), unit, highest_a, highest_b,
              100 * (highest_a / highest_b - 1));
  std::printf("| %s along the way, mean and largest difference | | | %.1f %%, %.1f %% at %.3g |\n", name.c_str(),
              100 * mean, 100 * most, where);
}

void print_figure(const char* name, const json& a, const json& b, const char* path) {
  const json::json_pointer place(path);
  if (!a.contains(place) || !b.contains(place)) return;
  const double x = a.at(place), y = b.at(place);
  std::printf("| %s | %.4g | %.4g | %+.1f %% |\n", name, x, y, 100 * (x / y - 1));
}

void print_change(const char* name, const json& a, const json& b, const char* from, const char* to, const char* what) {
  const auto change = [&](const json& m) {
    return m.at("stations").at(to).at(what).get<double>() - m.at("stations").at(from).at(what).get<double>();
  };
  for (const json* m : {&a, &b})
    if (!m->at("stations").contains(from) || !m->at("stations").contains(to)) return;
  std::printf("| %s, mm | %.3f | %.3f | %+.1f %% |\n", name, change(a), change(b), 100 * (change(a) / change(b) - 1));
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: engine_table RUN RUN   (run folders)\n");
    return 2;
  }
  try {
    const json a = measures_of(argv[1]), b = measures_of(argv[2]);
    std::printf("| figure | first | second | difference |\n| --- | --- | --- | --- |\n");
    print_figure("stiffness, intact, N/mm", a, b, "/strength/intact/stiffness_n_per_mm");
    print_figure("failure load, intact, N", a, b, "/strength/intact/failure_load_n");
    print_curves("force, load test", "N", force_curve(argv[1], "load"), force_curve(argv[2], "load"));
    print_curves("force, crush", "N", force_curve(argv[1], "fracture"), force_curve(argv[2], "fracture"));
    print_figure("anterior loss at the peak", a, b, "/fracture/peak_anterior_loss");
    print_figure("anterior loss that stays", a, b, "/fracture/residual_anterior_loss");
    print_figure("middle loss that stays", a, b, "/fracture/residual_middle_loss");
    print_change("anterior height at inflation", a, b, "prone", "inflated", "anterior_height_mm");
    print_change("middle height at inflation", a, b, "prone", "inflated", "middle_height_mm");
    print_change("anterior height at deflation", a, b, "inflated", "deflated", "anterior_height_mm");
    print_change("middle height at deflation", a, b, "inflated", "deflated", "middle_height_mm");
    for (const char* side : {"left", "right"})
      print_curves(std::string("pressure, ") + side, "MPa", pressure_curve(a, side), pressure_curve(b, side));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "engine_table: %s\n", error.what());
    return 2;
  }
}
