#pragma once
// Shape functions and quadrature of the element kinds. Node order of VTK, Abaqus and CalculiX: corners, then the middles of
// edges 01, 12, 20, 03, 13, 23 (triangle: 01, 12, 20). Coordinates are xi, eta, zeta with corner 0 at the origin; weights
// sum to the volume 1/6 or the area 1/2 of the reference element.
#include <array>

namespace kypho {

/// Linear tetrahedron, one point.
struct Tet4 {
  static constexpr int nodes = 4, points = 1;
  static constexpr std::array<double, points> weight{1.0 / 6};
  static constexpr std::array<double, 4> values(const std::array<double, 3>& x) {
    return {1 - x[0] - x[1] - x[2], x[0], x[1], x[2]};
  }
  static constexpr std::array<std::array<double, 3>, 4> gradients(const std::array<double, 3>&) {
    return {{{-1, -1, -1}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
  }
  static constexpr std::array<std::array<double, 3>, points> point{{{0.25, 0.25, 0.25}}};
};

/// Quadratic tetrahedron, four points (exact for quadratic integrands; Zienkiewicz & Taylor 2000, table 9.3).
struct Tet10 {
  static constexpr int nodes = 10, points = 4;
  static constexpr double a = 0.58541019662496845, b = 0.13819660112501052;
  static constexpr std::array<double, points> weight{1.0 / 24, 1.0 / 24, 1.0 / 24, 1.0 / 24};
  static constexpr std::array<std::array<double, 3>, points> point{{{b, b, b}, {a, b, b}, {b, a, b}, {b, b, a}}};
  static constexpr std::array<std::array<int, 2>, 6> edge{{{0, 1}, {1, 2}, {2, 0}, {0, 3}, {1, 3}, {2, 3}}};
  static constexpr std::array<double, 10> values(const std::array<double, 3>& x) {
    const auto l = Tet4::values(x);
    std::array<double, 10> n{};
    for (int i = 0; i < 4; ++i) n[i] = l[i] * (2 * l[i] - 1);
    for (int e = 0; e < 6; ++e) n[4 + e] = 4 * l[edge[e][0]] * l[edge[e][1]];
    return n;
  }
  static constexpr std::array<std::array<double, 3>, 10> gradients(const std::array<double, 3>& x) {
    const auto l = Tet4::values(x);
    const auto g = Tet4::gradients(x);
    std::array<std::array<double, 3>, 10> n{};
    for (int k = 0; k < 3; ++k) {
      for (int i = 0; i < 4; ++i) n[i][k] = (4 * l[i] - 1) * g[i][k];
      for (int e = 0; e < 6; ++e) {
        const auto [i, j] = edge[e];
        n[4 + e][k] = 4 * (l[i] * g[j][k] + l[j] * g[i][k]);
      }
    }
    return n;
  }
};

/// Linear triangle, one point.
struct Tri3 {
  static constexpr int nodes = 3, points = 1;
  static constexpr std::array<double, points> weight{0.5};
  static constexpr std::array<std::array<double, 2>, points> point{{{1.0 / 3, 1.0 / 3}}};
  static constexpr std::array<double, 3> values(const std::array<double, 2>& x) {
    return {1 - x[0] - x[1], x[0], x[1]};
  }
  static constexpr std::array<std::array<double, 2>, 3> gradients(const std::array<double, 2>&) {
    return {{{-1, -1}, {1, 0}, {0, 1}}};
  }
};

/// Quadratic triangle, six points (exact to degree 4: Dunavant 1985, Int J Numer Meth Eng 21:1129).
struct Tri6 {
  static constexpr int nodes = 6, points = 6;
  static constexpr double a = 0.445948490915965, b = 0.091576213509771;
  static constexpr double wa = 0.5 * 0.223381589678011, wb = 0.5 * 0.109951743655322;
  static constexpr std::array<double, points> weight{wa, wa, wa, wb, wb, wb};
  static constexpr std::array<std::array<double, 2>, points> point{
      {{a, a}, {1 - 2 * a, a}, {a, 1 - 2 * a}, {b, b}, {1 - 2 * b, b}, {b, 1 - 2 * b}}};
  static constexpr std::array<std::array<int, 2>, 3> edge{{{0, 1}, {1, 2}, {2, 0}}};
  static constexpr std::array<double, 6> values(const std::array<double, 2>& x) {
    const auto l = Tri3::values(x);
    std::array<double, 6> n{};
    for (int i = 0; i < 3; ++i) n[i] = l[i] * (2 * l[i] - 1);
    for (int e = 0; e < 3; ++e) n[3 + e] = 4 * l[edge[e][0]] * l[edge[e][1]];
    return n;
  }
  static constexpr std::array<std::array<double, 2>, 6> gradients(const std::array<double, 2>& x) {
    const auto l = Tri3::values(x);
    const auto g = Tri3::gradients(x);
    std::array<std::array<double, 2>, 6> n{};
    for (int k = 0; k < 2; ++k) {
      for (int i = 0; i < 3; ++i) n[i][k] = (4 * l[i] - 1) * g[i][k];
      for (int e = 0; e < 3; ++e) {
        const auto [i, j] = edge[e];
        n[3 + e][k] = 4 * (l[i] * g[j][k] + l[j] * g[i][k]);
      }
    }
    return n;
  }
};

/// Quadratic triangle with as many points as its membrane has ways to strain, three times three (exact for quadratic
/// integrands, as the forces of a uniform stress in a flat face with curved edges are; Zienkiewicz & Taylor 2000, table
/// 9.2). Point k is the centroid of the triangle at corner k when the face is cut into four.
struct Tri6Membrane : Tri6 {
  static constexpr int points = 3;
  static constexpr std::array<double, points> weight{1.0 / 6, 1.0 / 6, 1.0 / 6};
  static constexpr std::array<std::array<double, 2>, points> point{
      {{1.0 / 6, 1.0 / 6}, {2.0 / 3, 1.0 / 6}, {1.0 / 6, 2.0 / 3}}};
};

/// Gradients of all shape functions at all quadrature points.
template <class Shape>
constexpr auto gradients_at_points() {
  std::array<decltype(Shape::gradients(Shape::point[0])), Shape::points> all{};
  for (int q = 0; q < Shape::points; ++q) all[q] = Shape::gradients(Shape::point[q]);
  return all;
}

} // namespace kypho
