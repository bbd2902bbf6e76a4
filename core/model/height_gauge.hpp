#pragma once
// Heights and wedge angle of the body, from tracked material points at the landmarks of the endplates.
// A tracked point is its landmark plus the displacement there (since the intact state) of the linear field that fits the
// endplate nodes around it best, weighted by area and a Gaussian: it does not depend on where the nodes happen to lie, and
// is exact for a body that moves, turns or wedges linearly.
#include "core/fem/tet_mesh.hpp"
#include "core/measures.hpp"
#include "core/model/landmarks.hpp"

namespace kypho {

class HeightGauge {
public:
  HeightGauge(const TetMesh& mesh, const Landmarks& landmarks);
  /// Heights (distances of the points) and angle; the axial load is left 0.
  Station read(const std::vector<Vec3>& positions) const;
  enum Place { anterior, middle, posterior };
  Vec3 upper(const std::vector<Vec3>& positions, Place place) const;
  Vec3 lower(const std::vector<Vec3>& positions, Place place) const;

private:
  struct Point {
    Vec3 landmark;
    std::vector<std::pair<int, double>> weights; ///< node, share (they sum to 1)
  };
  Vec3 place_of(const Point& point, const std::vector<Vec3>& positions) const;
  std::vector<Vec3> intact_;
  std::array<Point, 3> upper_, lower_;
};

} // namespace kypho
