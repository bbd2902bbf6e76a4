#pragma once
// What a picture of a run shows. The drawing itself is in detail/run_scene.hpp.
#include <array>
#include <optional>
#include <string>

namespace kypho {

/// Radiological convention in all three, parallel projection.
enum class View {
  lateral, ///< seen from the patient's left, anterior on the left of the picture
  frontal, ///< seen from the front (AP), the patient's left on the right of the picture
  axial    ///< seen from below, anterior up, the patient's left on the right of the picture
};
/// @throws InputError naming the three views
View find_view(const std::string& name);
/// "Lateral, seen from the patient's left"
std::string describe(View view);

struct Look {
  View view = View::lateral;
  bool cut = true;        ///< cut by a plane that faces the viewer
  double cut_shift = 0;   ///< mm by which the plane is moved towards the viewer
  std::string field;      ///< "temperature"; empty: materials in their own colours
  bool ghost = true;      ///< outline of the intact vertebra
  std::optional<std::size_t> before = {}; ///< number of a frame whose outline is drawn too
  bool landmarks = false; ///< points of landmarks.json with their names, bone translucent
  double pixel_ratio = 1; ///< device pixels per logical pixel
};

/// Red, green and blue, 0..1.
using Color = std::array<double, 3>;

namespace palette {
Color background();
Color ink();
Color cortex();    ///< ivory
Color spongy();    ///< cut trabecular bone
Color posterior(); ///< cut bone of the arch
Color cement();    ///< light grey-blue
Color composite(); ///< bone with cement in its pores
Color balloon();   ///< amber
Color cavity();    ///< empty channel or cavity
Color ghost();     ///< outline of the intact vertebra
Color before();    ///< outline of an earlier state
} // namespace palette

/// Perceptually uniform, @p t 0..1: inferno for temperatures, cividis for densities, viridis for all else.
Color field_color(const std::string& field, double t);
/// "degC" -> "°C", "mg/cm3" -> "mg/cm³", "1" -> "", UTF-8.
std::string unit_text(const std::string& unit);
/// "equivalent_plastic_strain" -> "equivalent plastic strain"
std::string field_title(const std::string& field);

} // namespace kypho
