#pragma once
// Thin shells on facets of the mesh: their membrane forces (shell_elements.hpp). Their bending is hinge_term.hpp.
//
// A facet of a linear mesh is a 3-node triangle with one point. A face of a quadratic mesh is a 6-node triangle with
// three; facets stay its four triangles, and each one at a corner has the point that is its centroid. The one in the
// middle, as far from all three, has none and answers with the first. Where the border between two laws, or of a shell,
// crosses a face, its four facets are 3-node triangles: each law keeps its area and the border its place.
#include "core/fem/shell_elements.hpp"
#include "core/fem/tet_mesh.hpp"

namespace kypho {

class ShellTerm final : public Term {
public:
  enum class Faces {
    whole, ///< 6-node triangles where a quadratic mesh has them
    split  ///< 3-node triangles everywhere
  };
  /// @param law_of_facet index into @p laws per entry of mesh.facets, or -1 for a bare facet
  ShellTerm(const TetMesh& mesh, std::vector<std::shared_ptr<const ShellLaw>> laws,
            const std::vector<int>& law_of_facet, Faces faces = Faces::whole);

  std::string_view name() const noexcept override { return "shell"; }
  void add_forces(const VectorX& u, VectorX& f) override;
  void add_stiffness_rows(const VectorX& u, VectorX& rows) const override;
  void add_stiffness_bound(const VectorX& u, Tangent& K, VectorX& diagonal) const override;
  void couple(Tangent& K) const override;
  double linearize(const VectorX& u, VectorX& f, Tangent* K) const override;
  double force_sum() const override { return triangles_.force_sum() + faces_.force_sum(); }
  bool stores() const override { return !device; }
  double stored(const VectorX& u) const override;
  void visit(Archive& archive) override;

  const ShellLaw* law(int facet) const;
  /// Quadrature points of a facet: 1; 0 in the middle of a 6-node triangle; 3 where a facet is a whole face.
  int points(int facet) const { return place_[facet].points; }
  VectorX history(int facet, int q = 0) const;
  /// @param q < points(facet)
  void set_history(int facet, const VectorX& history, int q = 0);
  /// Factor on all forces, 1 unless a device is being withdrawn.
  double scale = 1;
  /// Of bone, over that at the reference rate of straining (strain_rate.hpp).
  void set_strength(double share) { triangles_.strength = faces_.strength = share; }
  /// The wall of a device loads the body and is none of it.
  bool device = false;
  /// Orthonormal basis of the reference surface at a point of a facet with a law (columns).
  Eigen::Matrix<double, 3, 2> basis(int facet, int q = 0) const;
  /// Deformation gradient against basis(facet, q).
  Eigen::Matrix<double, 3, 2> deformation(int facet, const VectorX& u, int q = 0) const;
  /// Reference area that a point stands for, mm2.
  double weight(int facet, int q = 0) const;

private:
  struct Place {
    bool on_face = false; ///< in faces_, else in triangles_
    int element = -1;     ///< -1: bare
    int first = 0;        ///< point of the element
    int points = 0;
  };
  /// What @p use makes of the elements that a facet lies in.
  template <class Use>
  auto with_elements(const Place& place, Use&& use) const {
    return place.on_face ? use(faces_) : use(triangles_);
  }

  ShellElements<Tri3> triangles_;
  ShellElements<Tri6Membrane> faces_;
  std::vector<Place> place_;
};

} // namespace kypho
