// Meshes of quadratic elements: the first one, and a new one of its bent shape.
#include "core/fem/quadratic.hpp"
#include "core/fem/shapes.hpp"
#include "mesh/mesh_checks.hpp"
#include "mesh/topology.hpp"
#include "mesh_probe.hpp"
#include <gtest/gtest.h>

namespace kypho {
namespace {

using test::mesh_params;

const Anatomy& l1() {
  static const auto anatomy = make_anatomy(test::vertebra("L1"));
  return *anatomy;
}
const std::vector<Channel>& channels() {
  const auto along = [](const PedicleLandmarks& pedicle, Surface wall) {
    return Channel{wall, pedicle.entry - 5 * pedicle.axis, pedicle.isthmus + 28 * pedicle.axis, 2.1};
  };
  static const std::vector<Channel> both{along(l1().landmarks().left, Surface::cavity_left),
                                         along(l1().landmarks().right, Surface::cavity_right)};
  return both;
}
std::vector<Facet> boundary_facets(const TetMesh& mesh) {
  std::vector<Facet> facets;
  for (const BoundaryFace& face : boundary_faces(mesh.tets)) facets.push_back({face.nodes, Surface::cortex, face.tet});
  return facets;
}
void expect_sound(const TetMesh& mesh) {
  EXPECT_GT(test::smallest_tet_volume(mesh), 0);
  EXPECT_GT(worst_radius_ratio(mesh), 0.02);
  EXPECT_EQ(count_bad_edges(boundary_faces(mesh.tets)), 0);
  EXPECT_NEAR(test::enclosed_volume(mesh), test::total_volume(mesh), 1e-9 * test::total_volume(mesh));
}

/// Quadratic elements of a coarse mesh, bent a little, with a channel on each side.
class QuadraticRemesh : public testing::Test {
protected:
  static Params coarse() {
    Params p = mesh_params(5, 5, 2.5);
    p.set("element_order", 2);
    return p;
  }
  static const TetMesh& intact() {
    static const TetMesh mesh = mesh_anatomy(l1(), coarse());
    return mesh;
  }
  static const std::vector<Vec3>& bent() {
    static const std::vector<Vec3> positions = [] {
      std::vector<Vec3> x = intact().nodes;
      for (Vec3& p : x) p += Vec3(0.02 * p.z(), 0, -0.004 * p.x() * p.x());
      return x;
    }();
    return positions;
  }
  static const Remeshed& result() {
    static const Remeshed value = remesh(intact(), bent(), channels(), false, coarse());
    return value;
  }
};

TEST_F(QuadraticRemesh, TheFirstMeshIsClosedAndItsFacesBendToTheSurface) {
  const TetMesh parts = linear_parts(intact());
  expect_sound(parts);
  TetMesh flat = intact();
  flat.facets = boundary_facets(flat);
  const double curved = test::total_volume(parts), chords = test::total_volume(flat),
               fine = test::total_volume(mesh_anatomy(l1(), mesh_params(2, 2.5)));
  EXPECT_LT(std::abs(curved - fine), 0.4 * std::abs(chords - fine));
  EXPECT_EQ(intact().facets.size(), 4 * flat.facets.size());
}

TEST_F(QuadraticRemesh, TheNewMeshIsQuadraticClosedAndKeepsTheMass) {
  const Remeshed& r = result();
  ASSERT_EQ(r.mesh.mids.size(), r.mesh.tets.size());
  const TetMesh parts = linear_parts(r.mesh);
  expect_sound(parts);
  EXPECT_GT(test::area_of(r.mesh, Surface::cavity_left), 150);
  EXPECT_EQ(r.facet_source.size(), r.mesh.facets.size());
}

TEST_F(QuadraticRemesh, EveryNewPointComesFromAnOldOneOfItsRegionNearby) {
  const Remeshed& r = result();
  ASSERT_EQ(r.point_source.size(), 4 * r.mesh.tets.size());
  const auto place = [](const TetMesh& mesh, const std::vector<Vec3>& x, int point) {
    const auto share = Tet10::values(Tet10::point[point % 4]);
    Vec3 p = Vec3::Zero();
    for (int i = 0; i < 10; ++i) p += share[i] * x[i < 4 ? mesh.tets[point / 4][i] : mesh.mids[point / 4][i - 4]];
    return p;
  };
  double far = 0;
  for (int p = 0; p < static_cast<int>(r.point_source.size()); ++p) {
    const int source = r.point_source[p];
    ASSERT_GE(source, 0);
    EXPECT_EQ(intact().region[source / 4], r.mesh.region[p / 4]);
    far += (place(r.mesh, r.mesh.nodes, p) - place(intact(), bent(), source)).norm();
  }
  EXPECT_LT(far / static_cast<double>(r.point_source.size()), 1.5); // a quarter of an edge or so
}

// The bending is quadratic: middles that only followed their corners would miss it by 0.025 mm.
TEST_F(QuadraticRemesh, TheIntactPlacesOfCornersAndMiddlesFollowTheBending) {
  const TetMesh& mesh = result().mesh;
  double off = 0;
  for (std::size_t n = 0; n < mesh.nodes.size(); ++n) {
    const Vec3& p = mesh.intact[n];
    off += (p + Vec3(0.02 * p.z(), 0, -0.004 * p.x() * p.x()) - mesh.nodes[n]).norm();
  }
  EXPECT_LT(off / static_cast<double>(mesh.nodes.size()), 0.01);
}

} // namespace
} // namespace kypho
