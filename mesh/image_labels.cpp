#include "mesh/image_labels.hpp"
#include "core/base/errors.hpp"
#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <map>

namespace kypho {
namespace {

/// TotalSegmentator v2: 27 L5 ... 31 L1, 32 T12 ... 43 T1.
long default_label(const std::string& level) {
  const int number = std::stoi(level.substr(1));
  return level[0] == 'L' ? 32 - number : 44 - number;
}

bool is_one_of(float value, const std::vector<long>& wanted) {
  return std::find(wanted.begin(), wanted.end(), std::lround(value)) != wanted.end();
}

std::string labels_present(const ImageVolume& labels) {
  std::map<long, std::size_t> counts;
  for (const float v : labels.values)
    if (v != 0 && counts.size() < 1000) ++counts[std::lround(v)];
  std::string list;
  for (const auto& [label, count] : counts) {
    if (list.size() > 200) return list + " ...";
    list += (list.empty() ? "" : ", ") + std::to_string(label);
  }
  return list.empty() ? "none" : list;
}

void require_labels(const ImageVolume& labels, const std::vector<long>& wanted, const std::string& file,
                    const char* key) {
  for (const long label : wanted)
    if (std::none_of(labels.values.begin(), labels.values.end(), [&](float v) { return std::lround(v) == label; }))
      throw InputError(
          fmt::format("{}: label {} ({}) is absent; present: {}", file, label, key, labels_present(labels)));
}

/// Calls @p visit(voxel index, centre in patient coordinates) for every voxel.
template <class Visit>
void for_each_voxel(const ImageVolume& image, Visit&& visit) {
  for (int k = 0; k < image.size[2]; ++k)
    for (int j = 0; j < image.size[1]; ++j)
      for (int i = 0; i < image.size[0]; ++i) visit(image.index(i, j, k), image.to_patient(Vec3(i, j, k)));
}

/// Voxel sizes times slices per slice that differs from the one before it, around the vertebra.
Vec3 label_steps(const VertebraLabels& labels) {
  const ImageVolume& map = labels.map;
  std::array<int, 3> lower = map.size, upper{0, 0, 0};
  for (int k = 0; k < map.size[2]; ++k)
    for (int j = 0; j < map.size[1]; ++j)
      for (int i = 0; i < map.size[0]; ++i) {
        if (labels.parts[map.index(i, j, k)] == Part::none) continue;
        const std::array<int, 3> at{i, j, k};
        for (int a = 0; a < 3; ++a) {
          lower[a] = std::min(lower[a], at[a]);
          upper[a] = std::max(upper[a], at[a]);
        }
      }
  std::array<std::vector<std::uint8_t>, 3> differs;
  for (int a = 0; a < 3; ++a) differs[a].resize(map.size[a], 0);
  for (int k = lower[2]; k <= upper[2]; ++k)
    for (int j = lower[1]; j <= upper[1]; ++j)
      for (int i = lower[0]; i <= upper[0]; ++i) {
        const float v = map.at(i, j, k);
        if (i > lower[0]) differs[0][i] |= v != map.at(i - 1, j, k);
        if (j > lower[1]) differs[1][j] |= v != map.at(i, j - 1, k);
        if (k > lower[2]) differs[2][k] |= v != map.at(i, j, k - 1);
      }
  Vec3 step = map.spacing();
  for (int a = 0; a < 3; ++a) {
    const auto steps = std::count(differs[a].begin(), differs[a].end(), 1);
    if (steps > 0) step[a] *= std::max(1.0, static_cast<double>(upper[a] - lower[a]) / static_cast<double>(steps));
  }
  return step;
}

void tell_body_by_map(VertebraLabels& labels, const std::string& file, const std::vector<long>& wanted) {
  const ImageVolume map = read_image(file);
  require_labels(map, wanted, file, "body_labels");
  const Mat3 to_index = map.axes.inverse();
  for_each_voxel(labels.map, [&](std::size_t c, const Vec3& p) {
    if (labels.parts[c] == Part::none) return;
    const Vec3 u = to_index * (p - map.origin);
    const int i = static_cast<int>(std::lround(u[0])), j = static_cast<int>(std::lround(u[1])),
              k = static_cast<int>(std::lround(u[2]));
    const bool in_body = map.holds(i, j, k) && is_one_of(map.at(i, j, k), wanted);
    labels.parts[c] = in_body ? Part::body : Part::posterior;
  });
}

void tell_body(VertebraLabels& labels, const Params& anatomy) {
  const std::vector<long> wanted = anatomy.has("body_labels") ? anatomy.integers("body_labels") : std::vector<long>{1};
  if (anatomy.has("body_map")) {
    tell_body_by_map(labels, anatomy.text("body_map"), wanted);
  } else {
    require_labels(labels.map, wanted, anatomy.text("labels"), "body_labels");
    for (std::size_t c = 0; c < labels.parts.size(); ++c)
      if (labels.parts[c] != Part::none)
        labels.parts[c] = is_one_of(labels.map.values[c], wanted) ? Part::body : Part::posterior;
  }
  if (std::find(labels.parts.begin(), labels.parts.end(), Part::body) == labels.parts.end())
    throw InputError("anatomy.body_labels: no voxel of the vertebra belongs to its body");
  labels.body_known = true;
}

} // namespace

VertebraLabels read_vertebra_labels(const Params& anatomy) {
  if (!anatomy.has("labels")) throw InputError("anatomy.labels: needed when source = \"image\"");
  const std::string& file = anatomy.text("labels");
  const long usual = default_label(anatomy.text("level"));
  std::vector<long> wanted{usual};
  if (anatomy.has("vertebra_labels")) wanted = anatomy.integers("vertebra_labels");
  VertebraLabels labels;
  labels.map = read_image(file);
  require_labels(labels.map, wanted, file, "vertebra_labels");
  if (anatomy.has("neighbour_labels"))
    labels.neighbours = anatomy.integers("neighbour_labels");
  else if (wanted == std::vector<long>{usual})
    labels.neighbours = {usual - 1, usual + 1};
  labels.parts.resize(labels.map.values.size(), Part::none);
  for (std::size_t c = 0; c < labels.parts.size(); ++c)
    if (is_one_of(labels.map.values[c], wanted)) labels.parts[c] = Part::vertebra;
  labels.step = label_steps(labels);
  if (anatomy.has("body_map") || anatomy.has("body_labels")) tell_body(labels, anatomy);
  return labels;
}

double take_back_from_neighbours(VertebraLabels& labels, const FoundVertebra& found) {
  if (labels.neighbours.empty()) return 0;
  std::size_t taken = 0;
  for_each_voxel(labels.map, [&](std::size_t c, const Vec3& place) {
    if (!is_one_of(labels.map.values[c], labels.neighbours)) return;
    const Vec3 p = found.frame.from_source(place);
    if (p.norm() > 60 || found.plates.beyond(p) > 0 || p.x() < found.wall(p.z())) return;
    labels.parts[c] = labels.body_known ? Part::body : Part::vertebra;
    ++taken;
  });
  return static_cast<double>(taken) * std::abs(labels.map.axes.determinant());
}

} // namespace kypho
