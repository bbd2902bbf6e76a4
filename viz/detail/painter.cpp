#include "viz/detail/painter.hpp"
#include <vtkActor2D.h>
#include <vtkCellArray.h>
#include <vtkCellData.h>
#include <vtkNew.h>
#include <vtkPoints.h>
#include <vtkPolyData.h>
#include <vtkPolyDataMapper2D.h>
#include <vtkProperty2D.h>
#include <vtkTextActor.h>
#include <vtkTextProperty.h>
#include <vtkUnsignedCharArray.h>

namespace kypho::detail {

void Painter::clear() {
  for (const auto& prop : props_) renderer_->RemoveViewProp(prop);
  props_.clear();
}

void Painter::add(vtkProp* prop) {
  renderer_->AddViewProp(prop);
  props_.emplace_back(prop);
}

void Painter::text(double x, double y, const std::string& words, int size, const Color& color, Align align, bool bold) {
  vtkNew<vtkTextActor> actor;
  actor->SetInput(words.c_str());
  actor->SetDisplayPosition(static_cast<int>(x * ratio_), static_cast<int>(y * ratio_));
  vtkTextProperty* style = actor->GetTextProperty();
  style->SetFontFamilyToArial();
  style->SetFontSize(static_cast<int>(size * ratio_));
  style->SetBold(bold);
  style->SetColor(color[0], color[1], color[2]);
  style->SetJustification(align == Align::left     ? VTK_TEXT_LEFT
                          : align == Align::centre ? VTK_TEXT_CENTERED
                                                   : VTK_TEXT_RIGHT);
  add(actor);
}

void Painter::box(double x, double y, double width, double height, const Color& color, double opacity) {
  strip(x, y, width, height, {color});
  vtkActor2D::SafeDownCast(props_.back())->GetProperty()->SetOpacity(opacity);
}

void Painter::strip(double x, double y, double width, double height, const std::vector<Color>& cells) {
  vtkNew<vtkPoints> points;
  vtkNew<vtkCellArray> quads;
  vtkNew<vtkUnsignedCharArray> colors;
  colors->SetNumberOfComponents(3);
  const double step = height / static_cast<double>(cells.size());
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const double low = (y + step * i) * ratio_, high = (y + step * (i + 1)) * ratio_;
    const vtkIdType first = points->InsertNextPoint(x * ratio_, low, 0);
    points->InsertNextPoint((x + width) * ratio_, low, 0);
    points->InsertNextPoint((x + width) * ratio_, high, 0);
    points->InsertNextPoint(x * ratio_, high, 0);
    quads->InsertNextCell({first, first + 1, first + 2, first + 3});
    for (double c : cells[i]) colors->InsertNextValue(static_cast<unsigned char>(255 * c + 0.5));
  }
  vtkNew<vtkPolyData> data;
  data->SetPoints(points);
  data->SetPolys(quads);
  data->GetCellData()->SetScalars(colors);
  vtkNew<vtkPolyDataMapper2D> mapper;
  mapper->SetInputData(data);
  vtkNew<vtkActor2D> actor;
  actor->SetMapper(mapper);
  add(actor);
}

} // namespace kypho::detail
