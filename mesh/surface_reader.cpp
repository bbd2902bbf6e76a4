#include "core/base/errors.hpp"
#include "mesh/surface_shape.hpp"
#include "mesh/vtk_capture.hpp"
#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <vtkCellArray.h>
#include <vtkNew.h>
#include <vtkOBJReader.h>
#include <vtkPLYReader.h>
#include <vtkPolyData.h>
#include <vtkSTLReader.h>
#include <vtkTriangleFilter.h>

namespace kypho {
namespace {

template <class Reader>
vtkSmartPointer<vtkPolyData> run_reader(const std::filesystem::path& file) {
  vtkNew<Reader> reader;
  reader->SetFileName(file.c_str());
  vtkNew<vtkTriangleFilter> triangles;
  triangles->SetInputConnection(reader->GetOutputPort());
  triangles->PassVertsOff();
  triangles->PassLinesOff();
  VtkCapture capture;
  try {
    triangles->Update();
  } catch (const std::exception& error) {
    throw InputError(fmt::format("{}: cannot be read: {}", file.string(), error.what()));
  }
  if (const std::string said = capture.text(); !said.empty())
    throw InputError(fmt::format("{}: truncated or unreadable surface: {}", file.string(), said));
  return triangles->GetOutput();
}

vtkSmartPointer<vtkPolyData> read_any(const std::filesystem::path& file) {
  std::string kind = file.extension().string();
  std::transform(kind.begin(), kind.end(), kind.begin(), [](unsigned char c) { return std::tolower(c); });
  if (kind == ".stl") return run_reader<vtkSTLReader>(file);
  if (kind == ".ply") return run_reader<vtkPLYReader>(file);
  if (kind == ".obj") return run_reader<vtkOBJReader>(file);
  throw InputError(fmt::format("{}: unknown kind of surface; .stl, .ply and .obj are read", file.string()));
}

} // namespace

SurfaceShape read_surface(const std::filesystem::path& file, double scale) {
  if (!std::filesystem::is_regular_file(file)) throw InputError(fmt::format("{}: no such surface file", file.string()));
  const vtkSmartPointer<vtkPolyData> data = read_any(file);
  SurfaceShape surface;
  std::map<std::array<double, 3>, int> known; // in single precision files equal corners are equal bit for bit
  std::vector<int> vertex(data->GetNumberOfPoints());
  for (vtkIdType i = 0; i < data->GetNumberOfPoints(); ++i) {
    std::array<double, 3> p{};
    data->GetPoint(i, p.data());
    const auto [at, added] = known.try_emplace(p, static_cast<int>(surface.vertices.size()));
    if (added) surface.vertices.push_back(scale * Vec3(p.data()));
    vertex[i] = at->second;
  }
  vtkCellArray* cells = data->GetPolys();
  vtkIdType size = 0;
  const vtkIdType* ids = nullptr;
  for (cells->InitTraversal(); cells->GetNextCell(size, ids) != 0;) {
    const std::array<int, 3> t{vertex[ids[0]], vertex[ids[1]], vertex[ids[2]]};
    if (size == 3 && t[0] != t[1] && t[1] != t[2] && t[2] != t[0]) surface.triangles.push_back(t);
  }
  if (surface.triangles.empty()) throw InputError(fmt::format("{}: holds no triangle", file.string()));
  for (const Vec3& p : surface.vertices)
    if (!p.allFinite()) throw InputError(fmt::format("{}: holds a coordinate that is not a number", file.string()));
  return surface;
}

} // namespace kypho
