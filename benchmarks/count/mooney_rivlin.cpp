// The law's source is included for its kernel; its entry for the catalog stays that of the library.
#define mooney_rivlin_law mooney_rivlin_law_that_is_counted
#include "core/materials/mooney_rivlin.cpp"
#undef mooney_rivlin_law
#include "benchmarks/count/counted_kernel.hpp"

namespace kypho::count {

LawCount mooney_rivlin(const Params& params, const Mat3& F) { return counted(MooneyRivlin(params), F); }

} // namespace kypho::count
