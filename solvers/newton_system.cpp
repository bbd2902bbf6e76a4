#include "solvers/newton_system.hpp"

#include "core/base/errors.hpp"

#include <Eigen/Dense>
#include <cmath>

namespace kypho {

void NewtonSystem::prepare(const System& system) {
  const std::vector<const Term*> terms(system.terms.begin(), system.terms.end());
  std::vector<int> patterns;
  for (const Term* term : terms) patterns.push_back(term->pattern());
  if (tangent_ && terms == terms_ && patterns == patterns_ && 3 * tangent_->nodes() == system.u.size()) return;
  terms_ = terms;
  patterns_ = patterns;
  tangent_ = std::make_unique<Tangent>(static_cast<int>(system.u.size()));
  for (const Term* term : terms) term->couple(*tangent_);
  tangent_->finish();
  solver_ = make_linear_solver(solver_name_);
}

double NewtonSystem::assemble(const System& system, const VectorX& u, VectorX& f, bool with_tangent) {
  if (with_tangent) {
    prepare(system);
    tangent_->clear();
  }
  f.setZero(system.u.size());
  double inside = 0;
  for (const Term* term : system.terms) inside += term->linearize(u, f, with_tangent ? tangent_.get() : nullptr);
  return inside;
}

bool NewtonSystem::factorize(const Tangent::Matrix& K) {
  const double largest = K.diagonal().cwiseAbs().maxCoeff();
  const Eigen::MatrixXd none;
  constexpr double least = 1e-7;
  // A body that gives way does so for a while: the last shift is where to begin.
  for (shift_ = shift_ > least ? 0.1 * shift_ : 0; shift_ < 1; shift_ = shift_ == 0 ? least : 10 * shift_) {
    try {
      if (shift_ == 0)
        solver_->setup(K, none, Definiteness::positive_definite);
      else {
        Tangent::Matrix shifted = K;
        for (int i = 0; i < shifted.rows(); ++i) shifted.coeffRef(i, i) += shift_ * largest;
        solver_->setup(shifted, none, Definiteness::positive_definite);
      }
      return true;
    } catch (const BackendError&) { // not positive definite
    }
  }
  return false;
}

bool NewtonSystem::solve(const System& system, const VectorX& extra, double accuracy, const VectorX& f, VectorX& du) {
  constexpr double symmetric = 1e-10;
  constexpr int iterations = 240;
  Tangent::Matrix& K = tangent_->matrix();
  const int n = static_cast<int>(du.size());
  for (int i = 0; i < n; ++i)
    if (extra[i] != 0) K.coeffRef(i, i) += extra[i];
  VectorX b = f;
  VectorX prescribed = VectorX::Zero(n);
  for (int i = 0; i < n; ++i)
    if (system.fixed[i]) prescribed[i] = du[i];
  b -= K * prescribed;
  for (const auto& [left, right] : tangent_->rank_one()) b -= left * right.dot(prescribed);
  // Prescribed rows and columns give way to a diagonal of the matrix's own size.
  const double size = std::max(1e-30, K.diagonal().cwiseAbs().mean());
  for (int i = 0; i < n; ++i)
    for (Tangent::Matrix::InnerIterator it(K, i); it; ++it)
      if (system.fixed[i] || system.fixed[it.col()]) it.valueRef() = i == it.col() ? size : 0.0;
  for (int i = 0; i < n; ++i)
    if (system.fixed[i]) b[i] = 0;
  std::vector<std::pair<VectorX, VectorX>> full = tangent_->rank_one();
  for (auto& [left, right] : full)
    for (int i = 0; i < n; ++i)
      if (system.fixed[i]) left[i] = right[i] = 0;

  const bool skew = tangent_->asymmetry() > symmetric;
  if (skew) {
    const Tangent::Matrix transposed = K.transpose();
    if (!factorize(0.5 * (K + transposed))) return false;
  } else if (!factorize(K))
    return false;

  // (K0 + L R^T)^-1 by its factors (Sherman, Morrison, Woodbury).
  const int borders = static_cast<int>(full.size());
  Eigen::MatrixXd Z(n, borders), small(borders, borders);
  const auto back_substitute = [&](const VectorX& r) {
    VectorX x = VectorX::Zero(n);
    solver_->solve(r, x);
    return x;
  };
  for (int k = 0; k < borders; ++k) Z.col(k) = back_substitute(full[k].first);
  for (int k = 0; k < borders; ++k)
    for (int m = 0; m < borders; ++m) small(k, m) = (k == m ? 1.0 : 0.0) + full[k].second.dot(Z.col(m));
  const Eigen::PartialPivLU<Eigen::MatrixXd> small_factors(small);
  const auto direct = [&](const VectorX& r) -> VectorX {
    VectorX x = back_substitute(r);
    if (borders == 0) return x;
    VectorX projected(borders);
    for (int k = 0; k < borders; ++k) projected[k] = full[k].second.dot(x);
    x -= Z * small_factors.solve(projected);
    return x;
  };
  VectorX x = direct(b);
  if (skew || shift_ > 0) {
    const auto apply = [&](const VectorX& v) -> VectorX {
      VectorX y = K * v;
      for (const auto& [left, right] : full) y += left * right.dot(v);
      return y;
    };
    gmres(apply, direct, b, x, accuracy, iterations);
  }
  for (int i = 0; i < n; ++i)
    if (system.fixed[i]) x[i] = prescribed[i];
  du = x;
  return du.allFinite();
}

double gmres(const std::function<VectorX(const VectorX&)>& A,
             const std::function<VectorX(const VectorX&)>& precondition, const VectorX& b, VectorX& x, double tolerance,
             int iterations, int restart) {
  const double scale = b.norm();
  if (scale == 0) {
    x.setZero();
    return 0;
  }
  double reached = 1;
  for (int done = 0; done < iterations;) {
    const VectorX r = b - A(x);
    const double beta = r.norm();
    reached = beta / scale;
    if (reached < tolerance) break;
    const int m = std::min(restart, iterations - done);
    std::vector<VectorX> V{r / beta};
    Eigen::MatrixXd H = Eigen::MatrixXd::Zero(m + 1, m);
    VectorX g = VectorX::Zero(m + 1), c(m), s(m);
    g[0] = beta;
    int k = 0;
    for (; k < m; ++k, ++done) {
      VectorX w = A(precondition(V[k]));
      for (int i = 0; i <= k; ++i) {
        H(i, k) = w.dot(V[i]);
        w -= H(i, k) * V[i];
      }
      H(k + 1, k) = w.norm();
      for (int i = 0; i < k; ++i) {
        const double top = c[i] * H(i, k) + s[i] * H(i + 1, k);
        H(i + 1, k) = -s[i] * H(i, k) + c[i] * H(i + 1, k);
        H(i, k) = top;
      }
      const double length = std::hypot(H(k, k), H(k + 1, k));
      if (length == 0) break;
      if (H(k + 1, k) > 0) V.push_back(w / H(k + 1, k));
      c[k] = H(k, k) / length;
      s[k] = H(k + 1, k) / length;
      H(k, k) = length;
      g[k + 1] = -s[k] * g[k];
      g[k] *= c[k];
      if (std::abs(g[k + 1]) < tolerance * scale || s[k] == 0) {
        ++k;
        ++done;
        break;
      }
    }
    const VectorX y = H.topLeftCorner(k, k).triangularView<Eigen::Upper>().solve(g.head(k));
    VectorX z = VectorX::Zero(b.size());
    for (int i = 0; i < k; ++i) z += y[i] * V[i];
    x += precondition(z);
    if (k == 0) break;
    reached = (b - A(x)).norm() / scale;
    if (reached < tolerance) break;
  }
  return reached;
}

} // namespace kypho
