#pragma once
// Where a planned channel leaves the bone between its entry into the pedicle and its tip.
#include "mesh/mesher.hpp"

namespace kypho {

/// What the channel breaks through.
enum class BreachedWall { canal, lateral, above_pedicle, below_pedicle, upper_endplate, lower_endplate, anterior };

struct ChannelBreach {
  BreachedWall wall = BreachedWall::canal;
  double length = 0; ///< of the channel along which its bore is open there, or its wall thin, mm
  double depth = 0;  ///< how far its bore stands out of the bone, mm; negative: the bone that is left
};

/// Follows the whole bore through the deformed bone. Behind the isthmus, air before the bone is met is the way in, and
/// air towards the midline counts only where the canal is in sight. A wall of less than 1 mm towards the canal, the
/// thickness of its cortex, is told too.
/// @param positions nodes of @p mesh now, mm
/// @param isthmus the point of the channel's axis in the pedicle
/// @param canal a point in the middle of the canal
/// @return one entry per wall, in the order of BreachedWall; windows below 0.5 mm of length or 0.1 mm of depth, less than
/// the mesh can tell, are left out
std::vector<ChannelBreach> find_breaches(const TetMesh& mesh, const std::vector<Vec3>& positions,
                                         const Channel& channel, const Vec3& isthmus, const Vec3& canal);

} // namespace kypho
