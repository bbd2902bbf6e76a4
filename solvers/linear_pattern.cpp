#include "solvers/linear_pattern.hpp"
#include "core/base/errors.hpp"
#include <algorithm>

namespace kypho {

bool PatternMemory::same_as_before(const SparseMatrix& K) {
  const auto* outer = K.outerIndexPtr();
  const auto* inner = K.innerIndexPtr();
  const auto entries = static_cast<std::size_t>(K.nonZeros());
  const auto starts = static_cast<std::size_t>(K.rows()) + 1;
  if (rows_ == K.rows() && inner_.size() == entries && std::equal(outer_.begin(), outer_.end(), outer) &&
      std::equal(inner_.begin(), inner_.end(), inner))
    return true;
  rows_ = K.rows();
  outer_.assign(outer, outer + starts);
  inner_.assign(inner, inner + entries);
  return false;
}

void require_square(const SparseMatrix& K, const char* backend) {
  if (K.rows() == 0 || K.rows() != K.cols())
    throw BackendError(std::string(backend) + ": the matrix is " + std::to_string(K.rows()) + " x " +
                       std::to_string(K.cols()) + "; it must be square and not empty");
  if (!K.isCompressed()) throw BackendError(std::string(backend) + ": the matrix must be compressed");
}

void require_setup(Eigen::Index rows, const VectorX& b, const char* backend) {
  if (rows == 0) throw BackendError(std::string(backend) + ": solve was called before setup");
  if (b.size() != rows)
    throw BackendError(std::string(backend) + ": the right-hand side has " + std::to_string(b.size()) +
                       " entries, the matrix " + std::to_string(rows) + " rows");
}

double relative_residual(const Eigen::Ref<const SparseMatrix>& K, const VectorX& b, const VectorX& x) {
  const double norm = b.norm();
  const double residual = (b - K * x).norm();
  return norm > 0 ? residual / norm : residual;
}

} // namespace kypho
