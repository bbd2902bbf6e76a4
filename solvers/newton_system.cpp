#include "solvers/newton_system.hpp"

#include "core/base/errors.hpp"
#include "core/base/log.hpp"
#include "solvers/linear_pattern.hpp"
#include "solvers/sparse_product.hpp"

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
  if (solver_name_ == "auto")
    take_solver(failed_ ? direct_solver() : solver_for(system.u.size()));
  else
    take_solver(solver_name_);
  make_tangent(static_cast<int>(system.u.size()));
}

void NewtonSystem::take_solver(const std::string& name) {
  if (name != in_use_ && solver_name_ == "auto") log(LogLevel::debug, "linear solver: " + name);
  in_use_ = name;
  solver_ = make_linear_solver(name);
}

/// In the form that the solver takes.
void NewtonSystem::make_tangent(int unknowns) {
  product_ = solver_->takes_products() ? std::make_unique<TangentProduct>(unknowns / 3) : nullptr;
  tangent_ = std::make_unique<Tangent>(unknowns, product_.get());
  for (const Term* term : terms_) term->couple(*tangent_);
  tangent_->finish();
  unused_.reset();
  if (product_ && product_->empty()) unused_ = std::move(product_); // linear tetrahedra; the tangent still refers to it
  if (product_) product_->finish(*tangent_);
}

double NewtonSystem::assemble(const System& system, const VectorX& u, VectorX& f, bool with_tangent) {
  if (with_tangent) {
    prepare(system);
    tangent_->clear();
    used_ = false;
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

/// @param shifted_setup sets the solver up with this share of each row's size added to its diagonal; of products, of the
/// largest entry there
bool NewtonSystem::set_up(const std::function<void(double)>& shifted_setup) {
  constexpr double least = 1e-7;
  const double most = patient_ ? 20 : least; // beyond 1 the diagonals dominate their rows; or none at all
  // A body that gives way does so for a while: the last shift is where to begin.
  for (shift_ = patient_ && shift_ > least ? 0.1 * shift_ : 0; shift_ < most;
       shift_ = shift_ == 0 ? least : 10 * shift_) {
    try {
      shifted_setup(shift_);
      return true;
    } catch (const BackendError&) { // not positive definite
    }
  }
  return false;
}

bool NewtonSystem::set_up_products(const Eigen::MatrixXd& modes) {
  return set_up([&](double share) {
    product_->shift(0);
    if (share > 0) product_->shift(share * product_->largest_diagonal());
    solver_->setup(*product_, modes, Definiteness::positive_definite);
  });
}

bool NewtonSystem::set_up_matrix(const Tangent::Matrix& K, const Eigen::MatrixXd& modes) {
  return set_up([&](double share) {
    if (share == 0) return solver_->setup(K, modes, Definiteness::positive_definite);
    // Soft bone beside a stiff cortex is shifted by its own stiffness: that of the cortex would hold it in its place, and
    // nothing would be coupled strongly enough to be coarsened.
    shifted_ = K;
    const int* outer = shifted_.outerIndexPtr();
    for (int i = 0; i < shifted_.rows(); ++i) {
      double row = 0;
      for (int k = outer[i]; k < outer[i + 1]; ++k) row += std::abs(shifted_.valuePtr()[k]);
      shifted_.coeffRef(i, i) += share * row;
    }
    solver_->setup(shifted_, modes, Definiteness::positive_definite);
  });
}

/// Prescribed rows and columns give way to a diagonal of the matrix's own size; b takes what they bring.
void NewtonSystem::eliminate(const System& system, const VectorX& prescribed, VectorX& b) {
  for (const auto& [left, right] : tangent_->rank_one()) b -= left * right.dot(prescribed);
  const int n = static_cast<int>(b.size());
  if (product_) {
    b -= sparse_multiply(prescribed);
    for (int i = 0; i < n; ++i)
      if (system.fixed[i]) b[i] = 0;
    return;
  }
  Tangent::Matrix& K = tangent_->matrix();
  const int *outer = K.outerIndexPtr(), *inner = K.innerIndexPtr();
  double* values = K.valuePtr();
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

/// The system of the free unknowns: b and, as borders, the full couplings; whether the tangent is symmetric.
void NewtonSystem::reduce(const System& system, const VectorX& extra, const VectorX& prescribed, VectorX& b) {
  constexpr double symmetric = 1e-10;
  const int n = static_cast<int>(b.size());
  Tangent::Matrix& K = tangent_->matrix();
  if (product_)
    product_->close(*tangent_, extra, system.fixed);
  else
    for (int i = 0; i < n; ++i)
      if (extra[i] != 0) K.coeffRef(i, i) += extra[i];
  eliminate(system, prescribed, b);
  full_ = tangent_->rank_one();
  for (auto& [left, right] : full_)
    for (int i = 0; i < n; ++i)
      if (system.fixed[i]) left[i] = right[i] = 0;
  skew_ = product_ ? !product_->symmetric() : tangent_->asymmetry() > symmetric;
  if (skew_ && !product_) tangent_->symmetric_part(symmetric_);
}

bool NewtonSystem::solve(const System& system, const VectorX& u, const VectorX& extra, double accuracy,
                         const VectorX& f, VectorX& du) {
  const Stopwatch watch;
  const int n = static_cast<int>(du.size());
  VectorX x, b = f, prescribed = VectorX::Zero(n);
  for (int i = 0; i < n; ++i)
    if (system.fixed[i]) prescribed[i] = du[i];
  if (!used_)
    reduce(system, extra, prescribed, b);
  else
    for (int i = 0; i < n; ++i)
      if (system.fixed[i]) b[i] = 0;
  while (true) {
    const bool exact = solver_->factorizes();
    if (!used_) {
      const Eigen::MatrixXd modes = exact ? Eigen::MatrixXd() : rigid_motions(system, u);
      if (!(product_ ? set_up_products(modes) : set_up_matrix(skew_ ? symmetric_ : tangent_->matrix(), modes)))
        return false;
    }
    used_ = true;
    const bool found = iterate(accuracy, b, x);
    if (x.size() == 0) { // setting up again shifts it
      used_ = false;
      continue;
    }
    if (found || exact || (patient_ && solver_name_ != "auto")) break;
    if (!patient_) {
      ++cost_.solves;
      cost_.linear_s += watch.seconds();
      return false;
    }
    failed_ = true;
    take_solver(direct_solver());
    used_ = false;
    if (!product_) continue;
    make_tangent(n);
    assemble(system, u, b, true);
    b = f;
    reduce(system, extra, prescribed, b);
  }
  down_ = !solver_->factorizes() && x.dot(b) < 0;
  ++cost_.solves;
  cost_.linear_s += watch.seconds();
  for (int i = 0; i < n; ++i)
    if (system.fixed[i]) x[i] = prescribed[i];
  du = x;
  return du.allFinite();
}

bool NewtonSystem::set_up_bound(const System& system, const VectorX& u) {
  prepare(system);
  tangent_->clear();
  VectorX diagonal = VectorX::Zero(u.size()), b = diagonal;
  const Stopwatch watch;
  for (const Term* term : system.terms) term->add_stiffness_bound(u, *tangent_, diagonal);
  cost_.assembly_s += watch.seconds();
  reduce(system, diagonal, VectorX::Zero(u.size()), b);
  solver_->make_anew();
  const Eigen::MatrixXd modes = solver_->factorizes() ? Eigen::MatrixXd() : rigid_motions(system, u);
  used_ = product_ ? set_up_products(modes) : set_up_matrix(skew_ ? symmetric_ : tangent_->matrix(), modes);
  if (used_) find_borders();
  return used_;
}

/// (K0 + L R^T)^-1 by that of K0 (Sherman, Morrison, Woodbury).
void NewtonSystem::find_borders() {
  const int borders = static_cast<int>(full_.size());
  if (borders == 0) return;
  bordered_.resize(full_[0].first.size(), borders);
  Eigen::MatrixXd small(borders, borders);
  VectorX z;
  for (int k = 0; k < borders; ++k) {
    solver_->precondition(full_[k].first, z);
    bordered_.col(k) = z;
  }
  for (int k = 0; k < borders; ++k)
    for (int m = 0; m < borders; ++m) small(k, m) = (k == m ? 1.0 : 0.0) + full_[k].second.dot(bordered_.col(m));
  small_.compute(small);
}

VectorX NewtonSystem::precondition(const VectorX& r) {
  VectorX x;
  solver_->precondition(r, x);
  const int borders = static_cast<int>(full_.size());
  if (borders == 0) return x;
  VectorX projected(borders);
  for (int k = 0; k < borders; ++k) projected[k] = full_[k].second.dot(x);
  x -= bordered_ * small_.solve(projected);
  return x;
}

/// @return whether x is as accurate as asked; x is empty if the solver has to be set up again
bool NewtonSystem::iterate(double accuracy, const VectorX& b, VectorX& x) {
  const int n = static_cast<int>(b.size());
  const bool exact = solver_->factorizes();
  const int borders = static_cast<int>(full_.size());
  find_borders();
  bool done = false;
  if (exact) {
    x = precondition(b);
    done = !skew_ && shift_ == 0;
  } else {
    x.setZero(n);
    if (!skew_ && borders == 0 && shift_ == 0) {
      try {
        const LinearReport report = solver_->solve(b, x, accuracy);
        done = report.converged;
        cost_.iterations += report.iterations;
      } catch (const BackendError&) { // what was kept of an earlier tangent hid that this one is not positive definite
        x.resize(0);
        return false;
      }
    }
  }
  if (!done) {
    const auto apply = [this](const VectorX& v) { return multiply(v); };
    const GmresReport report = gmres(
        apply, [this](const VectorX& r) { return precondition(r); }, b, x, accuracy, most_iterations_);
    cost_.iterations += report.iterations;
    if (!exact) solver_->took(report.iterations / std::max(0.5, -std::log10(report.relative_residual)));
    done = report.relative_residual <= accuracy;
  }
  return done;
}

VectorX NewtonSystem::multiply(const VectorX& x) const {
  VectorX y = sparse_multiply(x);
  for (const auto& [left, right] : full_) y += left * right.dot(x);
  return y;
}

VectorX NewtonSystem::sparse_multiply(const VectorX& x) const {
  const int n = static_cast<int>(x.size());
  if (product_) {
    VectorX from(n + 1), y(n + 1);
    from << x, 0;
    product_->multiply(from.data(), y.data());
    y.conservativeResize(n);
    return y;
  }
  VectorX y(n);
  kypho::multiply(tangent_->matrix(), true, x.data(), y.data());
  return y;
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
