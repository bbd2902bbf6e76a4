#include "mesh/convert.hpp"
#include "core/base/errors.hpp"
#include "mesh/fe_builder.hpp"
#include "mesh/feb_writer.hpp"
#include "mesh/inp_reader.hpp"
#include "mesh/inp_writer.hpp"
#include "mesh/msh_format.hpp"
#include "mesh/vtu_format.hpp"
#include <array>
#include <fmt/format.h>

namespace kypho {
namespace {

struct Format {
  std::string_view ending, what;
  FeModel (*read)(const std::filesystem::path&); ///< null: only written
  void (*write)(const FeModel&, const std::filesystem::path&);
};

constexpr std::array<Format, 4> formats = {{{".inp", "Abaqus, CalculiX", read_inp, write_inp},
                                            {".feb", "FEBio", nullptr, write_feb},
                                            {".msh", "Gmsh", read_msh, write_msh},
                                            {".vtu", "VTK", read_vtu, write_vtu}}};

const Format& format_of(const std::filesystem::path& file, bool to_read) {
  const std::string ending = upper_case(file.extension().string());
  std::string allowed;
  for (const Format& f : formats) {
    if (to_read && !f.read) continue;
    if (upper_case(f.ending) == ending) return f;
    allowed += fmt::format("{}{} ({})", allowed.empty() ? "" : ", ", f.ending, f.what);
  }
  throw InputError(fmt::format("{}: files that end with '{}' are not {}; allowed {}", file.string(),
                               file.extension().string(), to_read ? "read" : "written", allowed));
}

} // namespace

FeModel read_fe_model(const std::filesystem::path& file) { return format_of(file, true).read(file); }

void write_fe_model(const FeModel& model, const std::filesystem::path& file) {
  format_of(file, false).write(model, file);
}

std::string convert_file(const std::filesystem::path& from, const std::filesystem::path& to) {
  format_of(to, false);
  const FeModel model = read_fe_model(from);
  write_fe_model(model, to);
  return fmt::format("{}: {} nodes, {} elements, {} sets of nodes, {} sets of elements, {} surfaces, {} steps",
                     to.string(), model.nodes.size(), element_count(model), model.node_sets.size(),
                     model.element_sets.size(), model.surfaces.size(), model.steps.size());
}

} // namespace kypho
