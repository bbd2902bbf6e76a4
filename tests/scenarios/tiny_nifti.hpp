#pragma once
// A NIfTI-1 image in memory, for tests that break one.
#include <cstdint>
#include <cstring>
#include <string>

namespace kypho::test {

/// size^3 voxels of 2 mm, int16, axes right-anterior-superior. @param value (i, j, k) -> voxel
template <class Value>
std::string tiny_nifti(int size, Value&& value) {
  std::string bytes(352, '\0');
  const auto put = [&](std::size_t at, auto number) { std::memcpy(bytes.data() + at, &number, sizeof number); };
  put(0, std::int32_t{348});
  for (int axis = 0; axis < 4; ++axis) put(40 + 2 * axis, static_cast<std::int16_t>(axis == 0 ? 3 : size)); // dim
  for (int axis = 4; axis < 8; ++axis) put(40 + 2 * axis, std::int16_t{1});
  put(70, std::int16_t{4});                                                         // datatype: int16
  put(72, std::int16_t{16});                                                        // bits per voxel
  for (int axis = 0; axis < 4; ++axis) put(76 + 4 * axis, axis == 0 ? 1.0f : 2.0f); // pixdim, mm
  put(108, 352.0f);                                                                 // vox_offset
  put(112, 1.0f);                                                                   // slope
  put(123, std::int8_t{2});                                                         // mm
  put(254, std::int16_t{1});                                                        // sform code
  for (int axis = 0; axis < 3; ++axis) put(280 + 16 * axis + 4 * axis, 2.0f);
  std::memcpy(bytes.data() + 344, "n+1", 4);
  for (int k = 0; k < size; ++k)
    for (int j = 0; j < size; ++j)
      for (int i = 0; i < size; ++i) {
        const auto voxel = static_cast<std::int16_t>(value(i, j, k));
        bytes.append(reinterpret_cast<const char*>(&voxel), sizeof voxel);
      }
  return bytes;
}

} // namespace kypho::test
