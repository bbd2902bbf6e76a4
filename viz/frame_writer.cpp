#include "viz/frame_writer.hpp"
#include "core/base/errors.hpp"
#include "viz/files.hpp"
#include "viz/run_folder.hpp"
#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <vtkCellArray.h>
#include <vtkCellData.h>
#include <vtkErrorCode.h>
#include <vtkFloatArray.h>
#include <vtkIdTypeArray.h>
#include <vtkIntArray.h>
#include <vtkNew.h>
#include <vtkPointData.h>
#include <vtkPoints.h>
#include <vtkPolyData.h>
#include <vtkUnsignedCharArray.h>
#include <vtkUnstructuredGrid.h>
#include <vtkXMLPolyDataWriter.h>
#include <vtkXMLUnstructuredGridWriter.h>

namespace fs = std::filesystem;
using nlohmann::ordered_json;

namespace kypho {
namespace {

std::string array_name(const Field& field) { return FieldInfo{field.name, field.unit, field.components}.array_name(); }

/// Single precision: 1e-6 of a vertebra is far below what a picture or a plot shows, and halves the files.
/// @param rows which entries to take; null takes all
void add_array(vtkFieldData* data, const std::string& name, int components, const double* values, std::size_t count,
               const std::vector<int>* rows = nullptr) {
  vtkNew<vtkFloatArray> array;
  array->SetName(name.c_str());
  array->SetNumberOfComponents(components);
  const std::size_t n = rows ? rows->size() : count;
  array->SetNumberOfTuples(static_cast<vtkIdType>(n));
  float* out = array->GetPointer(0);
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t row = rows ? static_cast<std::size_t>((*rows)[i]) : i;
    for (int c = 0; c < components; ++c) *out++ = static_cast<float>(values[row * components + c]);
  }
  data->AddArray(array);
}

void add_fields(vtkFieldData* data, const std::vector<Field>& fields, std::size_t count, const char* place,
                const std::vector<int>* rows = nullptr) {
  for (const Field& f : fields) {
    if (f.values.size() != count * static_cast<std::size_t>(f.components))
      throw std::logic_error(fmt::format("frame: {} field '{}' has {} values, the mesh needs {} x {}", place, f.name,
                                         f.values.size(), count, f.components));
    add_array(data, array_name(f), f.components, f.values.data(), count, rows);
  }
}

template <class Range, class Value>
void add_bytes(vtkFieldData* data, const char* name, const Range& range, Value value) {
  vtkNew<vtkUnsignedCharArray> array;
  array->SetName(name);
  array->SetNumberOfTuples(static_cast<vtkIdType>(range.size()));
  for (std::size_t i = 0; i < range.size(); ++i) array->SetValue(i, static_cast<unsigned char>(value(range[i])));
  data->AddArray(array);
}

vtkNew<vtkPoints> points_of(const std::vector<Vec3>& positions, const std::vector<int>* rows = nullptr) {
  vtkNew<vtkPoints> points;
  points->SetDataTypeToFloat();
  const std::size_t n = rows ? rows->size() : positions.size();
  points->SetNumberOfPoints(static_cast<vtkIdType>(n));
  for (std::size_t i = 0; i < n; ++i) points->SetPoint(i, positions[rows ? (*rows)[i] : i].data());
  return points;
}

std::vector<double> displacement_of(const Frame& frame) {
  const auto& x = *frame.positions;
  std::vector<double> u(3 * x.size());
  for (std::size_t i = 0; i < x.size(); ++i)
    for (int c = 0; c < 3; ++c) u[3 * i + c] = x[i][c] - frame.mesh->intact[i][c];
  return u;
}

vtkNew<vtkUnstructuredGrid> volume_of(const Frame& frame, const std::vector<double>& u) {
  const TetMesh& mesh = *frame.mesh;
  const int per_cell = mesh.mids.empty() ? 4 : 10;
  vtkNew<vtkIdTypeArray> ids;
  ids->SetNumberOfValues(static_cast<vtkIdType>(per_cell * mesh.tets.size()));
  for (std::size_t t = 0; t < mesh.tets.size(); ++t)
    for (int a = 0; a < per_cell; ++a) ids->SetValue(per_cell * t + a, a < 4 ? mesh.tets[t][a] : mesh.mids[t][a - 4]);
  vtkNew<vtkCellArray> cells;
  cells->SetData(per_cell, ids);
  vtkNew<vtkUnstructuredGrid> grid;
  grid->SetPoints(points_of(*frame.positions));
  grid->SetCells(mesh.mids.empty() ? VTK_TETRA : VTK_QUADRATIC_TETRA, cells);
  add_array(grid->GetPointData(), "displacement [mm]", 3, u.data(), frame.positions->size());
  add_fields(grid->GetPointData(), frame.node_fields, frame.positions->size(), "node");
  add_bytes(grid->GetCellData(), "region", mesh.region, [](Region r) { return r; });
  add_array(grid->GetCellData(), "bmd [mg/cm3]", 1, mesh.bmd.data(), mesh.bmd.size());
  add_fields(grid->GetCellData(), frame.tet_fields, mesh.tets.size(), "tetrahedron");
  return grid;
}

vtkNew<vtkPolyData> surface_of(const Frame& frame, const std::vector<double>& u) {
  const TetMesh& mesh = *frame.mesh;
  std::vector<int> used, place(frame.positions->size(), -1);
  vtkNew<vtkCellArray> triangles;
  for (const Facet& facet : mesh.facets) {
    triangles->InsertNextCell(3);
    for (int node : facet.nodes) {
      if (place[node] < 0) {
        place[node] = static_cast<int>(used.size());
        used.push_back(node);
      }
      triangles->InsertCellPoint(place[node]);
    }
  }
  vtkNew<vtkPolyData> surface;
  surface->SetPoints(points_of(*frame.positions, &used));
  surface->SetPolys(triangles);
  add_array(surface->GetPointData(), "displacement [mm]", 3, u.data(), frame.positions->size(), &used);
  add_fields(surface->GetPointData(), frame.node_fields, frame.positions->size(), "node", &used);
  add_bytes(surface->GetCellData(), "surface", mesh.facets, [](const Facet& f) { return f.surface; });
  add_fields(surface->GetCellData(), frame.facet_fields, mesh.facets.size(), "facet");
  return surface;
}

void check(const Frame& frame) {
  if (!frame.mesh || !frame.positions) throw std::logic_error("frame: no mesh or no positions");
  const TetMesh& m = *frame.mesh;
  const std::size_t nodes = frame.positions->size(), tets = m.tets.size();
  if (m.intact.size() != nodes || m.region.size() != tets || m.bmd.size() != tets)
    throw std::logic_error(fmt::format("frame of '{}': {} positions for {} intact nodes, {} tetrahedra, {} regions, "
                                       "{} densities",
                                       frame.stage, nodes, m.intact.size(), tets, m.region.size(), m.bmd.size()));
}

/// Through memory: a full disk is then met by write_whole_file() alone, without VTK's own report of it.
template <class Writer, class Data>
void write_vtk(const Data& data, const fs::path& path) {
  vtkNew<Writer> writer;
  writer->WriteToOutputStringOn();
  writer->SetInputData(data);
  writer->SetDataModeToAppended();
  writer->EncodeAppendedDataOff();
  writer->SetCompressorTypeToLZ4(); // ten times faster than zlib at a third more bytes
  if (writer->Write() == 0 || writer->GetErrorCode() != vtkErrorCode::NoError)
    throw BackendError("VTK cannot write '" + path.string() + "'");
  write_whole_file(path, writer->GetOutputString());
}

ordered_json describe(const std::vector<Field>& fields) {
  ordered_json list = ordered_json::array();
  for (const Field& f : fields) list.push_back({{"name", f.name}, {"unit", f.unit}, {"components", f.components}});
  return list;
}

std::string pvd_of(const ordered_json& frames) {
  std::string xml = "<?xml version=\"1.0\"?>\n<VTKFile type=\"Collection\" version=\"1.0\" "
                    "byte_order=\"LittleEndian\">\n<Collection>\n";
  double before = -1;
  for (const auto& f : frames) {
    // The end of a stage and the start of the next share a time; readers want each moment to have its own.
    const double time = std::max(f.at("stage_index").get<double>() + f.at("pseudo_time").get<double>(), before + 1e-6);
    before = time;
    int part = 0;
    for (const char* key : {"volume", "surface"})
      xml += fmt::format("<DataSet timestep=\"{}\" group=\"\" part=\"{}\" name=\"{}\" file=\"frames/{}\"/>\n", time,
                         part++, f.at("stage").get<std::string>(), f.at(key).get<std::string>());
  }
  return xml + "</Collection>\n</VTKFile>\n";
}

} // namespace

struct FrameWriter::Impl {
  fs::path run_dir, folder;
  ordered_json frames = ordered_json::array();

  /// Keeps the entries of stages before first_stage, removes the files of the others.
  void take_up(int first_stage) {
    const fs::path index = folder / "index.json";
    ordered_json old;
    if (first_stage > 0 && fs::exists(index))
      old = ordered_json::parse(read_whole_file(index), nullptr, false).value("frames", ordered_json::array());
    std::vector<std::string> kept;
    for (auto& f : old) {
      if (f.at("stage_index").get<int>() >= first_stage) break;
      for (const char* key : {"volume", "surface"}) kept.push_back(f.at(key));
      frames.push_back(std::move(f));
    }
    for (const auto& entry : fs::directory_iterator(folder)) {
      const std::string name = entry.path().filename().string(), ending = entry.path().extension().string();
      const bool ours = ending == ".vtu" || ending == ".vtp" || ending == ".part";
      if (ours && std::find(kept.begin(), kept.end(), name) == kept.end()) fs::remove(entry.path());
    }
  }

  /// A stage that takes back a trial starts again at an earlier pseudo-time: what it had shown from there on goes.
  void drop_withdrawn(const Frame& next) {
    while (!frames.empty()) {
      const ordered_json& last = frames.back();
      if (last.at("stage_index") != next.stage_index || last.at("pseudo_time") <= next.pseudo_time) return;
      for (const char* key : {"volume", "surface"}) fs::remove(folder / last.at(key).get<std::string>());
      frames.erase(frames.size() - 1);
    }
  }

  void write_lists() const {
    write_whole_file(folder / "index.json", ordered_json{{"frames", frames}}.dump(1) + "\n");
    write_whole_file(run_dir / "frames.pvd", pvd_of(frames));
  }
};

FrameWriter::FrameWriter(fs::path run_dir, int first_stage) : impl_(std::make_unique<Impl>()) {
  impl_->run_dir = std::move(run_dir);
  impl_->folder = impl_->run_dir / "frames";
  try {
    fs::create_directories(impl_->folder);
    impl_->take_up(first_stage);
  } catch (const fs::filesystem_error& error) {
    throw LimitReached(fmt::format("cannot write frames: {}", error.what()));
  }
  impl_->write_lists();
}

FrameWriter::~FrameWriter() = default;

void FrameWriter::frame(const Frame& frame) {
  check(frame);
  impl_->drop_withdrawn(frame);
  const std::string ordinal = frame.stage_ordinal > 1 ? fmt::format("{}", frame.stage_ordinal) : "";
  const std::string stem = fmt::format("{:04d}_{}{}", impl_->frames.size(), frame.stage, ordinal);
  const std::string volume = stem + ".vtu", surface = stem + "_surface.vtp";
  const std::vector<double> u = displacement_of(frame);
  write_vtk<vtkXMLUnstructuredGridWriter>(volume_of(frame, u), impl_->folder / volume);
  write_vtk<vtkXMLPolyDataWriter>(surface_of(frame, u), impl_->folder / surface);
  impl_->frames.push_back({{"stage", frame.stage},
                           {"ordinal", frame.stage_ordinal},
                           {"stage_index", frame.stage_index},
                           {"pseudo_time", frame.pseudo_time},
                           {"last_of_stage", frame.last_of_stage},
                           {"volume", volume},
                           {"surface", surface},
                           {"node_fields", describe(frame.node_fields)},
                           {"tet_fields", describe(frame.tet_fields)},
                           {"facet_fields", describe(frame.facet_fields)},
                           {"scalars", frame.scalars}});
  impl_->write_lists();
}

} // namespace kypho
