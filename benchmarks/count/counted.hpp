#pragma once
// A number that remembers how it came about. A kernel written for a number type T runs as it stands with T = Counted (or
// Dual<Counted, N>) and leaves the list of its operations; what the results asked for need of them is its least cost:
//   the same operation on the same operands counts once,
//   nothing is paid for adding 0, multiplying by 0, 1 or -1, negation, or what depends on written constants alone,
//   nothing is paid for what no result needs.
// A compiler can do no better without another algorithm. One list per thread.
#include <map>
#include <tuple>
#include <vector>

namespace kypho::count {

/// Operations that results need.
struct Operations {
  long additions = 0, multiplications = 0, divisions = 0, roots = 0;
  long choices = 0;   ///< comparisons and selections
  long functions = 0; ///< logarithms and exponentials
  long flops() const { return additions + multiplications; }
};

enum class Kind { input, add, subtract, negate, multiply, divide, root, compare, select, function };

class Counted {
public:
  Counted() = default;
  Counted(double constant) : value_(constant) {}
  /// Data that the kernel reads.
  static Counted input(double value);
  double value() const { return value_; }
  int node() const { return node_; } ///< -1: a written constant

  friend Counted operator+(const Counted& a, const Counted& b);
  friend Counted operator-(const Counted& a, const Counted& b);
  friend Counted operator*(const Counted& a, const Counted& b);
  friend Counted operator/(const Counted& a, const Counted& b);
  friend Counted operator-(const Counted& a);
  Counted& operator+=(const Counted& b) { return *this = *this + b; }
  Counted& operator-=(const Counted& b) { return *this = *this - b; }

  /// Result of @p kind on @p operands (nodes, or constants as interned by the list).
  static Counted made(Kind kind, double value, int a, int b = -1, int c = -1);

private:
  double value_ = 0;
  int node_ = -1;
};

/// What a comparison gives.
struct Condition {
  bool holds = false;
  int node = -1;
};
Condition operator<(const Counted& a, const Counted& b);
Condition operator>(const Counted& a, const Counted& b);
Condition operator==(const Counted& a, const Counted& b);

// The functions of pack.hpp and dual.hpp.
Counted select(const Condition& mask, const Counted& a, const Counted& b);
inline Counted larger(const Counted& a, const Counted& b) { return select(a > b, a, b); }
inline Counted smaller(const Counted& a, const Counted& b) { return select(a < b, a, b); }
Counted root(const Counted& a);
Counted log_of(const Counted& a);
Counted exp_of(const Counted& a);
inline Counted value_of(const Counted& a) { return a; }
inline bool any(const Condition& mask) { return mask.holds; }

/// Forgets all operations of this thread.
void start();
/// What @p results need of the operations since start().
Operations needed(const std::vector<Counted>& results);

} // namespace kypho::count
