#include "mesh/vertebra_dimensions.hpp"
#include "core/base/errors.hpp"
#include <array>
#include <fmt/format.h>

namespace kypho {
namespace {

// Endplates, dissected heights: Panjabi et al. 1991 (Spine 16:888), 1992 (Spine 17:299). Pedicles: Zindrick et al. 1987
// (Spine 12:160). Living heights: T12-L2 CT means of women and men (Duman 2026, Tomography 12:109), L3-L5 pooled (Bonczar
// 2024, Surg Radiol Anat 47:22), T5-T11 dissected times 1.035, the ratio at T12 (assumption). Wedge: T12 Kunkel 2011 and
// Tan 2004, L1-L5 Bonczar 2024, T9 Egwu 2019 (J Anat Soc India 68:110), other thoracic levels interpolated (assumption).
// Canal: Panjabi as commonly quoted, rounded, not checked against the source.
//   level  width      depth       height      wedge pedicle           canal
//          up   low   up   low    diss. liv.        w     h     ang.  w     d
constexpr std::array<VertebraDimensions, 13> table{{
    {"T5", 24.9, 27.0, 24.3, 25.8, 16.2, 16.8, 1.4, 4.5, 11.9, 10, 17.0, 16.0},
    {"T6", 26.2, 28.2, 26.0, 26.9, 17.4, 18.0, 1.4, 5.2, 12.2, 9, 17.2, 16.0},
    {"T7", 27.8, 29.1, 27.4, 28.5, 18.2, 18.8, 1.5, 5.3, 12.1, 9, 17.3, 16.0},
    {"T8", 29.5, 30.5, 27.9, 29.4, 18.7, 19.4, 1.5, 5.9, 12.8, 8, 17.5, 16.0},
    {"T9", 30.6, 33.0, 29.3, 31.0, 19.3, 20.0, 1.6, 6.1, 13.8, 7, 17.8, 16.0},
    {"T10", 31.9, 35.4, 30.5, 31.6, 20.2, 20.9, 1.8, 6.3, 15.2, 5, 18.2, 15.5},
    {"T11", 34.9, 39.1, 31.9, 31.8, 21.3, 22.0, 2.1, 7.8, 17.4, 1, 19.4, 16.0},
    {"T12", 39.0, 42.1, 32.8, 33.4, 22.7, 23.5, 2.5, 7.1, 15.8, -4, 22.2, 18.0},
    {"L1", 41.2, 43.3, 34.1, 35.3, 23.8, 24.75, 2.0, 8.7, 15.4, 11, 23.7, 19.0},
    {"L2", 42.6, 45.5, 34.6, 34.9, 24.3, 25.9, 1.3, 8.9, 15.0, 12, 23.8, 18.2},
    {"L3", 44.1, 48.0, 35.2, 34.8, 23.8, 26.7, -0.2, 10.3, 14.9, 14, 24.3, 17.5},
    {"L4", 46.6, 49.5, 35.5, 33.9, 24.1, 25.8, -1.1, 12.9, 14.8, 18, 25.4, 18.6},
    {"L5", 47.3, 49.4, 34.7, 33.2, 22.9, 24.1, -3.3, 18.0, 14.0, 30, 27.5, 17.0},
}};

} // namespace

const VertebraDimensions& vertebra_dimensions(std::string_view level) {
  for (const VertebraDimensions& row : table)
    if (row.level == level) return row;
  throw InputError(fmt::format("level '{}' is not one of T5 to L5", level));
}

} // namespace kypho
