#include "benchmarks/robustness/drawn_vertebra.hpp"

#include "benchmarks/robustness/stream.hpp"

#include <fmt/format.h>

namespace kypho::robustness {
namespace {

constexpr std::array levels{"T5", "T6", "T7", "T8", "T9", "T10", "T11", "T12", "L1", "L2", "L3", "L4", "L5"};

} // namespace

DrawnVertebra draw_vertebra(unsigned seed, int number) {
  Stream stream(seed, number);
  DrawnVertebra v;
  v.number = number;
  v.level = stream.one_of(levels);
  // Standard errors of 0.7 to 1.2 mm over the 12 spines of Panjabi 1992 are a spread of 6 to 10 % between people; women's
  // and men's heights differ by 9 % (Duman 2026).
  v.scale = stream.between(0.85, 1.15, 1000);
  v.heights = stream.one_of(std::array{"living", "dissected"});
  v.posterior_elements = stream.one_of(std::array{"none", "pedicles", "full"});
  v.bmd = stream.between(40, 160, 10);
  v.density_pattern = stream.one_of(std::array{"uniform", "regional"});
  v.pattern = stream.one_of(std::array{"wedge", "biconcave", "crush"});
  v.residual_loss = stream.between(12, 25, 10);
  return v;
}

std::string case_name(const DrawnVertebra& v) { return fmt::format("{:04}_{}_{}", v.number, v.level, v.pattern); }

std::string case_text(const DrawnVertebra& v) {
  return fmt::format(R"(title = "Vertebra {} of the robustness series"

[anatomy]
level = "{}"
bmd = "{:.1f} mg/cm3"
density_pattern = "{}"
heights = "{}"
scale = {:.3f}
posterior_elements = "{}"

[mesh]
edge_length = "3 mm"
posterior_edge_length = "4 mm"

[solver]
hold_steps = 3000

[[stage]]
kind = "fracture"
pattern = "{}"
residual_loss = "{:.1f} %"
tolerance = "1.5 %"
)",
                     v.number, v.level, v.bmd, v.density_pattern, v.heights, v.scale, v.posterior_elements, v.pattern,
                     v.residual_loss);
}

} // namespace kypho::robustness
