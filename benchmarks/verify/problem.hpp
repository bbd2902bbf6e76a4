#pragma once
// A boundary-value problem of the ladder: a mapped block of tetrahedra, laws, supports, loads, solved by Newton's method.
#include "core/fem/bulk_term.hpp"
#include "core/fem/load_terms.hpp"
#include "core/fem/system.hpp"
#include "solvers/linear_solver.hpp"
#include <functional>

namespace kypho::verify {

/// nx x ny x nz cells of six tetrahedra each; node (i, j, k) lies at map(i/nx, j/ny, k/nz). Quadratic edges follow the map.
/// Neighbouring cells are mirror images, so that no direction is preferred. @param order 1 or 2
TetMesh block(int nx, int ny, int nz, int order, const std::function<Vec3(const Vec3&)>& map);
/// Octant x, y, z >= 0 of a hollow sphere; @p radius over the share 0..1 of the wall. @p around even
TetMesh sphere_octant(int radial, int around, int order, const std::function<double(double)>& radius);
/// Quarter x, y >= 0 of a hollow cylinder, its cells growing with the radius.
TetMesh cylinder_quarter(int radial, int around, int axial, int order, double inner, double outer, double height);

/// Law by name with keys in the units of its declaration.
std::shared_ptr<const Material> law(std::string_view name,
                                    const std::vector<std::pair<std::string, double>>& keys = {});

struct Problem {
  /// @param mean_dilatation for nearly incompressible laws on quadratic elements
  Problem(TetMesh mesh, std::shared_ptr<const Material> law, bool mean_dilatation = false, PointData point = {});

  using Where = std::function<bool(const Vec3&)>;
  /// Holds component @p i of the nodes that lie there at @p value(X, t).
  void hold(const Where& where, int i, std::function<double(const Vec3&, double)> value = {});
  void hold_node(int node, int i, std::function<double(const Vec3&, double)> value);
  /// Facets whose corners and middles all satisfy @p where.
  std::vector<int> facets(const Where& where) const;
  /// Adds a term of its own.
  template <class T, class... Args>
  T& add(Args&&... args) {
    auto term = std::make_unique<T>(std::forward<Args>(args)...);
    T& made = *term;
    own.push_back(std::move(term));
    system.terms.push_back(&made);
    return made;
  }
  /// @param load called with t before each increment, after the held values were set
  /// @return imbalances of the last increment
  std::vector<double> solve(int increments, double balance = 1e-11, const std::function<void(double)>& load = {},
                            const std::function<void(double)>& observe = {});
  /// Sum of component @p i of the forces that the supports of the nodes there exert on the body, N.
  double reaction(const Where& where, int i) const;
  Vec3 displacement(const Vec3& X) const; ///< of the node nearest to X
  int node_at(const Vec3& X) const;       ///< nearest to X
  /// Deformation gradient at a corner of the mesh, the mean of the elements that meet there.
  Mat3 gradient_at_corner(int node) const;

  TetMesh mesh;
  std::unique_ptr<BulkTerm> bulk;
  System system;
  long newton_iterations = 0;
  std::string linear_solver = direct_solver(); ///< exact, so that what is left is the elements' error

private:
  struct Held {
    int unknown;
    Vec3 X;
    std::function<double(const Vec3&, double)> value;
  };
  std::vector<Held> held_;
  std::vector<std::unique_ptr<Term>> own;
};

/// L2 norm of u - exact over the body, mm^(5/2). Quadrature exact to degree 5 or better.
double displacement_error(const Problem& problem, const std::function<Vec3(const Vec3&)>& exact);
/// Consistent nodal loads of a body force per reference volume, N.
VectorX body_load(const TetMesh& mesh, const std::function<Vec3(const Vec3&)>& force);

} // namespace kypho::verify
