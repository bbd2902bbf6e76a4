#pragma once
// What is opened by filling it and then stays in the bone: stents on a balloon, mesh containers full of cement.
#include "core/devices/device.hpp"
#include "core/materials/shell_law.hpp"
#include <memory>

namespace kypho {

/// A device that the stage `inflate` fills.
struct FilledDevice {
  BalloonInfo balloon;        ///< that opens it; of a container the mesh itself. name, meaning, source are the device's
  double stent_tension = 0;   ///< at which the metal mesh yields, N/mm; 0: there is none
  double stent_stiffness = 0; ///< in its plane, N/mm
  bool stays_full = false;    ///< a container: it is filled with cement and left as it is
  bool stays() const { return stays_full || stent_tension > 0; }
};

/// Stents and containers; balloons are in device.hpp.
const std::vector<FilledDevice>& implant_catalog();
/// A balloon, a stent or a container. @throws InputError naming the nearest
FilledDevice find_filled_device(std::string_view name);
std::vector<std::string> filled_device_names();

/// Metal mesh of a stent: membrane that yields at the same force when it is widened and when it is pressed together.
/// @param tension N/mm   @param stiffness N/mm
std::unique_ptr<ShellLaw> make_stent_wall(double tension, double stiffness);

} // namespace kypho
