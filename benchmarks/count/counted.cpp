#include "benchmarks/count/counted.hpp"

#include <cmath>

namespace kypho::count {
namespace {

struct Node {
  Kind kind;
  int a, b, c;
};

/// Nodes in the order they were made. Constants are numbered below -1, so that equal ones are the same operand.
struct List {
  std::vector<Node> nodes;
  std::map<std::tuple<Kind, int, int, int>, int> known;
  std::map<double, int> constants;
};
thread_local List list;

int operand(const Counted& x) {
  if (x.node() >= 0) return x.node();
  const auto [place, made] = list.constants.try_emplace(x.value(), -2 - static_cast<int>(list.constants.size()));
  return place->second;
}
bool constant(const Counted& x) { return x.node() < 0; }
bool is(const Counted& x, double value) { return constant(x) && x.value() == value; }

Condition compared(const Counted& a, const Counted& b, bool holds) {
  if (constant(a) && constant(b)) return {holds, -1};
  return {holds, Counted::made(Kind::compare, holds, operand(a), operand(b)).node()};
}

Counted called(Kind kind, const Counted& a, double value) {
  return constant(a) ? Counted(value) : Counted::made(kind, value, a.node());
}

} // namespace

Counted Counted::input(double value) {
  Counted x(value);
  x.node_ = static_cast<int>(list.nodes.size());
  list.nodes.push_back({Kind::input, -1, -1, -1});
  return x;
}

Counted Counted::made(Kind kind, double value, int a, int b, int c) {
  if ((kind == Kind::add || kind == Kind::multiply) && a < b) std::swap(a, b);
  const auto [place, fresh] = list.known.try_emplace({kind, a, b, c}, static_cast<int>(list.nodes.size()));
  if (fresh) list.nodes.push_back({kind, a, b, c});
  Counted x(value);
  x.node_ = place->second;
  return x;
}

Counted operator+(const Counted& a, const Counted& b) {
  const double value = a.value_ + b.value_;
  if (constant(a) && constant(b)) return value;
  if (is(a, 0)) return b;
  if (is(b, 0)) return a;
  return Counted::made(Kind::add, value, operand(a), operand(b));
}
Counted operator-(const Counted& a, const Counted& b) {
  const double value = a.value_ - b.value_;
  if (constant(a) && constant(b)) return value;
  if (is(a, 0)) return -b;
  if (is(b, 0)) return a;
  return Counted::made(Kind::subtract, value, operand(a), operand(b));
}
Counted operator-(const Counted& a) {
  return constant(a) ? Counted(-a.value_) : Counted::made(Kind::negate, -a.value_, a.node_);
}
Counted operator*(const Counted& a, const Counted& b) {
  const double value = a.value_ * b.value_;
  if (constant(a) && constant(b)) return value;
  if (is(a, 0) || is(b, 0)) return 0.0;
  if (is(a, 1)) return b;
  if (is(b, 1)) return a;
  if (is(a, -1)) return -b;
  if (is(b, -1)) return -a;
  return Counted::made(Kind::multiply, value, operand(a), operand(b));
}
Counted operator/(const Counted& a, const Counted& b) {
  const double value = a.value_ / b.value_;
  if (constant(a) && constant(b)) return value;
  if (is(a, 0)) return 0.0;
  if (constant(b)) return a * Counted(1 / b.value_); // a compiler may not, a programmer would
  return Counted::made(Kind::divide, value, operand(a), operand(b));
}

Condition operator<(const Counted& a, const Counted& b) { return compared(a, b, a.value() < b.value()); }
Condition operator>(const Counted& a, const Counted& b) { return compared(a, b, a.value() > b.value()); }
Condition operator==(const Counted& a, const Counted& b) { return compared(a, b, a.value() == b.value()); }

Counted select(const Condition& mask, const Counted& a, const Counted& b) {
  const Counted& taken = mask.holds ? a : b;
  const int one = operand(a), other = operand(b);
  if (mask.node < 0 || one == other) return taken;
  return Counted::made(Kind::select, taken.value(), one, other, mask.node);
}
Counted root(const Counted& a) { return called(Kind::root, a, std::sqrt(a.value())); }
Counted log_of(const Counted& a) { return called(Kind::function, a, std::log(a.value())); }
Counted exp_of(const Counted& a) { return called(Kind::function, a, std::exp(a.value())); }

void start() { list = {}; }

Operations needed(const std::vector<Counted>& results) {
  std::vector<char> alive(list.nodes.size(), 0);
  for (const Counted& x : results)
    if (x.node() >= 0) alive[x.node()] = 1;
  Operations all;
  for (int k = static_cast<int>(list.nodes.size()) - 1; k >= 0; --k) { // operands are older than results
    if (!alive[k]) continue;
    const Node& node = list.nodes[k];
    for (const int x : {node.a, node.b, node.c})
      if (x >= 0) alive[x] = 1;
    switch (node.kind) {
    case Kind::input:
    case Kind::negate: break;
    case Kind::add:
    case Kind::subtract: ++all.additions; break;
    case Kind::multiply: ++all.multiplications; break;
    case Kind::divide: ++all.divisions; break;
    case Kind::root: ++all.roots; break;
    case Kind::compare:
    case Kind::select: ++all.choices; break;
    case Kind::function: ++all.functions; break;
    }
  }
  return all;
}

} // namespace kypho::count
