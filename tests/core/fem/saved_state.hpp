#pragma once
// What a term remembers, taken out and put back.
#include "core/fem/term.hpp"

namespace kypho::testing_terms {

inline State saved(Term& term) {
  Archive archive;
  term.visit(archive);
  return archive.tables();
}

inline void restore(Term& term, const State& state) {
  Archive archive(state);
  term.visit(archive);
  archive.expect_all_read();
}

} // namespace kypho::testing_terms
