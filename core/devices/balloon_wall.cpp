#include "core/devices/balloon_wall.hpp"

#include "core/materials/batched_shell.hpp"

#include <cmath>

namespace kypho {
namespace {

class BalloonWall final : public BatchedShell<BalloonWall, 0> {
public:
  BalloonWall(double tension, double locking_stretch)
      : tension_(tension), jm_(2 * locking_stretch * locking_stretch + std::pow(locking_stretch, -4) - 3) {}
  std::vector<std::pair<std::string, int>> visible_history() const override { return {}; }
  void initial_history(Eigen::Ref<VectorX>) const override {}
  void change_reference(const Eigen::Matrix<double, 3, 2>&, const Eigen::Matrix2d&,
                        Eigen::Ref<VectorX>) const override {
    throw std::logic_error("a balloon is taken out before its cavity is meshed anew");
  }
  StiffnessBound stiffness_bound() const override { return {0, 20 * tension_}; }

  template <class T, class C>
  void kernel(const T* F, C, double, T*, T* P, T* W) const {
    const T C0 = F[0] * F[0] + F[2] * F[2] + F[4] * F[4], C1 = F[1] * F[1] + F[3] * F[3] + F[5] * F[5];
    const T C2 = F[0] * F[1] + F[2] * F[3] + F[4] * F[5];
    const T det = larger(C0 * C1 - C2 * C2, filled<T>(0.1)); // a folded wall does not resist further folding
    const T I1 = C0 + C1 + 1.0 / det;
    const T lock = 1.0 / larger(1.0 - (I1 - 3.0) / jm_, filled<T>(0.05));
    const T m = tension_ * lock, w = m / (det * det);
    for (int i = 0; i < 3; ++i) { // P = m (F - C^-1 / det C), C^-1 = adj C / det C
      P[2 * i] = m * F[2 * i] - w * (F[2 * i] * C1 - F[2 * i + 1] * C2);
      P[2 * i + 1] = m * F[2 * i + 1] - w * (F[2 * i + 1] * C0 - F[2 * i] * C2);
    }
    *W = 0.5 * tension_ * jm_ * log_of(lock);
  }

private:
  double tension_, jm_;
};

} // namespace

std::unique_ptr<ShellLaw> make_balloon_wall(double tension, double locking_stretch) {
  return std::make_unique<BalloonWall>(tension, locking_stretch);
}

} // namespace kypho
