#include "viz/literature.hpp"

namespace kypho {

const std::vector<LiteratureBand>& literature() {
  static const std::vector<LiteratureBand> bands = {
      {"fracture.peak_loss", 0.217, 0.29, "21.7-29 %",
       "peak crush that leaves 15-20 % after unloading, from a residual "
       "loss of 17.3 % after 25 %",
       "computed from crush tests"},
      {"fracture.residual_loss", 0.15, 0.20, "15-20 %", "loss from which a body counts as fractured", "PMC2652716"},
      {"fracture.residual_loss", 0.20, 0.25, "20-25 %", "Genant grade 1, from radiographs", "Wang 2019"},
      {"fracture.recovered", 0.5, 0.5, "about 50 %", "height that isolated osteoporotic bodies take back on unloading",
       "Belkoff, in Mathis"},
      {"fracture.wedge", 6.1, 8.0, "6.1-8.0\u00b0", "wedge of L1 (24 mm high, 34 mm deep) at 15-20 % anterior loss",
       "geometry"},
      {"balloon.pressure", 0.66, 1.04, "0.85 \u00b1 0.19 MPa", "young lumbar bodies crushed to 80 %, at 2.95 mL",
       "Nan Fang 2006"},
      {"balloon.pressure", 0, 2.76, "up to 2.76 MPa (400 psi)", "pressure for which bone tamps are designed",
       "510(k) K132620", true},
      {"balloon.volume", 2.4, 2.4, "2.4 mL", "per side, patients, two balloons", "Van Meirhaeghe 2013"},
      {"balloon.volume", 2.77, 3.13, "2.95 \u00b1 0.18 mL", "young lumbar bodies crushed to 80 %", "Nan Fang 2006"},
      {"restoration.restored", 0.85, 1.10, "97 % (85-110 %)",
       "isolated bodies, no load, height after recoil as reference", "Belkoff 2001"},
      {"restoration.restored", 0.0, 0.468, "0 to 46.8 %",
       "patients: 70 % of levels gain on average 46.8 % of the lost "
       "height, 30 % none",
       "Lieberman 2001"},
      {"restoration.lost", 0.16, 0.16, "16 %", "of the height at full inflation, 100 N held, 36 bodies T11-L3",
       "Rotter 2015"},
      {"restoration.middle_gain", 0.3, 4.7, "+0.3 to +4.7 mm", "means of patient series, image before to image after",
       "SAKOS 2019 and others"},
      {"restoration.anterior_gain", -1.4, 4.4, "+1.5 \u00b1 2.9 mm", "252 vertebrae of patients", "Winkelmann 2018"},
      {"restoration.wedge_change", -4.8, -1.3, "-1.3 to -4.8\u00b0", "means of patient series",
       "Winkelmann 2018, Papanastassiou 2012"},
      {"cement.injected", 4.1, 4.9, "4.1 mL (one side), 4.9 mL (two)", "patients", "PMC4068843"},
      {"cement.setting_time", 4.4, 13.0, "8.7-13 min at 25 \u00b0C, half at 37 \u00b0C", "rheometer, three cements",
       "Nicholas 2007"},
      {"cement.conversion", 0.75, 0.85, "75-85 %", "final conversion of bone cement", "Warner 2004"},
      {"cement.core_temperature", 79, 119, "79-119 \u00b0C", "one-dimensional balls of 2.4-5 mL, no perfusion",
       "computed from Nicholas 2007"},
      {"cement.interface_mean_temperature", 48, 58, "48-58 \u00b0C", "0.1 mm into the bone, same balls",
       "computed from Nicholas 2007"},
      {"cement.interface_temperature", 0, 47, "below 47 \u00b0C", "47 \u00b0C for one minute harms rabbit bone",
       "Eriksson 1983", true},
      {"strength.intact_load", 2100, 5900, "2.1-5.9 kN", "3.6 \u00b1 1.3 MPa on endplates of 900-1200 mm\u00b2",
       "Boger 2007"},
      {"strength.treated_load", 1020, 1780, "1.40 \u00b1 0.38 kN", "T3-L5, two balloons; the bodies are mostly smaller",
       "Steinmann 2005"},
      {"strength.treated_stiffness", 229, 649, "0.44 \u00b1 0.21 kN/mm", "T3-L5, two balloons, ends potted",
       "Steinmann 2005"},
      {"strength.stiffness_ratio", 0, 1, "below 1", "repaired bodies stay less stiff than they were", "Belkoff 2001",
       true},
  };
  return bands;
}

std::vector<LiteratureBand> literature_of(const std::string& measure) {
  std::vector<LiteratureBand> chosen;
  for (const LiteratureBand& band : literature())
    if (band.measure == measure) chosen.push_back(band);
  return chosen;
}

} // namespace kypho
