#pragma once
// Counts a law's kernel, which lives in the law's own source: files that include that source include this.
#include "benchmarks/count/law_count.hpp"
#include "core/materials/batched.hpp"

namespace kypho::count {

template <class Law>
LawCount counted(const Law& law, const Mat3& F) {
  VectorX c(law.constants_size()), h(law.history_size());
  law.constants({}, c);
  law.initial_history(h);
  const auto read = [](const VectorX& from) {
    std::vector<Counted> to;
    for (const double x : from) to.push_back(Counted::input(x));
    return to;
  };
  const auto gradient = [&] { return read(F.transpose().reshaped()); }; // row-major
  LawCount result;
  {
    start();
    const std::vector<Counted> f = gradient(), constants = read(c);
    std::vector<Counted> history = read(h);
    Counted P[9], W;
    law.kernel(f.data(), constants.data(), history.data(), P, &W);
    result.residual = needed({P, P + 9});
  }
  start();
  const std::vector<Counted> f = gradient(), constants = read(c);
  std::vector<Dual<Counted, 6>> history;
  for (const Counted& x : read(h)) history.emplace_back(x);
  Dual<Counted, 6> strained[9], P[9], W;
  strain_directions(f.data(), strained);
  law.kernel(strained, constants.data(), history.data(), P, &W);
  std::vector<Counted> results;
  for (const auto& p : P) results.push_back(p.v);
  tangent_from_strains(f.data(), P, [&](int, const Counted& a) { results.push_back(a); });
  result.tangent = needed(results);
  return result;
}

} // namespace kypho::count
