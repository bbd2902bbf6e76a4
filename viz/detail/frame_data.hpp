#pragma once
// Private to viz: the files of one frame as VTK data, and the cuts and selections that pictures need.
#include "viz/run_folder.hpp"
#include <vtkPolyData.h>
#include <vtkSmartPointer.h>
#include <vtkUnstructuredGrid.h>

namespace kypho::detail {

struct FrameData {
  vtkSmartPointer<vtkUnstructuredGrid> volume;
  vtkSmartPointer<vtkPolyData> surface;
};
/// @throws InputError if a file is missing or broken
FrameData load_frame(const FrameInfo& info);

/// Facets whose class (core Surface), or another facet field, lies in [lowest, highest].
vtkSmartPointer<vtkPolyData> facets_of(vtkPolyData* surface, double lowest, double highest,
                                       const char* field = "surface");
/// Tetrahedra whose region lies in [lowest, highest], as their outer surface.
vtkSmartPointer<vtkPolyData> hull_of(vtkUnstructuredGrid* volume, int lowest, int highest);
/// The same surface with each node where it lay in the intact vertebra.
vtkSmartPointer<vtkPolyData> to_intact(vtkPolyData* surface);
/// Smooth shading with sharp edges above 50 degrees.
vtkSmartPointer<vtkPolyData> with_normals(vtkPolyData* surface);
/// Lines where the smoothed surface turns away from the viewer. @param towards unit, from the body to the viewer
vtkSmartPointer<vtkPolyData> silhouette_of(vtkPolyData* surface, const Vec3& towards);
/// Section by a plane: polygons of a solid, lines of a surface. Cell fields are kept.
vtkSmartPointer<vtkPolyData> section_of(vtkDataSet* data, const Vec3& origin, const Vec3& normal);
/// Mean of the points used by the cells; nullopt if there are none.
std::optional<Vec3> centre_of(vtkPolyData* surface);
/// Of the points used by the cells (VTK's own counts unused points too); empty box if there are none.
Box box_of(vtkPolyData* surface);

} // namespace kypho::detail
