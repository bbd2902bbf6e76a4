#include "solvers/newton_system.hpp"

#include "core/base/errors.hpp"
#include "core/base/log.hpp"
#include "solvers/linear_pattern.hpp"

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
  take_solver(solver_name_ == "auto" ? solver_for(system.u.size()) : solver_name_);
}

void NewtonSystem::take_solver(const std::string& name) {
  if (name != in_use_ && solver_name_ == "auto") log(LogLevel::debug, "linear solver: " + name);
  in_use_ = name;
  solver_ = make_linear_solver(name);
}

double NewtonSystem::assemble(const System& system, const VectorX& u, VectorX& f, bool with_tangent) {
  if (with_tangent) {
    prepare(system);
    tangent_->clear();
  }
  const Stopwatch watch;
  f.setZero(system.u.size());
  double inside = 0;
  for (const Term* term : system.terms) inside += term->linearize(u, f, with_tangent ? tangent_.get() : nullptr);
  cost_.assembly_s += watch.seconds();
  return inside;
}

/// Rigid motions of the body where it is now; what terms own takes no part in them.
Eigen::MatrixXd NewtonSystem::rigid_motions(const System& system, const VectorX& u) {
  const int n = static_cast<int>(system.nodes.size());
  Eigen::MatrixXd modes(3 * n, 6);
  Vec3 centre = Vec3::Zero();
  for (const Vec3& x : system.nodes) centre += x / n;
  for (int k = 0; k < n; ++k) {
    const Vec3 x = system.nodes[k] + u.segment<3>(3 * k) - centre;
    modes.block<3, 3>(3 * k, 0).setIdentity();
    modes.block<3, 3>(3 * k, 3) << 0, x[2], -x[1], -x[2], 0, x[0], x[1], -x[0], 0;
  }
  return modes;
}

bool NewtonSystem::set_up(const Tangent::Matrix& K, const Eigen::MatrixXd& modes) {
  const double largest = K.diagonal().cwiseAbs().maxCoeff();
  constexpr double least = 1e-7;
  // A body that gives way does so for a while: the last shift is where to begin.
  for (shift_ = shift_ > least ? 0.1 * shift_ : 0; shift_ < 1; shift_ = shift_ == 0 ? least : 10 * shift_) {
    try {
      if (shift_ == 0)
        solver_->setup(K, modes, Definiteness::positive_definite);
      else {
        shifted_ = K;
        for (int i = 0; i < shifted_.rows(); ++i) shifted_.coeffRef(i, i) += shift_ * largest;
        solver_->setup(shifted_, modes, Definiteness::positive_definite);
      }
      return true;
    } catch (const BackendError&) { // not positive definite
    }
  }
  return false;
}

/// Prescribed rows and columns give way to a diagonal of the matrix's own size; b takes what they bring.
void NewtonSystem::eliminate(const System& system, const VectorX& prescribed, VectorX& b) {
  Tangent::Matrix& K = tangent_->matrix();
  const int n = static_cast<int>(b.size());
  const int *outer = K.outerIndexPtr(), *inner = K.innerIndexPtr();
  double* values = K.valuePtr();
  for (const auto& [left, right] : tangent_->rank_one()) b -= left * right.dot(prescribed);
  const double size = std::max(1e-30, K.diagonal().cwiseAbs().mean());
#pragma omp parallel for schedule(static)
  for (int i = 0; i < n; ++i) {
    double brought = 0;
    for (int k = outer[i]; k < outer[i + 1]; ++k) {
      const int j = inner[k];
      if (!system.fixed[i] && !system.fixed[j]) continue;
      brought += values[k] * prescribed[j];
      values[k] = i == j ? size : 0.0;
    }
    b[i] = system.fixed[i] ? 0.0 : b[i] - brought;
  }
}

bool NewtonSystem::solve(const System& system, const VectorX& u, const VectorX& extra, double accuracy,
                         const VectorX& f, VectorX& du) {
  constexpr double symmetric = 1e-10;
  const Stopwatch watch;
  Tangent::Matrix& K = tangent_->matrix();
  const int n = static_cast<int>(du.size());
  for (int i = 0; i < n; ++i)
    if (extra[i] != 0) K.coeffRef(i, i) += extra[i];
  VectorX b = f, prescribed = VectorX::Zero(n);
  for (int i = 0; i < n; ++i)
    if (system.fixed[i]) prescribed[i] = du[i];
  eliminate(system, prescribed, b);
  std::vector<std::pair<VectorX, VectorX>> full = tangent_->rank_one();
  for (auto& [left, right] : full)
    for (int i = 0; i < n; ++i)
      if (system.fixed[i]) left[i] = right[i] = 0;

  const bool skew = tangent_->asymmetry() > symmetric;
  if (skew) tangent_->symmetric_part(symmetric_);
  VectorX x;
  while (true) {
    const bool exact = solver_->factorizes();
    if (!set_up(skew ? symmetric_ : K, exact ? Eigen::MatrixXd() : rigid_motions(system, u))) return false;
    if (iterate(K, skew, full, accuracy, b, x) || exact || solver_name_ != "auto") break;
    take_solver(direct_solver());
  }
  down_ = !solver_->factorizes() && x.dot(b) < 0;
  ++cost_.solves;
  cost_.linear_s += watch.seconds();
  for (int i = 0; i < n; ++i)
    if (system.fixed[i]) x[i] = prescribed[i];
  du = x;
  return du.allFinite();
}

/// @param full borders l r^T   @return whether x is as accurate as asked
bool NewtonSystem::iterate(const Tangent::Matrix& K, bool skew, const std::vector<std::pair<VectorX, VectorX>>& full,
                           double accuracy, const VectorX& b, VectorX& x) {
  constexpr int iterations = 240;
  const int n = static_cast<int>(b.size());
  const bool exact = solver_->factorizes();
  // (K0 + L R^T)^-1 by that of K0 (Sherman, Morrison, Woodbury).
  const int borders = static_cast<int>(full.size());
  Eigen::MatrixXd Z(n, borders), small(borders, borders);
  const auto back_substitute = [&](const VectorX& r) {
    VectorX x;
    solver_->precondition(r, x);
    return x;
  };
  for (int k = 0; k < borders; ++k) Z.col(k) = back_substitute(full[k].first);
  for (int k = 0; k < borders; ++k)
    for (int m = 0; m < borders; ++m) small(k, m) = (k == m ? 1.0 : 0.0) + full[k].second.dot(Z.col(m));
  const Eigen::PartialPivLU<Eigen::MatrixXd> small_factors(small);
  const auto precondition = [&](const VectorX& r) -> VectorX {
    VectorX x = back_substitute(r);
    if (borders == 0) return x;
    VectorX projected(borders);
    for (int k = 0; k < borders; ++k) projected[k] = full[k].second.dot(x);
    x -= Z * small_factors.solve(projected);
    return x;
  };
  bool done = false;
  if (exact) {
    x = precondition(b);
    done = !skew && shift_ == 0;
  } else {
    x.setZero(n);
    if (!skew && borders == 0 && shift_ == 0) {
      const LinearReport report = solver_->solve(b, x, accuracy);
      done = report.converged;
      cost_.iterations += report.iterations;
    }
  }
  if (!done) {
    const auto apply = [&](const VectorX& v) -> VectorX {
      VectorX y(n);
      multiply(K, v, y);
      for (const auto& [left, right] : full) y += left * right.dot(v);
      return y;
    };
    const GmresReport report = gmres(apply, precondition, b, x, accuracy, iterations);
    cost_.iterations += report.iterations;
    if (!exact) solver_->took(report.iterations / std::max(0.5, -std::log10(report.relative_residual)));
    done = report.relative_residual <= accuracy;
  }
  return done;
}

void NewtonSystem::multiply(const Tangent::Matrix& K, const VectorX& x, VectorX& y) {
  const int *outer = K.outerIndexPtr(), *inner = K.innerIndexPtr();
  const double* values = K.valuePtr();
#pragma omp parallel for schedule(static)
  for (int i = 0; i < static_cast<int>(K.rows()); ++i) {
    double sum = 0;
    for (int k = outer[i]; k < outer[i + 1]; ++k) sum += values[k] * x[inner[k]];
    y[i] = sum;
  }
}

GmresReport gmres(const std::function<VectorX(const VectorX&)>& A,
                  const std::function<VectorX(const VectorX&)>& precondition, const VectorX& b, VectorX& x,
                  double tolerance, int iterations, int restart) {
  const double scale = b.norm();
  if (scale == 0) {
    x.setZero();
    return {};
  }
  double reached = 1;
  int done = 0;
  while (done < iterations) {
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
  return {reached, done};
}

} // namespace kypho
