#pragma once
// Who takes part in the suite of linear solvers: the backends of the catalog and programs that are run as processes.
#include "benchmarks/bench/apart.hpp"
#include "benchmarks/bench/body.hpp"
#include "benchmarks/bench/suite.hpp"

namespace kypho::bench {

enum class Case { plain, discs, l1 };
/// In this order.
inline const std::vector<std::string>& case_names() {
  static const std::vector<std::string> names{"plain", "discs", "l1"};
  return names;
}

/// A case before it is made.
struct Size {
  Case body;
  int order, unknowns;
  const std::string& case_name() const { return case_names()[static_cast<std::size_t>(body)]; }
  bool discs() const { return body == Case::discs; }
};

/// K x = b on a body, with all that a contestant may want to know of it.
struct Problem {
  Size size;
  Body body;
  SparseMatrix K;
  VectorX b;
  Eigen::MatrixXd modes; ///< unknowns x 6: rigid motions, zero on fixed unknowns
};
Problem make_problem(const Size& size);
/// The same for a body that is there.
Problem problem_on(Body body, Size size);
/// An estimate of what it takes to make and to hold it.
struct ProblemNeed {
  double making_mb, held_mb, seconds;
};
ProblemNeed need_of_problem(const Size& size);

constexpr double accuracy = 1e-8; ///< relative residual that is asked for

struct Contestant {
  std::string name;
  bool peer = true;           ///< not ours
  std::string absent;         ///< why it cannot take part here and how to get it; empty: it can
  std::string note;           ///< to be told with its figures
  bool keeps_accuracy = true; ///< reaches what is asked for, and so counts as a peer to be compared with
  int only_order = 0;         ///< of the elements that it takes; 0: any
  bool needs_matrix = true;   ///< otherwise Problem::K is empty when it runs
  bool others_only = false;   ///< works in processes that it starts
  /// Of an answer with few digits or from other elements, relative: its energy is checked instead of its residual.
  std::function<double(const Size&)> energy_tolerance;
  bool takes(const Size& size) const { return only_order == 0 || only_order == size.order; }
  std::function<Need(const Size&)> need; ///< of one run beyond the problem
  /// Sets up and solves K x = b from x = 0, in the child process. Anything may stand here that fills x.
  std::function<Solved(const Problem&, int threads, VectorX& x)> run;
};

/// Ours first. @param peers with those of other programs, also those that are absent
std::vector<Contestant> contestants(bool peers);

} // namespace kypho::bench
