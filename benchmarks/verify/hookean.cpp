#include "benchmarks/verify/hookean.hpp"

#include "core/materials/batched.hpp"

namespace kypho::verify {
namespace {

class Hookean final : public BatchedMaterial<Hookean, 2, 0> {
public:
  static constexpr bool turns_with_observer = false;

  Hookean(double E, double nu) : lambda_(E * nu / ((1 + nu) * (1 - 2 * nu))), mu_(E / (2 * (1 + nu))) {}
  void constants(const PointData&, History c) const override {
    c[0] = lambda_;
    c[1] = mu_;
  }
  void initial_history(History) const override {}
  std::vector<std::pair<std::string, int>> visible_history() const override { return {}; }
  void change_reference(const Mat3&, const Vec3&, History) const override {
    throw std::logic_error("small strains keep their reference");
  }
  StiffnessBound stiffness_bound(ConstHistory c, ConstHistory) const override { return {c[0], 2 * c[1]}; }
  template <class T, class C>
  bool kernel(const T* F, const C* c, T*, T* P, T* W) const {
    const T trace = F[0] + F[4] + F[8] - 3.0;
    T energy = 0.5 * c[0] * trace * trace;
    for (int i = 0; i < 3; ++i)
      for (int J = 0; J < 3; ++J) {
        const T e = 0.5 * (F[3 * i + J] + F[3 * J + i]) - (i == J ? 1.0 : 0.0);
        P[3 * i + J] = 2.0 * c[1] * e;
        if (i == J) P[3 * i + J] = P[3 * i + J] + c[0] * trace;
        energy = energy + c[1] * e * e;
      }
    *W = energy;
    return false;
  }

private:
  double lambda_, mu_;
};

} // namespace

std::shared_ptr<const Material> hookean(double modulus, double poisson_ratio) {
  return std::make_shared<Hookean>(modulus, poisson_ratio);
}

} // namespace kypho::verify
