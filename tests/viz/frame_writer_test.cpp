// Frames on disk say what the run said, can be read back, and are the same bytes each time.
#include "core/base/errors.hpp"
#include "core/fem/quadratic.hpp"
#include "tests/viz/scratch.hpp"
#include "tests/viz/synthetic_run.hpp"
#include "viz/detail/frame_data.hpp"
#include "viz/run_folder.hpp"
#include <gmock/gmock.h>
#include <vtkCell.h>
#include <vtkCellData.h>
#include <vtkCellType.h>
#include <vtkPointData.h>
#include <vtkXMLDataElement.h>
#include <vtkXMLDataParser.h>
#include <vtkXMLUtilities.h>

namespace kypho {
namespace {

using test::Moment;
using test::Scratch;
namespace fs = std::filesystem;

const Moment inflated{"inflate", 3, 1, true, 0.1, 6, true, false, 0, 110, 0.9};

TEST(FrameWriter, CarriesPositionsFieldsAndUnitsToDiskAndBack) {
  const Scratch dir;
  const test::SyntheticVertebra vertebra(6);
  FrameWriter writer(dir);
  test::write_moment(writer, vertebra, inflated);

  const auto frames = read_frames(dir);
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].stage, "inflate");
  EXPECT_EQ(frames[0].stage_index, 3);
  EXPECT_TRUE(frames[0].last_of_stage);
  EXPECT_DOUBLE_EQ(frames[0].scalars.at("pressure_left_mpa"), 0.9);

  const detail::FrameData d = detail::load_frame(frames[0]);
  const TetMesh mesh = vertebra.mesh(inflated);
  const auto x = vertebra.positions(inflated);
  ASSERT_EQ(d.volume->GetNumberOfCells(), static_cast<vtkIdType>(mesh.tets.size()));
  ASSERT_EQ(d.surface->GetNumberOfCells(), static_cast<vtkIdType>(mesh.facets.size()));
  auto* u = d.volume->GetPointData()->GetArray("displacement [mm]");
  auto* bmd = d.volume->GetCellData()->GetArray("bmd [mg/cm3]");
  auto* strain = d.volume->GetCellData()->GetArray("equivalent_plastic_strain");
  auto* surface = d.surface->GetCellData()->GetArray("surface");
  ASSERT_TRUE(u && bmd && strain && surface);
  for (std::size_t i = 0; i < x.size(); i += 7)
    for (int c = 0; c < 3; ++c) {
      EXPECT_NEAR(d.volume->GetPoint(i)[c], x[i][c], 4e-6); // single precision of 60 mm
      EXPECT_NEAR(u->GetComponent(i, c), x[i][c] - mesh.intact[i][c], 4e-6);
    }
  for (std::size_t t = 0; t < mesh.tets.size(); t += 11) EXPECT_NEAR(bmd->GetTuple1(t), mesh.bmd[t], 4e-5);
  for (std::size_t f = 0; f < mesh.facets.size(); ++f)
    ASSERT_EQ(surface->GetTuple1(f), static_cast<double>(mesh.facets[f].surface));
}

TEST(FrameWriter, SurfacePointsLieWhereTheirNodesLie) {
  const Scratch dir;
  const test::SyntheticVertebra vertebra(5);
  FrameWriter writer(dir);
  test::write_moment(writer, vertebra, inflated);
  const auto surface = detail::load_frame(read_frames(dir)[0]).surface;
  const TetMesh mesh = vertebra.mesh(inflated);
  const auto x = vertebra.positions(inflated);
  for (std::size_t f = 0; f < mesh.facets.size(); ++f)
    for (int a = 0; a < 3; ++a) {
      double p[3];
      surface->GetPoint(surface->GetCell(f)->GetPointId(a), p);
      ASSERT_NEAR((Vec3(p[0], p[1], p[2]) - x[mesh.facets[f].nodes[a]]).norm(), 0, 1e-5);
    }
}

TEST(FrameWriter, QuadraticElementsStayQuadraticOnDisk) {
  const Scratch dir;
  const test::SyntheticVertebra vertebra(5);
  const TetMesh mesh = split_facets(quadratic(vertebra.mesh(inflated)));
  Frame frame;
  frame.stage = "load";
  frame.mesh = &mesh;
  frame.positions = &mesh.nodes;
  FrameWriter(dir.path()).frame(frame);
  const detail::FrameData d = detail::load_frame(read_frames(dir)[0]);
  ASSERT_EQ(d.volume->GetNumberOfCells(), static_cast<vtkIdType>(mesh.tets.size()));
  EXPECT_EQ(d.volume->GetCellType(7), VTK_QUADRATIC_TETRA);
  EXPECT_EQ(d.volume->GetCell(7)->GetPointId(9), mesh.mids[7][5]);
  EXPECT_EQ(d.surface->GetNumberOfCells(), static_cast<vtkIdType>(mesh.facets.size()));
}

TEST(FrameWriter, WritesTheSameBytesForTheSameFrames) {
  const Scratch one, two;
  for (const Scratch* dir : {&one, &two}) test::write_synthetic_run(*dir, 5, false);
  std::size_t compared = 0;
  for (const auto& entry : fs::recursive_directory_iterator(one.path())) {
    if (!entry.is_regular_file()) continue;
    const fs::path other = two.path() / fs::relative(entry.path(), one.path());
    EXPECT_EQ(read_whole_file(entry.path()), read_whole_file(other)) << entry.path();
    ++compared;
  }
  EXPECT_GT(compared, 20u);
}

TEST(FrameWriter, KeepsAValidListAfterEveryFrameWithTimesThatGrow) {
  const Scratch dir;
  const test::SyntheticVertebra vertebra(4);
  FrameWriter writer(dir);
  std::size_t written = 0;
  for (const Moment& m : test::procedure()) {
    test::write_moment(writer, vertebra, m);
    ++written;
    const auto root = vtk::TakeSmartPointer(vtkXMLUtilities::ReadElementFromFile((dir.path() / "frames.pvd").c_str()));
    ASSERT_TRUE(root);
    auto* list = root->FindNestedElementWithName("Collection");
    ASSERT_EQ(list->GetNumberOfNestedElements(), static_cast<int>(2 * written));
    double before = -1;
    for (int i = 0; i < list->GetNumberOfNestedElements(); i += 2) {
      auto* entry = list->GetNestedElement(i);
      EXPECT_GT(std::stod(entry->GetAttribute("timestep")), before);
      before = std::stod(entry->GetAttribute("timestep"));
      EXPECT_TRUE(fs::exists(dir.path() / entry->GetAttribute("file")));
    }
  }
  for (const auto& entry : fs::directory_iterator(dir.path() / "frames"))
    EXPECT_NE(entry.path().extension(), ".part") << "a temporary file was left behind";
}

TEST(FrameWriter, TakenUpFromAStageKeepsWhatCameBeforeAndRemovesTheRest) {
  const Scratch dir;
  test::write_synthetic_run(dir, 4);
  const auto all = read_frames(dir);
  const int first = 5;
  const auto before = std::count_if(all.begin(), all.end(), [&](const FrameInfo& f) { return f.stage_index < first; });
  FrameWriter writer(dir, first);
  const auto kept = read_frames(dir);
  ASSERT_EQ(static_cast<long>(kept.size()), before);
  for (const FrameInfo& f : kept) EXPECT_TRUE(fs::exists(f.volume) && fs::exists(f.surface));
  const auto files = std::distance(fs::directory_iterator(dir.path() / "frames"), fs::directory_iterator());
  EXPECT_EQ(files, 2 * before + 1);
  test::write_moment(writer, test::SyntheticVertebra(4), {"inject", 5, 1, true});
  EXPECT_EQ(read_frames(dir).back().stage, "inject");
}

TEST(FrameWriter, AStageThatBeginsAgainWithdrawsWhatItHadShown) {
  const Scratch dir;
  FrameWriter writer(dir);
  const test::SyntheticVertebra vertebra(4);
  for (double t : {0.5, 1.0}) test::write_moment(writer, vertebra, {"load", 0, t, t == 1});
  for (double t : {0.2, 0.4, 0.6, 0.3, 1.0}) test::write_moment(writer, vertebra, {"fracture", 1, t, t == 1});
  std::vector<double> times;
  for (const FrameInfo& f : read_frames(dir)) times.push_back(f.stage_index + f.pseudo_time);
  EXPECT_THAT(times, testing::ElementsAre(0.5, 1.0, 1.2, 1.3, 2.0));
  EXPECT_EQ(std::distance(fs::directory_iterator(dir.path() / "frames"), fs::directory_iterator()), 2 * 5 + 1);
}

TEST(FrameWriter, AnOldRunInTheFolderIsRemoved) {
  const Scratch dir;
  test::write_synthetic_run(dir, 4, false);
  FrameWriter writer(dir);
  EXPECT_THROW(read_frames(dir), InputError);
  EXPECT_EQ(std::distance(fs::directory_iterator(dir.path() / "frames"), fs::directory_iterator()), 1);
}

TEST(FrameWriter, RefusesAFieldThatDoesNotFitTheMesh) {
  const Scratch dir;
  FrameWriter writer(dir);
  const test::SyntheticVertebra vertebra(4);
  const TetMesh mesh = vertebra.mesh(inflated);
  const auto x = vertebra.positions(inflated);
  Frame frame{"inflate", 1, 0, 1, true, &mesh, &x, {{"temperature", "degC", 1, {37.0, 38.0}}}, {}, {}, {}};
  EXPECT_THROW(writer.frame(frame), std::logic_error);
}

TEST(FrameWriter, SaysWhenTheFolderCannotBeWritten) {
  const Scratch dir;
  write_whole_file(dir.path() / "file", "in the way");
  EXPECT_THROW(FrameWriter(dir.path() / "file"), LimitReached);
}

} // namespace
} // namespace kypho
