#include "image_scan.hpp"
#include "mesh/landmark_anatomy.hpp"
#include <Eigen/Geometry>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kypho {
namespace {

using namespace test;
using ::testing::Contains;
using ::testing::HasSubstr;

TEST(ImageAnatomy, the_frame_of_an_oblique_scan_is_that_of_the_vertebra) {
  const Frame& found = dynamic_cast<const FoundAnatomy&>(shared_anatomy()).found().frame;
  const Pose pose = usual_pose();
  // The labels tell an endplate to half a voxel: over its depth of 34 mm that is the tilt.
  const double half_voxel = 0.85;
  EXPECT_LT(Eigen::AngleAxisd(pose.axes.transpose() * found.axes).angle(), half_voxel / 34);
  EXPECT_LT((found.origin - pose.origin).norm(), half_voxel);
}

TEST(ImageAnatomy, an_oblique_scan_gives_the_same_vertebra_in_its_own_frame) {
  double both = 0, either = 0;
  over(box_around(2), 1.1, [&](const Vec3& p) {
    const bool a = truth().region(p) != Region::outside, b = shared_anatomy().region(p) != Region::outside;
    both += a && b;
    either += a || b;
  });
  // A shell of a third of a voxel (0.57 mm) around 42 mL of bone with 102 cm2 of surface would cost 0.14.
  EXPECT_GT(both / either, 0.86);
}

TEST(ImageAnatomy, volumes_of_body_and_posterior_elements_are_kept) {
  const double body = volume_of(truth(), Region::body), posterior = volume_of(truth(), Region::posterior);
  const double found_body = volume_of(shared_anatomy(), Region::body);
  const double found_posterior = volume_of(shared_anatomy(), Region::posterior);
  EXPECT_NEAR((found_body + found_posterior) / (body + posterior), 1, 0.03);
  EXPECT_NEAR(found_body / body, 1, 0.05);
}

TEST(ImageAnatomy, landmarks_are_those_of_the_vertebra_that_was_scanned) {
  const Landmarks &l = shared_anatomy().landmarks(), &known = truth().landmarks();
  EXPECT_EQ(l.level, "L1");
  EXPECT_NEAR(l.depth, known.depth, 2);
  EXPECT_NEAR(l.width, known.width, 2);
  EXPECT_LT((l.upper.centre - known.upper.centre).norm(), 2);
  EXPECT_LT((l.lower.centre - known.lower.centre).norm(), 2);
  EXPECT_LT((l.left.isthmus - known.left.isthmus).cross(known.left.axis).norm(), 2);
  EXPECT_LT((l.right.isthmus - known.right.isthmus).cross(known.right.axis).norm(), 2);
  EXPECT_NEAR(l.left.width, known.left.width, 1.7);
  EXPECT_NEAR(l.right.width, known.right.width, 1.7);
}

/// Whether the pedicles, half as dense again, lie so near that a voxel of the CT (2.1 mm across) may reach them.
bool beside_pedicles(const Vec3& p) {
  for (const double x : {-1.2, 0.0, 1.2})
    for (const double y : {-1.2, 0.0, 1.2})
      for (const double z : {-1.2, 0.0, 1.2})
        if (truth().region(p + Vec3(x, y, z)) == Region::posterior) return true;
  return false;
}

TEST(ImageAnatomy, density_is_that_of_the_bone_without_fat_muscle_or_cortex) {
  double sum = 0, count = 0, worst = 0;
  over(shared_anatomy().bounds(), 1.3, [&](const Vec3& p) {
    if (shared_anatomy().region(p) != Region::body || truth().region(p) != Region::body || beside_pedicles(p)) return;
    const double error = shared_anatomy().bmd(p) - truth().bmd(p);
    sum += error;
    ++count;
    worst = std::max(worst, std::abs(error));
  });
  // The pattern spans 60 to 105 mg/cm3; the surface is continued from 2 mm inside. Fat would give -96, cortex 720.
  EXPECT_LT(std::abs(sum / count), 4);
  EXPECT_LT(worst, 25);
}

TEST(ImageAnatomy, a_border_through_the_processes_is_a_warning_and_through_the_body_an_error) {
  const Folder folder;
  Box box = box_around(6);
  const Mat3 along = usual_pose().axes * 1.7; // voxels along the vertebra, so that the border is a plane of its own
  box.lower.x() = -45;
  write_nifti(folder / "processes.nii", scan(usual_pose(), along, box, label_at));
  box.upper.z() = 8;
  write_nifti(folder / "body.nii", scan(usual_pose(), along, box, label_at));
  Params params = files().params();
  params.set("labels", (folder / "processes.nii").string());
  EXPECT_THAT(make_anatomy(params)->warnings(), Contains(HasSubstr("cut by the border")));
  params.set("labels", (folder / "body.nii").string());
  EXPECT_THAT(error_of(params), HasSubstr("cuts the vertebral body"));
}

TEST(ImageAnatomy, an_absent_label_is_told_with_those_present) {
  Params params = files().params();
  params.set("level", std::string("T12"));
  EXPECT_THAT(error_of(params), HasSubstr("label 32 (vertebra_labels) is absent; present: 31"));
  params.set("vertebra_labels", std::vector<long>{31, 57});
  EXPECT_THAT(error_of(params), HasSubstr("label 57"));
}

TEST(ImageAnatomy, missing_keys_and_files_are_told) {
  Params params = vertebra("L1");
  params.set("source", std::string("image"));
  EXPECT_THAT(error_of(params), HasSubstr("anatomy.volume"));
  params.set("volume", std::string("/no/such/ct.nii"));
  EXPECT_THAT(error_of(params), HasSubstr("anatomy.labels"));
  params = files().params();
  params.set("volume", std::string("/no/such/ct.nii"));
  EXPECT_THAT(error_of(params), HasSubstr("/no/such/ct.nii"));
}

} // namespace
} // namespace kypho
