#include "viz/detail/frame_data.hpp"
#include "core/base/errors.hpp"
#include <vtkCellArray.h>
#include <vtkCellArrayIterator.h>
#include <vtkCellData.h>
#include <vtkCleanPolyData.h>
#include <vtkContourFilter.h>
#include <vtkCutter.h>
#include <vtkDataSetSurfaceFilter.h>
#include <vtkFloatArray.h>
#include <vtkNew.h>
#include <vtkPlane.h>
#include <vtkPointData.h>
#include <vtkPolyDataNormals.h>
#include <vtkThreshold.h>
#include <vtkXMLPolyDataReader.h>
#include <vtkXMLUnstructuredGridReader.h>

namespace kypho::detail {
namespace {

template <class Reader>
auto read(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path)) throw InputError("frame '" + path.string() + "' is missing");
  vtkNew<Reader> reader;
  reader->SetFileName(path.c_str());
  reader->Update();
  if (reader->GetErrorCode() != 0 || reader->GetOutput()->GetNumberOfPoints() == 0)
    throw InputError("frame '" + path.string() + "' is broken");
  return vtkSmartPointer(reader->GetOutput());
}

std::vector<Vec3> used_points(vtkPolyData* surface) {
  vtkNew<vtkCleanPolyData> clean;
  clean->SetInputData(surface);
  clean->PointMergingOff();
  clean->Update();
  std::vector<Vec3> points(static_cast<std::size_t>(clean->GetOutput()->GetNumberOfPoints()));
  for (std::size_t i = 0; i < points.size(); ++i)
    clean->GetOutput()->GetPoint(static_cast<vtkIdType>(i), points[i].data());
  return points;
}

} // namespace

FrameData load_frame(const FrameInfo& info) {
  return {read<vtkXMLUnstructuredGridReader>(info.volume), read<vtkXMLPolyDataReader>(info.surface)};
}

vtkSmartPointer<vtkPolyData> facets_of(vtkPolyData* surface, double lowest, double highest, const char* field) {
  auto* classes = surface->GetCellData()->GetArray(field);
  vtkNew<vtkCellArray> kept;
  vtkSmartPointer<vtkPolyData> part = vtkSmartPointer<vtkPolyData>::New();
  part->SetPoints(surface->GetPoints());
  part->GetPointData()->ShallowCopy(surface->GetPointData());
  part->GetCellData()->CopyAllocate(surface->GetCellData());
  auto cells = vtk::TakeSmartPointer(surface->GetPolys()->NewIterator());
  for (cells->GoToFirstCell(); !cells->IsDoneWithTraversal(); cells->GoToNextCell()) {
    const double c = classes ? classes->GetTuple1(cells->GetCurrentCellId()) : 0;
    if (c < lowest || c > highest) continue;
    part->GetCellData()->CopyData(surface->GetCellData(), cells->GetCurrentCellId(), kept->GetNumberOfCells());
    kept->InsertNextCell(cells->GetCurrentCell());
  }
  part->SetPolys(kept);
  return part;
}

vtkSmartPointer<vtkPolyData> hull_of(vtkUnstructuredGrid* volume, int lowest, int highest) {
  vtkNew<vtkThreshold> part;
  part->SetInputData(volume);
  part->SetInputArrayToProcess(0, 0, 0, vtkDataObject::FIELD_ASSOCIATION_CELLS, "region");
  part->SetThresholdFunction(vtkThreshold::THRESHOLD_BETWEEN);
  part->SetLowerThreshold(lowest);
  part->SetUpperThreshold(highest);
  vtkNew<vtkDataSetSurfaceFilter> hull;
  hull->SetInputConnection(part->GetOutputPort());
  hull->Update();
  return hull->GetOutput();
}

vtkSmartPointer<vtkPolyData> to_intact(vtkPolyData* surface) {
  auto intact = vtkSmartPointer<vtkPolyData>::New();
  intact->DeepCopy(surface);
  auto* u = surface->GetPointData()->GetArray("displacement [mm]");
  for (vtkIdType i = 0; u && i < surface->GetNumberOfPoints(); ++i) {
    double x[3], d[3];
    surface->GetPoint(i, x);
    u->GetTuple(i, d);
    intact->GetPoints()->SetPoint(i, x[0] - d[0], x[1] - d[1], x[2] - d[2]);
  }
  intact->GetPoints()->Modified();
  return intact;
}

vtkSmartPointer<vtkPolyData> with_normals(vtkPolyData* surface) {
  vtkNew<vtkPolyDataNormals> normals;
  normals->SetInputData(surface);
  normals->SetFeatureAngle(50);
  normals->ConsistencyOff();
  normals->Update();
  return normals->GetOutput();
}

vtkSmartPointer<vtkPolyData> silhouette_of(vtkPolyData* surface, const Vec3& towards) {
  vtkNew<vtkPolyDataNormals> normals;
  normals->SetInputData(surface);
  normals->SplittingOff();
  normals->ConsistencyOff();
  normals->Update();
  auto shaded = vtkSmartPointer<vtkPolyData>::New();
  shaded->ShallowCopy(normals->GetOutput());
  vtkNew<vtkFloatArray> facing;
  facing->SetNumberOfTuples(shaded->GetNumberOfPoints());
  for (vtkIdType i = 0; i < shaded->GetNumberOfPoints(); ++i) {
    const double* n = shaded->GetPointData()->GetNormals()->GetTuple(i);
    facing->SetValue(i, static_cast<float>(n[0] * towards.x() + n[1] * towards.y() + n[2] * towards.z()));
  }
  shaded->GetPointData()->SetScalars(facing);
  vtkNew<vtkContourFilter> edge;
  edge->SetInputData(shaded);
  edge->SetValue(0, 0);
  edge->Update();
  return edge->GetOutput();
}

vtkSmartPointer<vtkPolyData> section_of(vtkDataSet* data, const Vec3& origin, const Vec3& normal) {
  vtkNew<vtkPlane> plane;
  plane->SetOrigin(origin.data());
  plane->SetNormal(normal.data());
  vtkNew<vtkCutter> cutter;
  cutter->SetInputData(data);
  cutter->SetCutFunction(plane);
  cutter->GenerateTrianglesOff();
  cutter->Update();
  return cutter->GetOutput();
}

std::optional<Vec3> centre_of(vtkPolyData* surface) {
  Vec3 sum = Vec3::Zero();
  const auto points = used_points(surface);
  for (const Vec3& p : points) sum += p;
  return points.empty() ? std::nullopt : std::optional<Vec3>(sum / static_cast<double>(points.size()));
}

Box box_of(vtkPolyData* surface) {
  Box box;
  for (const Vec3& p : used_points(surface)) box.extend(p);
  return box;
}

} // namespace kypho::detail
