#include "mesh/vtu_format.hpp"
#include "core/base/errors.hpp"
#include "core/base/log.hpp"
#include "core/fem/tet_mesh.hpp"
#include "mesh/fe_builder.hpp"
#include "mesh/vtk_capture.hpp"
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <vtkCellArray.h>
#include <vtkCellData.h>
#include <vtkCellType.h>
#include <vtkDataArray.h>
#include <vtkErrorCode.h>
#include <vtkIntArray.h>
#include <vtkNew.h>
#include <vtkPointData.h>
#include <vtkPoints.h>
#include <vtkUnsignedCharArray.h>
#include <vtkUnstructuredGrid.h>
#include <vtkXMLUnstructuredGridReader.h>
#include <vtkXMLUnstructuredGridWriter.h>

namespace kypho {
namespace {

constexpr std::string_view set_prefix = "set:", surface_prefix = "surface:";
constexpr ElementKind kinds[] = {ElementKind::tet4, ElementKind::tet10, ElementKind::tri3, ElementKind::tri6};

int cell_type(ElementKind kind) {
  constexpr int types[] = {VTK_TETRA, VTK_QUADRATIC_TETRA, VTK_TRIANGLE, VTK_QUADRATIC_TRIANGLE};
  return types[static_cast<int>(kind)];
}

vtkSmartPointer<vtkUnstructuredGrid> read_grid(const std::filesystem::path& file) {
  if (!std::filesystem::is_regular_file(file)) throw InputError(fmt::format("{}: no such file", file.string()));
  vtkNew<vtkXMLUnstructuredGridReader> reader;
  reader->SetFileName(file.c_str());
  VtkCapture capture;
  reader->Update();
  const std::string said = capture.text();
  if (reader->GetErrorCode() != vtkErrorCode::NoError || !said.empty())
    throw InputError(fmt::format("{}: truncated or no unstructured grid of VTK: {}", file.string(), said));
  return reader->GetOutput();
}

class VtuReader {
public:
  explicit VtuReader(const std::filesystem::path& file) : file_(file), grid_(read_grid(file)) {
    place_.file = builder_.add_file(file.string());
  }

  FeModel read() {
    const std::vector<int> point_ids = ids(grid_->GetPointData(), grid_->GetNumberOfPoints());
    const std::vector<int> cell_ids = ids(grid_->GetCellData(), grid_->GetNumberOfCells());
    for (std::size_t i = 0; i < point_ids.size(); ++i) {
      Vec3 p;
      grid_->GetPoint(static_cast<vtkIdType>(i), p.data());
      if (!p.allFinite()) builder_.refuse(place_, fmt::format("point {} is not finite", i));
      builder_.node(point_ids[i], p, place_);
    }
    cells(point_ids, cell_ids);
    arrays(grid_->GetPointData(), point_ids, true);
    arrays(grid_->GetCellData(), cell_ids, false);
    if (!unread_.empty())
      log(LogLevel::warning,
          fmt::format("{}: fields are not taken over: {}", file_.string(), fmt::join(unread_, ", ")));
    return builder_.finish();
  }

private:
  std::vector<int> ids(vtkFieldData* data, vtkIdType count) const {
    std::vector<int> ids(static_cast<std::size_t>(count));
    vtkDataArray* array = data->GetArray("id");
    for (vtkIdType i = 0; i < count; ++i)
      ids[i] = array ? static_cast<int>(array->GetComponent(i, 0)) : static_cast<int>(i) + 1;
    return ids;
  }

  void cells(const std::vector<int>& point_ids, const std::vector<int>& cell_ids) {
    std::vector<int> nodes;
    for (std::size_t c = 0; c < cell_ids.size(); ++c) {
      const int type = grid_->GetCellType(static_cast<vtkIdType>(c));
      const auto* kind = std::find_if(std::begin(kinds), std::end(kinds), [&](auto k) { return cell_type(k) == type; });
      if (kind == std::end(kinds))
        builder_.refuse(place_, fmt::format("cell {} is of type {}; allowed linear and quadratic tetrahedra (10, 24) "
                                            "and triangles (5, 22)",
                                            c, type));
      vtkIdType size = 0;
      const vtkIdType* points = nullptr;
      grid_->GetCellPoints(static_cast<vtkIdType>(c), size, points);
      nodes.clear();
      for (vtkIdType a = 0; a < size; ++a) nodes.push_back(point_ids.at(points[a]));
      builder_.element(*kind, cell_ids[c], nodes, place_);
    }
  }

  void arrays(vtkFieldData* data, const std::vector<int>& ids, bool of_nodes) {
    for (int i = 0; i < data->GetNumberOfArrays(); ++i) {
      vtkDataArray* array = data->GetArray(i);
      const std::string name = array && array->GetName() ? array->GetName() : "";
      if (name == "id") continue;
      if (name.starts_with(set_prefix))
        set(name.substr(set_prefix.size()), array, ids, of_nodes);
      else if (!of_nodes && name.starts_with(surface_prefix))
        surface(name.substr(surface_prefix.size()), array, ids);
      else if (!of_nodes && name == "region")
        regions(array, ids);
      else if (!name.empty())
        unread_.push_back(name);
    }
  }

  void set(const std::string& name, vtkDataArray* array, const std::vector<int>& ids, bool of_nodes) {
    auto& members = of_nodes ? builder_.node_set(name) : builder_.element_set(name);
    for (std::size_t i = 0; i < ids.size(); ++i)
      if (array->GetComponent(static_cast<vtkIdType>(i), 0) != 0) members.push_back({ids[i], false, place_});
  }

  void surface(const std::string& name, vtkDataArray* array, const std::vector<int>& ids) {
    auto& faces = builder_.surface(name);
    for (std::size_t i = 0; i < ids.size(); ++i) {
      const int bits = static_cast<int>(array->GetComponent(static_cast<vtkIdType>(i), 0));
      for (int face = 0; face < 8; ++face)
        if ((bits >> face & 1) != 0) faces.push_back({ids[i], face, false, place_});
    }
  }

  /// What a tetrahedron of a run's frame is made of.
  void regions(vtkDataArray* array, const std::vector<int>& ids) {
    for (std::size_t i = 0; i < ids.size(); ++i) {
      const int region = static_cast<int>(array->GetComponent(static_cast<vtkIdType>(i), 0));
      const bool ours = region >= 0 && region <= static_cast<int>(Region::composite);
      const std::string name = ours ? kypho::name_of(static_cast<Region>(region)) : fmt::format("region_{}", region);
      builder_.element_set(name).push_back({ids[i], false, place_});
    }
  }

  std::filesystem::path file_;
  vtkSmartPointer<vtkUnstructuredGrid> grid_;
  FeBuilder builder_{false};
  InputPlace place_;
  std::vector<std::string> unread_;
};

void add_ids(vtkFieldData* data, const std::vector<int>& ids) {
  vtkNew<vtkIntArray> array;
  array->SetName("id");
  array->SetNumberOfValues(static_cast<vtkIdType>(ids.size()));
  for (std::size_t i = 0; i < ids.size(); ++i) array->SetValue(static_cast<vtkIdType>(i), ids[i]);
  data->AddArray(array);
}

vtkNew<vtkUnsignedCharArray> bytes(std::string_view prefix, const std::string& name, std::size_t count) {
  vtkNew<vtkUnsignedCharArray> array;
  array->SetName((std::string(prefix) + name).c_str());
  array->SetNumberOfValues(static_cast<vtkIdType>(count));
  array->FillValue(0);
  return array;
}

void add_sets(vtkFieldData* data, const std::map<std::string, std::vector<int>>& sets, std::size_t count) {
  for (const auto& [name, members] : sets) {
    const auto array = bytes(set_prefix, name, count);
    for (const int m : members) array->SetValue(m, 1);
    data->AddArray(array);
  }
}

vtkNew<vtkUnstructuredGrid> grid_of(const FeModel& model) {
  vtkNew<vtkPoints> points;
  points->SetDataTypeToDouble();
  points->SetNumberOfPoints(static_cast<vtkIdType>(model.nodes.size()));
  for (std::size_t i = 0; i < model.nodes.size(); ++i)
    points->SetPoint(static_cast<vtkIdType>(i), model.nodes[i].data());
  const auto cells = static_cast<std::size_t>(element_count(model));
  vtkNew<vtkUnstructuredGrid> grid;
  grid->SetPoints(points);
  grid->Allocate(static_cast<vtkIdType>(cells));
  std::vector<int> ids;
  for (const ElementBlock& block : model.blocks) {
    const int n = node_count(block.kind);
    for (std::size_t e = 0; e < block.ids.size(); ++e) {
      std::array<vtkIdType, 10> nodes{};
      for (int a = 0; a < n; ++a) nodes[a] = block.nodes[n * e + a];
      grid->InsertNextCell(cell_type(block.kind), n, nodes.data());
    }
    ids.insert(ids.end(), block.ids.begin(), block.ids.end());
  }
  add_ids(grid->GetPointData(), model.node_ids);
  add_ids(grid->GetCellData(), ids);
  add_sets(grid->GetPointData(), model.node_sets, model.nodes.size());
  add_sets(grid->GetCellData(), model.element_sets, cells);
  for (const auto& [name, faces] : model.surfaces) {
    const auto array = bytes(surface_prefix, name, cells);
    for (const ElementFace& f : faces)
      array->SetValue(f.element, static_cast<unsigned char>(array->GetValue(f.element) | 1 << f.face));
    grid->GetCellData()->AddArray(array);
  }
  return grid;
}

} // namespace

FeModel read_vtu(const std::filesystem::path& file) { return VtuReader(file).read(); }

void write_vtu(const FeModel& model, const std::filesystem::path& file) {
  vtkNew<vtkXMLUnstructuredGridWriter> writer;
  const auto grid = grid_of(model);
  writer->WriteToOutputStringOn();
  writer->SetInputData(grid);
  writer->SetDataModeToAppended();
  writer->EncodeAppendedDataOff();
  if (writer->Write() == 0 || writer->GetErrorCode() != vtkErrorCode::NoError)
    throw BackendError(fmt::format("VTK cannot write '{}'", file.string()));
  write_text(file, writer->GetOutputString());
  warn_of_all_but_the_mesh(model, file);
}

} // namespace kypho
