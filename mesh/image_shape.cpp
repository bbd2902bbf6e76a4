#include "mesh/image_shape.hpp"
#include "core/base/errors.hpp"
#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

namespace kypho {
namespace {

constexpr int pad = 4; // voxels around the labelled ones
// How far the surface may move, as shares of the label step along its normal. Half a step is what the labels leave open
// on a plane; thin parts get less, so that a sheet of one voxel stays, thick ones more, so that steps even out.
constexpr double thin_share = 0.45, thick_share = 0.6;
constexpr double thick_steps = 1.6; // radius of the ball that a thick part holds, label steps
// Rounds of smoothing per mm of label step: a round leaves 0.955 of stairs that are five steps long and 0.997 of what is
// twice as long. Fine labels need fewer: their stairs are low.
constexpr double rounds_per_mm = 4;

/// Weights of the four nodes around a point at fraction t between the middle two (Keys 1981, a = -1/2).
std::array<double, 4> catmull_rom(double t) {
  const double t2 = t * t, t3 = t2 * t;
  return {0.5 * (-t3 + 2 * t2 - t), 0.5 * (3 * t3 - 5 * t2 + 2), 0.5 * (-3 * t3 + 4 * t2 + t), 0.5 * (t3 - t2)};
}

/// One step of diffusion of every inner node.
void diffuse(ScalarGrid& f, double step) {
  const Vec3 rate = f.spacing.cwiseProduct(f.spacing).cwiseInverse();
  const auto& n = f.size;
  const std::size_t row = n[0], slab = row * n[1];
  const std::vector<float> old = f.values;
  for (int k = 1; k + 1 < n[2]; ++k)
    for (int j = 1; j + 1 < n[1]; ++j)
      for (int i = 1; i + 1 < n[0]; ++i) {
        const std::size_t c = f.index(i, j, k);
        const double twice = 2.0 * old[c];
        f.values[c] += static_cast<float>(step * (rate[0] * (old[c - 1] + old[c + 1] - twice) +
                                                  rate[1] * (old[c - row] + old[c + row] - twice) +
                                                  rate[2] * (old[c - slab] + old[c + slab] - twice)));
      }
}

/// Diffusion over @p length (standard deviation of the kernel, mm).
void blur(ScalarGrid& f, double length) {
  const double step = 0.45 / f.spacing.cwiseProduct(f.spacing).cwiseInverse().sum();
  const int steps = static_cast<int>(std::ceil(0.5 * length * length / step));
  for (int s = 0; s < steps; ++s) diffuse(f, 0.5 * length * length / steps);
}

/// Share of a voxel that lies inside, from the signed distance of its centre.
float filled_share(double distance, double voxel) {
  return static_cast<float>(std::clamp(0.5 - distance / voxel, 0.0, 1.0));
}

struct IndexBox {
  std::array<int, 3> lower{1 << 30, 1 << 30, 1 << 30}, upper{-1, -1, -1};
};

IndexBox find_voxels(const ImageVolume& image, const std::function<bool(int, int, int)>& inside) {
  IndexBox box;
  for (int k = 0; k < image.size[2]; ++k)
    for (int j = 0; j < image.size[1]; ++j)
      for (int i = 0; i < image.size[0]; ++i) {
        if (!inside(i, j, k)) continue;
        const std::array<int, 3> at{i, j, k};
        for (int a = 0; a < 3; ++a) {
          box.lower[a] = std::min(box.lower[a], at[a]);
          box.upper[a] = std::max(box.upper[a], at[a]);
        }
      }
  return box;
}

} // namespace

ImageShape::ImageShape(const ImageVolume& image, const Vec3& label_step,
                       const std::function<bool(int, int, int)>& inside)
    : label_step_(label_step) {
  const IndexBox box = find_voxels(image, inside);
  if (box.upper[0] < 0) throw InputError("the labels hold no voxel of the vertebra");
  Vec3 first;
  for (int a = 0; a < 3; ++a) {
    first[a] = box.lower[a] - pad;
    field_.size[a] = box.upper[a] - box.lower[a] + 1 + 2 * pad;
  }
  field_.origin = Vec3::Zero();
  field_.spacing = image.spacing();
  field_.values.resize(field_.count());
  first_ = image.to_patient(first);
  to_index_ = image.axes.inverse();
  std::size_t voxels = 0;
  for (int k = 0; k < field_.size[2]; ++k)
    for (int j = 0; j < field_.size[1]; ++j)
      for (int i = 0; i < field_.size[0]; ++i) {
        const int x = i + box.lower[0] - pad, y = j + box.lower[1] - pad, z = k + box.lower[2] - pad;
        const bool in = image.holds(x, y, z) && inside(x, y, z);
        field_.values[field_.index(i, j, k)] = in ? -1.0F : 1.0F;
        if (!in) continue;
        ++voxels;
        const Vec3 place = image.to_patient(Vec3(x, y, z));
        const std::array<int, 3> at{x, y, z};
        bool on_border = false, on_surface = false;
        for (int a = 0; a < 3; ++a) {
          on_border |= at[a] == 0 || at[a] == image.size[a] - 1;
          for (const int side : {-1, 1}) {
            std::array<int, 3> next = at;
            next[a] += side;
            on_surface |= !image.holds(next[0], next[1], next[2]) || !inside(next[0], next[1], next[2]);
          }
        }
        if (on_border) border_voxels_.push_back(place);
        if (on_surface) surface_voxels_.push_back(place);
      }
  cut_by_border_ = !border_voxels_.empty();
  labelled_volume_ = static_cast<double>(voxels) * std::abs(image.axes.determinant());
  redistance(field_);
  smooth();
  restore_volume();
}

/// Per node, how far the surface may move there, mm.
std::vector<float> ImageShape::room_to_move() const {
  ScalarGrid smooth = field_;
  blur(smooth, label_step_.maxCoeff());
  ScalarGrid thick = field_; // distance to the thick parts, by opening with a ball
  const auto ball = static_cast<float>(thick_steps * label_step_.maxCoeff());
  for (float& v : thick.values) v += ball;
  redistance(thick);
  std::vector<float> room(field_.count());
  for (int k = 0; k < field_.size[2]; ++k)
    for (int j = 0; j < field_.size[1]; ++j)
      for (int i = 0; i < field_.size[0]; ++i) {
        const std::size_t c = field_.index(i, j, k);
        const Vec3 normal = smooth.gradient(field_.point(i, j, k)).normalized();
        const bool is_thick = thick.values[c] < ball + label_step_.maxCoeff();
        room[c] = static_cast<float>((is_thick ? thick_share : thin_share) * normal.cwiseAbs().dot(label_step_));
      }
  return room;
}

void ImageShape::smooth() {
  const std::vector<float> room = room_to_move(), start = field_.values;
  std::vector<float> labelled(start.size());
  for (std::size_t c = 0; c < start.size(); ++c) labelled[c] = start[c] < 0 ? 1.0F : 0.0F;
  const double length = std::sqrt(0.9 / label_step_.cwiseProduct(label_step_).cwiseInverse().sum());
  const int rounds = std::max(4, static_cast<int>(std::lround(rounds_per_mm * label_step_.maxCoeff())));
  for (int round = 0; round < rounds; ++round) {
    blur(field_, length);
    ScalarGrid again = field_;
    blur(again, length);
    for (std::size_t c = 0; c < start.size(); ++c) {
      field_.values[c] += field_.values[c] - again.values[c];
      if (start[c] > 0)
        field_.values[c] = std::max(field_.values[c], start[c] - room[c]);
      else
        field_.values[c] = std::min(field_.values[c], start[c] + room[c]);
    }
    redistance(field_);
    restore_local_volume(labelled);
  }
}

/// Shifts the level so that every neighbourhood keeps its labelled volume: missing volume per surface.
void ImageShape::restore_local_volume(const std::vector<float>& labelled) {
  const double reach = 2 * label_step_.maxCoeff(), farthest = 0.3 * label_step_.maxCoeff();
  const double voxel = std::cbrt(field_.spacing.prod());
  ScalarGrid missing = field_, surface = field_;
  for (std::size_t c = 0; c < labelled.size(); ++c) {
    missing.values[c] = labelled[c] - filled_share(field_.values[c], voxel);
    surface.values[c] = std::abs(field_.values[c]) < 0.5 * voxel ? static_cast<float>(1 / voxel) : 0.0F;
  }
  blur(missing, reach);
  blur(surface, reach);
  for (std::size_t c = 0; c < labelled.size(); ++c) {
    const double shift = missing.values[c] / std::max<double>(surface.values[c], 0.02);
    field_.values[c] -= static_cast<float>(std::clamp(shift, -farthest, farthest));
  }
}

void ImageShape::restore_volume() {
  const Vec3& h = field_.spacing;
  const double fine = h.minCoeff() / 2;
  const ScalarGrid grid = [&] {
    Box box;
    box.extend(Vec3::Zero());
    box.extend(h.cwiseProduct(Vec3(field_.size[0] - 1, field_.size[1] - 1, field_.size[2] - 1)));
    ScalarGrid g = make_grid(box, std::max(fine, 0.4));
    const Mat3 back = to_index_.inverse();
    for (int k = 0; k < g.size[2]; ++k)
      for (int j = 0; j < g.size[1]; ++j)
        for (int i = 0; i < g.size[0]; ++i)
          g.values[g.index(i, j, k)] = static_cast<float>((*this)(first_ + back * g.point(i, j, k).cwiseQuotient(h)));
    return g;
  }();
  double lower = -h.maxCoeff(), upper = h.maxCoeff();
  for (int i = 0; i < 40; ++i) {
    const double middle = 0.5 * (lower + upper);
    (volume_below(grid, middle) < labelled_volume_ ? lower : upper) = middle;
  }
  level_ = 0.5 * (lower + upper);
}

double ImageShape::operator()(const Vec3& p) const {
  const Vec3 u = to_index_ * (p - first_);
  std::array<int, 3> base{};
  std::array<std::array<double, 4>, 3> w{};
  for (int a = 0; a < 3; ++a) {
    const double x = std::clamp(u[a], 1.0, field_.size[a] - 2.001);
    base[a] = static_cast<int>(x) - 1;
    w[a] = catmull_rom(x - base[a] - 1);
  }
  double sum = 0;
  for (int k = 0; k < 4; ++k)
    for (int j = 0; j < 4; ++j) {
      const float* v = &field_.values[field_.index(base[0], base[1] + j, base[2] + k)];
      sum += w[2][k] * w[1][j] * (w[0][0] * v[0] + w[0][1] * v[1] + w[0][2] * v[2] + w[0][3] * v[3]);
    }
  return sum - level_;
}

ScalarGrid ImageShape::rasterise(const Frame& frame, double spacing) const {
  Box box;
  for (const Vec3& p : surface_voxels_) box.extend(frame.from_source(p));
  const double margin = field_.spacing.maxCoeff() + 2;
  box.lower.array() -= margin;
  box.upper.array() += margin;
  ScalarGrid grid = make_grid(box, spacing);
#pragma omp parallel for schedule(static)
  for (int k = 0; k < grid.size[2]; ++k)
    for (int j = 0; j < grid.size[1]; ++j)
      for (int i = 0; i < grid.size[0]; ++i)
        grid.values[grid.index(i, j, k)] = static_cast<float>((*this)(frame.to_source(grid.point(i, j, k))));
  return grid;
}

} // namespace kypho
