#include "scenarios/landmarks_json.hpp"

#include <nlohmann/json.hpp>

namespace kypho {

std::string landmarks_json(const Landmarks& l) {
  nlohmann::ordered_json out;
  const auto add = [&](const char* name, const Vec3& p) { out[name] = {p[0], p[1], p[2]}; };
  add("upper_endplate_anterior", l.upper.anterior);
  add("upper_endplate_centre", l.upper.centre);
  add("upper_endplate_posterior", l.upper.posterior);
  add("lower_endplate_anterior", l.lower.anterior);
  add("lower_endplate_centre", l.lower.centre);
  add("lower_endplate_posterior", l.lower.posterior);
  if (l.has_pedicles) {
    add("left_pedicle_isthmus", l.left.isthmus);
    add("left_pedicle_entry", l.left.entry);
    add("right_pedicle_isthmus", l.right.isthmus);
    add("right_pedicle_entry", l.right.entry);
    add("canal", l.canal);
  }
  return out.dump(2) + "\n";
}

} // namespace kypho
