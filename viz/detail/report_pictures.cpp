// The pictures of the report.
#include "core/base/errors.hpp"
#include "viz/detail/picture.hpp"
#include "viz/detail/report_parts.hpp"
#include "viz/display.hpp"
#include "viz/svg_plot.hpp"
#include <algorithm>
#include <fmt/format.h>

namespace kypho::detail {
namespace {

constexpr std::array picture_size = {760, 500};

std::string figure(const std::string& png, const std::string& caption) {
  return fmt::format(
      "<figure><img alt=\"{0}\" src=\"data:image/png;base64,{1}\"><figcaption>{0}</figcaption></figure>\n",
      escaped(caption), base64(png));
}

/// The field that tells most about a stage: where bone was crushed, or how hot it is; empty if the frame has none.
std::string telling_field(const FrameInfo& frame) {
  std::vector<std::string> wanted = {"plastic_strain", "crush", "compaction", "damage"};
  if (frame.stage == "cure")
    wanted = {"peak_temperature", "temperature", "conversion"};
  else if (frame.stage == "inject")
    wanted = {"saturation", "cement_fraction"};
  else if (frame.stage == "access" || frame.stage == "posture" || frame.stage == "deflate")
    return "";
  std::vector<FieldInfo> fields = frame.tet_fields;
  fields.insert(fields.end(), frame.node_fields.begin(), frame.node_fields.end());
  for (const std::string& word : wanted)
    for (const FieldInfo& f : fields)
      if (f.name.find(word) != std::string::npos) return f.name;
  return "";
}

/// Last frame of every stage, and the most crushed one of a fracture before it unloads.
std::vector<std::size_t> chosen_frames(const std::vector<FrameInfo>& frames) {
  std::vector<std::size_t> chosen;
  const auto height = [&](std::size_t i) {
    const auto h = frames[i].scalars.find("anterior_height_mm");
    return h == frames[i].scalars.end() ? 1e300 : h->second;
  };
  for (std::size_t first = 0; first < frames.size();) {
    std::size_t last = first, lowest = first;
    while (last + 1 < frames.size() && frames[last + 1].stage_index == frames[first].stage_index) ++last;
    for (std::size_t i = first; i <= last; ++i)
      if (height(i) < height(lowest)) lowest = i;
    if (first == 0) chosen.push_back(first);
    if (frames[first].stage == "fracture" && lowest != last && lowest != first) chosen.push_back(lowest);
    if (last != 0) chosen.push_back(last);
    first = last + 1;
  }
  return chosen;
}

std::string stage_pictures(PictureMaker& maker, const std::vector<FrameInfo>& frames, std::size_t i) {
  const FrameInfo& f = frames[i];
  std::string title = stage_title(frames, f);
  if (i == 0)
    title = "Start";
  else if (i + 1 == frames.size() && !f.last_of_stage)
    title += ", where the run ended";
  else if (!f.last_of_stage && f.stage == "fracture")
    title += ", most crushed";
  std::string pictures;
  const std::string field = i == 0 ? "" : telling_field(f);
  for (View view : {View::lateral, View::frontal}) {
    if (f.stage == "load" && !field.empty()) break; // the shape is that of the stage before
    Look look;
    look.view = view;
    pictures += figure(maker.png(i, look), fmt::format("{}. {}.", title, describe(view)));
  }
  for (View view : {View::lateral, View::frontal}) {
    if (field.empty()) break;
    Look look;
    look.view = view;
    look.field = field;
    pictures += figure(maker.png(i, look), fmt::format("{}, {}.", title, field_title(field)));
  }
  return fmt::format("<div class=\"stage\"><h3>{}</h3><div class=\"pictures\">\n{}</div></div>\n", escaped(title),
                     pictures);
}

std::string landmark_pictures(PictureMaker& maker) {
  std::string pictures;
  for (View view : {View::lateral, View::frontal, View::axial}) {
    Look look;
    look.view = view;
    look.cut = look.ghost = false;
    look.landmarks = true;
    pictures += figure(maker.png(0, look), describe(view));
  }
  return "<p>Found or given in the intact vertebra; heights and placements of devices are measured from them. Check "
         "that "
         "each lies where its name says.</p><div class=\"pictures\">\n" +
         pictures + "</div>\n";
}

} // namespace

std::string picture_sections(const ReportData& data) {
  if (data.frames.empty()) return "";
  try {
    ensure_display();
  } catch (const BackendError& error) {
    return section("pictures", "Pictures", fmt::format("<p>No pictures: {}.</p>", escaped(error.what())));
  }
  RunScene scene(data.run_dir);
  PictureMaker maker(scene, picture_size);
  std::string stages;
  for (std::size_t i : chosen_frames(data.frames)) stages += stage_pictures(maker, data.frames, i);
  std::string page = section("pictures", "The procedure in pictures", stages);
  if (!read_landmarks(data.run_dir).empty()) page += section("landmarks", "Landmarks", landmark_pictures(maker));
  return page;
}

} // namespace kypho::detail
