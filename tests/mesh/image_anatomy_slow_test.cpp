#include "image_scan.hpp"
#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kypho {
namespace {

using namespace test;
using ::testing::Contains;
using ::testing::HasSubstr;

TEST(ImageAnatomy, values_that_are_densities_already_need_slope_one) {
  Params params = files().params();
  params.set("calibration_slope", 1.6); // twice the true one
  params.set("calibration_offset", 7.0);
  const auto anatomy = make_anatomy(params);
  const Vec3 p(2, 3, -4);
  EXPECT_NEAR(anatomy->bmd(p), 2 * shared_anatomy().bmd(p) + 7, 0.1);
}

TEST(ImageAnatomy, fatty_marrow_is_raised_to_the_floor_and_told) {
  Params params = files().params();
  params.set("density_floor", 90.0);
  const auto anatomy = make_anatomy(params);
  double least = 1e300;
  over(anatomy->bounds(), 2, [&](const Vec3& p) {
    if (anatomy->region(p) == Region::body) least = std::min(least, anatomy->bmd(p));
  });
  EXPECT_GE(least, 90 - 1e-3);
  EXPECT_THAT(anatomy->warnings(), Contains(HasSubstr("below 90 mg/cm3")));
}

TEST(ImageAnatomy, metaimage_and_nrrd_give_the_same_vertebra_as_nifti) {
  const Folder folder;
  const Phantom labels = scan(usual_pose(), oblique_rotation().transpose() * 1.7, box_around(6), label_at);
  const Phantom volume = scan(usual_pose(), oblique_rotation() * 1.2, box_around(6), hounsfield_at);
  write_nrrd(folder / "ct.nrrd", volume, "left-posterior-superior", ValueType::int16);
  write_metaimage(folder / "labels.mha", labels, ValueType::uint8);
  Params params = files().params();
  params.set("volume", (folder / "ct.nrrd").string());
  params.set("labels", (folder / "labels.mha").string());
  const auto anatomy = make_anatomy(params);
  EXPECT_LT((anatomy->landmarks().left.isthmus - shared_anatomy().landmarks().left.isthmus).norm(), 0.05);
  EXPECT_NEAR(anatomy->bmd(Vec3(4, -6, 3)), shared_anatomy().bmd(Vec3(4, -6, 3)), 0.1);
}

TEST(ImageAnatomy, stumps_of_the_pedicles_or_nothing_may_be_kept) {
  Params params = files().params();
  params.set("posterior_elements", std::string("none"));
  const auto body = make_anatomy(params);
  EXPECT_FALSE(body->landmarks().has_pedicles);
  EXPECT_EQ(volume_of(*body, Region::posterior), 0);
  params.set("posterior_elements", std::string("pedicles"));
  const auto stumps = make_anatomy(params);
  const Landmarks& l = stumps->landmarks();
  EXPECT_LT(volume_of(*stumps, Region::posterior), 0.6 * volume_of(shared_anatomy(), Region::posterior));
  for (const PedicleLandmarks* p : {&l.left, &l.right}) {
    EXPECT_EQ(stumps->region(p->entry + 0.5 * p->axis), Region::posterior);
    EXPECT_EQ(stumps->region(p->entry - 0.5 * p->axis), Region::outside);
  }
}

TEST(ImageAnatomy, a_body_map_on_its_own_grid_divides_body_from_arch) {
  const Folder folder;
  write_nifti(folder / "body.nii", scan(usual_pose(), Mat3(Mat3::Identity() * 1.4), box_around(6), [](const Vec3& p) {
                const bool above = p.x() > -14; // a border that the shape would not give
                return truth().region(p) == Region::body && above ? 5.0F : 0.0F;
              }));
  Params params = files().params();
  params.set("body_map", (folder / "body.nii").string());
  params.set("body_labels", std::vector<long>{5});
  const auto anatomy = make_anatomy(params);
  double right = 0, all = 0;
  over(anatomy->bounds(), 1.5, [&](const Vec3& p) {
    if (anatomy->region(p) == Region::outside || std::abs(p.x() + 14) < 2 || truth().region(p) != Region::body) return;
    ++all;
    right += (anatomy->region(p) == Region::body) == (p.x() > -14);
  });
  EXPECT_GT(right / all, 0.95);
}

TEST(ImageAnatomy, voxels_that_carry_the_neighbours_label_inside_the_body_are_taken_back) {
  const Folder folder;
  write_nifti(folder / "labels.nii", scan(usual_pose(), oblique_rotation() * 1.7, box_around(6), [](const Vec3& p) {
                const bool stolen = (p - Vec3(2, -16, 3)).norm() < 9;
                return label_at(p) == 0 ? 0.0F : stolen ? 32.0F : 31.0F;
              }));
  Params params = files().params();
  params.set("labels", (folder / "labels.nii").string());
  const auto anatomy = make_anatomy(params);
  EXPECT_THAT(anatomy->warnings(), Contains(HasSubstr("label of a neighbouring vertebra")));
  EXPECT_NEAR(volume_of(*anatomy, Region::body) / volume_of(shared_anatomy(), Region::body), 1, 0.03);
}

TEST(ImageAnatomy, a_volume_of_another_place_is_refused) {
  const Folder folder;
  Pose elsewhere = usual_pose();
  elsewhere.origin.z() += 200;
  write_nifti(folder / "ct.nii", scan(elsewhere, oblique_rotation() * 2, box_around(6), hounsfield_at));
  Params params = files().params();
  params.set("volume", (folder / "ct.nii").string());
  EXPECT_THAT(error_of(params), HasSubstr("does not cover the vertebral body"));
}

std::filesystem::path data_folder() {
  if (const char* folder = std::getenv("KYPHOSIM_DATA")) return folder;
  return std::filesystem::path(KYPHOSIM_SOURCE_DIR) / ".." / "shared" / "data";
}

Params real_params(const std::string& level, const char* volume, const char* labels) {
  const std::filesystem::path folder = data_folder() / "totalseg_lumbar_ct";
  Params params = vertebra(level);
  params.set("source", std::string("image"));
  params.set("volume", (folder / volume).string());
  params.set("labels", (folder / labels).string());
  params.set("posterior_elements", std::string("full"));
  return params;
}

TEST(ImageAnatomyOfAPatient, L1_of_the_coarse_scan_has_human_measures) {
  const Params params = real_params("L1", "ct_3mm_HU.nii.gz", "labels_totalseg_v2_3mm.nii.gz");
  if (!std::filesystem::exists(params.text("volume"))) GTEST_SKIP() << "no CT in " << data_folder();
  const auto anatomy = make_anatomy(params);
  const Landmarks& l = anatomy->landmarks();
  // 2143 voxels of 27 mm3 carry the label.
  EXPECT_NEAR(volume_of(*anatomy, Region::body) + volume_of(*anatomy, Region::posterior), 2143 * 27.0,
              0.03 * 2143 * 27);
  // The body's own label (vertebrae_body_3mm) holds 41.0 mL of them.
  EXPECT_NEAR(volume_of(*anatomy, Region::body), 41013, 0.05 * 41013);
  // Bonczar 2024, Panjabi 1992, Zindrick 1987: L1 with three standard deviations of a large man.
  EXPECT_NEAR((l.upper.posterior - l.lower.posterior).norm(), 27, 6);
  EXPECT_NEAR(l.depth, 34, 6);
  EXPECT_NEAR(l.width, 41, 6);
  for (const PedicleLandmarks* p : {&l.left, &l.right}) {
    EXPECT_NEAR(p->width, 8.7, 6);
    EXPECT_NEAR(p->height, 15.4, 5);
    EXPECT_LT(p->axis.y() * p->isthmus.y(), 0) << "pedicles converge forward";
  }
}

TEST(ImageAnatomyOfAPatient, T12_of_the_cropped_scan_is_put_right_and_told_about) {
  const Params params = real_params("T12", "ct_native_0.977x0.977x2mm_HU.nii.gz", "labels_native.nii.gz");
  if (!std::filesystem::exists(params.text("volume"))) GTEST_SKIP() << "no CT in " << data_folder();
  const auto anatomy = make_anatomy(params);
  EXPECT_THAT(anatomy->warnings(), Contains(HasSubstr("label of a neighbouring vertebra")));
  EXPECT_THAT(anatomy->warnings(), Contains(HasSubstr("bridges to the neighbouring")));
  EXPECT_THAT(anatomy->warnings(), Contains(HasSubstr("cut by the border")));
  const Landmarks& l = anatomy->landmarks();
  EXPECT_TRUE(l.has_pedicles);
  EXPECT_NEAR((l.upper.posterior - l.lower.posterior).norm(), 24.8, 4); // men, Duman 2026
  EXPECT_NEAR(l.width, 39, 6);
}

TEST(ImageAnatomyOfAPatient, a_truncated_scan_is_refused_by_name) {
  const Params whole = real_params("L1", "ct_3mm_HU.nii.gz", "labels_totalseg_v2_3mm.nii.gz");
  if (!std::filesystem::exists(whole.text("volume"))) GTEST_SKIP() << "no CT in " << data_folder();
  const Folder folder;
  std::filesystem::copy_file(whole.text("volume"), folder / "short.nii.gz");
  std::filesystem::permissions(folder / "short.nii.gz", std::filesystem::perms::owner_all);
  cut_short(folder / "short.nii.gz", 100000);
  Params params = whole;
  params.set("volume", (folder / "short.nii.gz").string());
  EXPECT_THAT(error_of(params), HasSubstr("short.nii.gz: truncated"));
}

} // namespace
} // namespace kypho
