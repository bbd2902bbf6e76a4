#include "core/base/errors.hpp"
#include "image_phantom.hpp"
#include "mesh/surface_anatomy.hpp"
#include "mesh/surface_shape.hpp"
#include "mesh_probe.hpp"
#include <Eigen/Geometry>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kypho {
namespace {

using namespace test;
using ::testing::HasSubstr;

using Triangles = std::vector<std::array<Vec3, 3>>;

/// The outside of a meshed parametric vertebra.
Triangles outside_of(const std::string& elements) {
  Params params = vertebra("L1");
  params.set("posterior_elements", elements);
  const TetMesh mesh = mesh_anatomy(*make_anatomy(params), mesh_params(2.5, 2.5));
  Triangles triangles;
  for (const Facet& f : mesh.facets)
    triangles.push_back({mesh.nodes[f.nodes[0]], mesh.nodes[f.nodes[1]], mesh.nodes[f.nodes[2]]});
  return triangles;
}

const Triangles& whole() {
  static const Triangles triangles = outside_of("full");
  return triangles;
}

void write_stl(const std::filesystem::path& file, const Triangles& triangles, double scale = 1) {
  std::string bytes(84, '\0');
  const auto count = static_cast<std::uint32_t>(triangles.size());
  std::memcpy(&bytes[80], &count, 4);
  for (const auto& t : triangles) {
    bytes.append(12, '\0');
    for (const Vec3& p : t)
      for (int a = 0; a < 3; ++a) {
        const auto x = static_cast<float>(scale * p[a]);
        bytes.append(reinterpret_cast<const char*>(&x), 4);
      }
    bytes.append(2, '\0');
  }
  std::ofstream(file, std::ios::binary) << bytes;
}

void write_obj(const std::filesystem::path& file, const Triangles& triangles) {
  std::ofstream out(file);
  out.precision(9);
  for (const auto& t : triangles)
    for (const Vec3& p : t) out << "v " << p.x() << ' ' << p.y() << ' ' << p.z() << '\n';
  for (std::size_t i = 0; i < triangles.size(); ++i)
    out << "f " << 3 * i + 1 << ' ' << 3 * i + 2 << ' ' << 3 * i + 3 << '\n';
}

void write_ply(const std::filesystem::path& file, const Triangles& triangles) {
  std::ofstream out(file);
  out.precision(9);
  out << "ply\nformat ascii 1.0\nelement vertex " << 3 * triangles.size()
      << "\nproperty float x\nproperty float y\nproperty float z\nelement face " << triangles.size()
      << "\nproperty list uchar int vertex_indices\nend_header\n";
  for (const auto& t : triangles)
    for (const Vec3& p : t) out << p.x() << ' ' << p.y() << ' ' << p.z() << '\n';
  for (std::size_t i = 0; i < triangles.size(); ++i)
    out << "3 " << 3 * i << ' ' << 3 * i + 1 << ' ' << 3 * i + 2 << '\n';
}

Triangles moved(Triangles triangles, const Mat3& turn, const Vec3& shift) {
  for (auto& t : triangles)
    for (Vec3& p : t) p = turn * p + shift;
  return triangles;
}

double volume_inside(const Triangles& triangles) {
  double volume = 0;
  for (const auto& [a, b, c] : triangles) volume += a.dot(b.cross(c)) / 6;
  return volume;
}

Params params_for(const std::filesystem::path& file) {
  Params params = vertebra("L1");
  params.set("source", std::string("surface"));
  params.set("surface", file.string());
  params.set("posterior_elements", std::string("full"));
  return params;
}

std::string error_of(const Params& params) {
  try {
    make_anatomy(params);
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

double volume_of(const Anatomy& anatomy) {
  constexpr double step = 0.6;
  const Box box = anatomy.bounds();
  double count = 0;
  for (double x = box.lower.x(); x <= box.upper.x(); x += step)
    for (double y = box.lower.y(); y <= box.upper.y(); y += step)
      for (double z = box.lower.z(); z <= box.upper.z(); z += step)
        count += anatomy.region(Vec3(x, y, z)) != Region::outside;
  return count * step * step * step;
}

TEST(SurfaceAnatomy, a_tilted_vertebra_in_metres_is_found_in_its_own_frame) {
  const Folder folder;
  const Mat3 turn = Eigen::AngleAxisd(0.2, Vec3(1, -2, 1).normalized()).toRotationMatrix();
  write_stl(folder / "l1.stl", moved(whole(), turn, Vec3(100, -20, 900)), 0.001);
  Params params = params_for(folder / "l1.stl");
  params.set("surface_unit", std::string("m"));
  const auto anatomy = make_anatomy(params);
  Params of_truth = vertebra("L1");
  of_truth.set("posterior_elements", std::string("full"));
  const auto truth = make_anatomy(of_truth);
  const Landmarks &l = anatomy->landmarks(), &known = truth->landmarks();
  EXPECT_NEAR(l.depth, known.depth, 1.5);
  EXPECT_NEAR(l.width, known.width, 1.5);
  EXPECT_LT((l.upper.centre - known.upper.centre).norm(), 1.5);
  EXPECT_LT((l.left.isthmus - known.left.isthmus).cross(known.left.axis).norm(), 1.5);
  EXPECT_NEAR(l.left.width, known.left.width, 1.5);
  EXPECT_NEAR(volume_of(*anatomy) / volume_inside(whole()), 1, 0.01);
}

TEST(SurfaceAnatomy, stl_ply_and_obj_give_the_same_vertebra) {
  const Folder folder;
  write_stl(folder / "a.stl", whole());
  write_ply(folder / "a.ply", whole());
  write_obj(folder / "a.obj", whole());
  const SurfaceShape stl = read_surface(folder / "a.stl", 1);
  for (const char* name : {"a.ply", "a.obj"}) {
    const SurfaceShape other = read_surface(folder / name, 1);
    ASSERT_EQ(other.triangles.size(), stl.triangles.size());
    ASSERT_EQ(other.vertices.size(), stl.vertices.size());
    check_surface(other, name);
    for (std::size_t i = 0; i < stl.vertices.size(); i += 17)
      EXPECT_LT((other.vertices[i] - stl.vertices[i]).norm(), 1e-4);
  }
}

TEST(SurfaceAnatomy, patient_axes_may_be_told) {
  const Folder folder;
  Mat3 to_lps; // anatomical anterior, left, cranial in LPS
  to_lps << 0, 1, 0, -1, 0, 0, 0, 0, 1;
  write_stl(folder / "a.stl", moved(whole(), to_lps, Vec3::Zero()));
  Params params = params_for(folder / "a.stl");
  params.set("surface_axes", std::string("lps"));
  const auto anatomy = make_anatomy(params);
  EXPECT_LT(anatomy->landmarks().canal.x(), -15);
  EXPECT_LT(anatomy->bounds().lower.x(), -45) << "processes lie behind";
}

TEST(SurfaceAnatomy, density_is_given_or_patterned) {
  const Folder folder;
  write_stl(folder / "a.stl", whole());
  Params params = params_for(folder / "a.stl");
  params.set("bmd", 66.0);
  params.set("density_pattern", std::string("uniform"));
  EXPECT_NEAR(make_anatomy(params)->bmd(Vec3(3, 4, 5)), 66, 1e-9);
  params.set("density_pattern", std::string("regional"));
  const auto anatomy = make_anatomy(params);
  EXPECT_GT(anatomy->bmd(Vec3(-12, 0, 0)), anatomy->bmd(Vec3(12, 0, 0)) + 5);
}

TEST(SurfaceAnatomy, an_open_surface_is_refused_with_the_place_of_the_hole) {
  const Folder folder;
  Triangles open = whole();
  open.erase(open.begin() + 100);
  write_stl(folder / "open.stl", open);
  const std::string error = error_of(params_for(folder / "open.stl"));
  EXPECT_THAT(error, HasSubstr("open.stl: the surface is open: 3 edges"));
  EXPECT_THAT(error, HasSubstr("mm"));
}

TEST(SurfaceAnatomy, a_surface_that_crosses_itself_is_refused) {
  const Folder folder;
  Triangles crossed = whole();
  const Triangles second = moved(whole(), Mat3::Identity(), Vec3(3, 2, 1));
  crossed.insert(crossed.end(), second.begin(), second.end());
  write_stl(folder / "crossed.stl", crossed);
  EXPECT_THAT(error_of(params_for(folder / "crossed.stl")), HasSubstr("crosses itself"));
}

TEST(SurfaceAnatomy, empty_small_and_unreadable_files_are_refused_by_name) {
  const Folder folder;
  write_stl(folder / "empty.stl", {});
  EXPECT_THAT(error_of(params_for(folder / "empty.stl")), HasSubstr("empty.stl"));
  write_stl(folder / "small.stl", whole(), 0.001);
  EXPECT_THAT(error_of(params_for(folder / "small.stl")), HasSubstr("surface_unit"));
  write_stl(folder / "short.stl", whole());
  cut_short(folder / "short.stl", 5000);
  testing::internal::CaptureStderr();
  EXPECT_THAT(error_of(params_for(folder / "short.stl")), HasSubstr("short.stl"));
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  EXPECT_THAT(error_of(params_for(folder / "absent.stl")), HasSubstr("no such surface file"));
  EXPECT_THAT(error_of(vertebra("L1")), HasSubstr("no error"));
  Params none = vertebra("L1");
  none.set("source", std::string("surface"));
  EXPECT_THAT(error_of(none), HasSubstr("anatomy.surface"));
}

TEST(SurfaceShape, the_signed_distance_of_a_cube_is_exact_beside_its_faces) {
  const Folder folder;
  std::array<Vec3, 8> c;
  for (int i = 0; i < 8; ++i) c[i] = 10.0 * Vec3(i & 1 ? 1 : -1, i & 2 ? 1 : -1, i & 4 ? 1 : -1);
  Triangles cube;
  for (const auto& [p, q, r, s] :
       {std::array{0, 2, 3, 1}, {4, 5, 7, 6}, {0, 1, 5, 4}, {2, 6, 7, 3}, {0, 4, 6, 2}, {1, 3, 7, 5}}) {
    cube.push_back({c[p], c[q], c[r]});
    cube.push_back({c[p], c[r], c[s]});
  }
  write_stl(folder / "cube.stl", cube);
  const ScalarGrid d = rasterise(read_surface(folder / "cube.stl", 1), 0.7);
  for (const Vec3& p : {Vec3(9.4, 2, 3), Vec3(-1, -9.8, 4), Vec3(0.3, 0.2, 10.5)})
    EXPECT_NEAR(d.at(p), p.cwiseAbs().maxCoeff() - 10, 0.02);
  EXPECT_NEAR(volume_below(d), 8000, 40);
}

// ---- real anatomy

std::filesystem::path data_folder() {
  if (const char* folder = std::getenv("KYPHOSIM_DATA")) return folder;
  return std::filesystem::path(KYPHOSIM_SOURCE_DIR) / ".." / "shared" / "data";
}

TEST(SurfaceAnatomyOfAPatient, L1_whole_and_its_body_alone_agree) {
  const std::filesystem::path folder = data_folder() / "artisynth_lumbar_stl";
  if (!std::filesystem::exists(folder / "L1_mm.stl")) GTEST_SKIP() << "no surfaces in " << folder;
  const auto all = make_anatomy(params_for(folder / "L1_mm.stl"));
  const auto body = make_anatomy(params_for(folder / "L1_body_mm.stl"));
  const Landmarks &l = all->landmarks(), &b = body->landmarks();
  EXPECT_TRUE(l.has_pedicles);
  EXPECT_FALSE(b.has_pedicles);
  EXPECT_NEAR(l.left.isthmus.y(), -l.right.isthmus.y(), 0.5); // the model is symmetric
  EXPECT_NEAR(l.left.width, l.right.width, 0.5);
  EXPECT_NEAR(l.depth, b.depth, 3);
  EXPECT_NEAR((l.upper.centre - l.lower.centre).norm(), (b.upper.centre - b.lower.centre).norm(), 3);
}

} // namespace
} // namespace kypho
