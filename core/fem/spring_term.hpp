#pragma once
// Cords between two nodes, or between a node and a point in space: ligaments. A cord of present length L pulls its ends
// together along the line n between them, and carries nothing where it is slack:
//   f_a = T n,  f_b = -T n,  T = F(L / L_0),   K_aa = (F'/L_0) n n^T + (T/L) (I - n n^T)
#include "core/fem/term.hpp"
#include "core/materials/cord_law.hpp"

namespace kypho {

class SpringTerm final : public Term {
public:
  struct Spring {
    std::shared_ptr<const CordLaw> law;
    int node = 0;
    int other = -1;            ///< second node; below 0: the cord is held at point
    Vec3 point = Vec3::Zero(); ///< in space, where there is no second node
    double length = 0;         ///< L_0, mm; 0: the distance of the ends in the reference shape
  };
  /// @param reference positions of the nodes, mm. @throws InputError for a cord whose ends coincide
  SpringTerm(const std::vector<Vec3>& reference, std::vector<Spring> springs);

  std::string_view name() const noexcept override { return "springs"; }
  void add_forces(const VectorX& u, VectorX& f) override;
  void add_stiffness_rows(const VectorX& u, VectorX& rows) const override;
  void couple(Tangent& K) const override;
  double linearize(const VectorX& u, VectorX& f, Tangent* K) const override;
  double force_sum() const override { return force_sum_; }
  bool stores() const override { return true; }
  double stored(const VectorX& u) const override { return energy(u); }
  void visit(Archive&) override {} // a cord has no history

  const std::vector<Spring>& springs() const { return springs_; }
  double tension(int spring, const VectorX& u) const;    ///< N
  double elongation(int spring, const VectorX& u) const; ///< L - L_0, mm
  double energy(const VectorX& u) const;                 ///< N mm

private:
  Vec3 span(const Spring& s, const VectorX& u) const; ///< from the node to the other end
  std::vector<Vec3> reference_;
  std::vector<Spring> springs_; ///< between nodes first, then those held in space
  std::size_t pairs_ = 0;       ///< how many are between nodes
  double force_sum_ = 0;
};

} // namespace kypho
