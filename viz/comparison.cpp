#include "viz/comparison.hpp"
namespace kypho {
void write_comparison(const std::filesystem::path&) {}
}
