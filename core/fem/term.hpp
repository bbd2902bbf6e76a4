#pragma once
// One contribution to equilibrium: bulk tissue, shells, platens, balloons. The residual is the sum over all terms; a term
// never sees another one.
#include "core/base/archive.hpp"
#include "core/base/pack.hpp"
#include "core/fem/tangent.hpp"

namespace kypho {

/// The unknowns: 3 displacements per node, then the extra ones that terms own (a platen's descent and tilt).
class Term {
public:
  virtual ~Term() = default;
  virtual std::string_view name() const noexcept = 0;
  /// Adds the forces (N; N mm for rotations) that this term exerts at @p u: f += external - internal. Moves the history
  /// to the end of the step. Bits do not depend on the number of threads.
  virtual void add_forces(const VectorX& u, VectorX& f) = 0;
  /// Adds, per unknown, a bound of the sum over its row of |dF/du|, N/mm. The explicit mass is a quarter of the sum.
  virtual void add_stiffness_rows(const VectorX& u, VectorX& rows) const = 0;
  /// Tells @p K which nodes this term couples.
  virtual void couple(Tangent& K) const = 0;
  /// Another number than before when couple() would announce other nodes than before.
  virtual int pattern() const { return 0; }
  /// Adds the forces of a step that would end at @p u, f += external - internal, and, unless @p K is null, K -= df/du. The
  /// history stays as it is: a step that is tried leaves no trace, and add_forces at the u that was found ends it.
  /// @return sum of the magnitudes of the element forces, N: the scale of an imbalance
  /// @throws NonPhysical for an element that is turned inside out
  virtual double linearize(const VectorX& u, VectorX& f, Tangent* K) const = 0;
  /// Adds a stiffness that no tangent near @p u exceeds in any direction: bone that unloads, contacts that close. What does
  /// not fit the pattern of couple() goes onto the @p diagonal, N/mm. The default takes the tangent.
  virtual void add_stiffness_bound(const VectorX& u, Tangent& K, VectorX& diagonal) const {
    static_cast<void>(diagonal);
    VectorX f = VectorX::Zero(u.size());
    linearize(u, f, &K);
  }
  /// Sum of the magnitudes of what the last add_forces gathered, N: the scale of an imbalance. 0 for terms beside which
  /// others are large.
  virtual double force_sum() const { return 0; }
  /// Whether this term knows what it stores. Terms that do are the body; all others load it, and what their forces do is
  /// work done on the body.
  virtual bool stores() const { return false; }
  /// Recoverable energy, mJ, of a step that would end at @p u. The history stays as it is; bits do not depend on the number
  /// of threads. NaN or infinite where an element is turned inside out.
  virtual double stored(const VectorX&) const { return 0; }
  /// The laws of add_forces do their arithmetic in @p precision from here on; a term that cannot stays at full.
  virtual void work_in(Precision) {}
  /// Writes or reads everything that the term remembers beyond what it was made from.
  virtual void visit(Archive& archive) = 0;
};

/// Where the entries of one node lie in a buffer of element forces: the sum over a node's list, in list order, is the
/// same for any number of threads.
struct NodeGather {
  std::vector<int> start;  ///< nodes + 1
  std::vector<int> offset; ///< of the x component
  int stride = 1;          ///< from x to y to z
  void add(const double* buffer, VectorX& f) const;
  void add(const std::vector<double>& buffer, VectorX& f) const { add(buffer.data(), f); }
};

/// Sum of the magnitudes, in order.
double magnitude(const std::vector<double>& buffer);

/// @param node_and_offset one entry per node of each element, elements in order
NodeGather gather_of(int node_count, const std::vector<std::pair<int, int>>& node_and_offset, int stride);

/// Histories that lie in blocks, [block][size][block_size], as a table with one row per point.
void visit_blocks(Archive& archive, std::string_view name, std::vector<double>& blocks, int points, int size,
                  int block_size);

} // namespace kypho
