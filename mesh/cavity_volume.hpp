#pragma once
// The inside of channels and cavities: the space bounded by cavity facets, closed with lids where it is open.
#include "core/fem/tet_mesh.hpp"
#include "mesh/triangle_tree.hpp"

namespace kypho {

class CavityVolume {
public:
  /// @param mesh whose facets cavity_left and cavity_right bound the space  @param positions current, mm
  CavityVolume(const TetMesh& mesh, const std::vector<Vec3>& positions);
  bool empty() const { return walls_.empty(); }
  const Box& bounds() const { return bounds_; }
  /// True inside any cavity. Cavities may touch, merge or overlap.
  bool inside(const Vec3& p) const;
  /// True if the wall nearest to @p p is bone of the body (and not of a pedicle).
  bool beside_body(const Vec3& p) const;
  /// inside() and beside_body(), from a table away from walls and borders. @throws std::logic_error before make_table()
  bool in_body_part(const Vec3& p) const;
  void make_table();
  /// Nearest wall within @p limit; `triangle` is a number in mesh.facets.
  TriangleTree::Nearest nearest_wall(const Vec3& p, double limit) const;

private:
  enum class Cell : char { no, yes, mixed };
  Cell classify_cell(const Vec3& centre, double half_diagonal) const;
  std::size_t cell_of(const Vec3& p) const;
  TriangleTree walls_, closed_;           ///< without and with lids
  TriangleTree body_walls_, other_walls_; ///< backed by the body, by something else
  std::vector<int> facets_;               ///< facet of each wall triangle
  Box bounds_;
  std::array<int, 3> count_{};
  std::vector<Cell> table_;
};

} // namespace kypho
