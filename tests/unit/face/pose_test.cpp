#include "face/pose.h"

#include <gtest/gtest.h>

#include "tests/support/synthetic_head.h"

namespace efface::face {
namespace {

using namespace canonical;

std::vector<PosePoint> points_of(const HeadPose& pose) {
  std::vector<PosePoint> points;
  for (const volume::Vec3& c : {brain, eye_left, eye_right, nose, mouth, ear_left, ear_right})
    points.push_back({c, pose.patient_mm(c), 1});
  return points;
}

TEST(Pose, FindsARotatedHead) {
  test::SyntheticHead head;
  head.rotate_degrees(25, -20);
  head.pose.scale = 0.9;
  head.pose.origin = {10, -20, 30};
  const HeadPose found = fit_pose(points_of(head.pose));
  for (const PosePoint& p : points_of(head.pose)) EXPECT_LT(misfit_mm(found, p), 4);
  EXPECT_NEAR(found.rotation_degrees(), head.pose.rotation_degrees(), 3);
  EXPECT_NEAR(norm(found.left), 1, 1e-9);
  EXPECT_NEAR(dot(found.left, found.up), 0, 1e-9);
  EXPECT_NEAR(norm(found.canonical_mm(found.patient_mm(mouth)) - mouth), 0, 1e-9);
}

TEST(Pose, OnePointGivesAnUprightHeadOfAverageSize) {
  const HeadPose found = fit_pose(std::vector<PosePoint>{{nose, {5, 6, 7}, 1}});
  EXPECT_NEAR(found.rotation_degrees(), 0, 1e-3);
  EXPECT_NEAR(found.scale, 1, 1e-9);
  EXPECT_NEAR(norm(found.patient_mm(nose) - volume::Vec3{5, 6, 7}), 0, 1e-9);
}

TEST(Pose, AFaceThatLooksBackwardsIsSeenAsSuch) {
  test::SyntheticHead head;
  head.rotate_degrees(175, 0);
  EXPECT_GT(fit_pose(points_of(head.pose)).rotation_degrees(), 160);
}

}  // namespace
}  // namespace efface::face
