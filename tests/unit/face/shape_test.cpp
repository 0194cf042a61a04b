#include "face/shape.h"

#include <gtest/gtest.h>

#include "tests/support/decided_head.h"

namespace efface::face {
namespace {

using test::brain_at;
using test::decide_on;
using test::region_at;
using test::SyntheticHead;
using volume::Vec3;

TEST(Shape, OnlyTheChosenFeatureGoes) {
  const SyntheticHead head;
  const FaceDecision d = decide_on(head, {{Feature::nose}});
  ASSERT_EQ(d.verdict, Verdict::removed);
  EXPECT_LT(region_at(d.region, canonical::nose), 0);
  EXPECT_GT(region_at(d.region, canonical::eye_left), 0);
  EXPECT_GT(region_at(d.region, canonical::ear_left), 0);
  EXPECT_TRUE(d.region.feature_sdf[static_cast<std::size_t>(Feature::mouth)].empty());
}

TEST(Shape, EyesAndMouthGoWithoutTheNoseBetweenThem) {
  const SyntheticHead head;
  const FaceDecision d = decide_on(head, {{Feature::eyes, Feature::mouth}});
  ASSERT_EQ(d.verdict, Verdict::removed);
  EXPECT_LT(region_at(d.region, canonical::eye_left), 0);
  EXPECT_LT(region_at(d.region, canonical::mouth), 0);
  EXPECT_GT(region_at(d.region, canonical::nose), 0);
}

TEST(Shape, TheWholeFaceLeavesNoSockets) {
  // Between any two facial voxels all voxels go as well: what is left has no shape of single
  // features.
  const SyntheticHead head;
  const FaceDecision d = decide_on(head);
  std::vector<Vec3> face;
  for (std::size_t i = 0; i < head.grid.voxel_count(); i += 7)
    if (head.label(i) >= Label::eyes && head.label(i) <= Label::mouth)
      face.push_back(head.place(i));
  for (std::size_t i = 0; i < face.size(); i += 5)
    for (std::size_t j = 0; j < face.size(); j += 11)
      for (const double t : {0.25, 0.5, 0.75})
        ASSERT_LT(region_at(d.region, (1 - t) * face[i] + t * face[j]), 0);
}

TEST(Shape, WallsOfAWholeFaceLeanOutwardsAndThoseOfAFeatureDoNot) {
  const SyntheticHead head;
  const FaceDecision face = decide_on(head),
                     features = decide_on(head, {{Feature::eyes, Feature::nose}});
  ASSERT_EQ(face.verdict, Verdict::removed);
  ASSERT_EQ(features.verdict, Verdict::removed);
  // How far up the region reaches above the left eye, at a distance before its middle.
  const auto top = [](const FaceDecision& d, double before) {
    Vec3 p = canonical::eye_left + Vec3{0, -before, 0};
    while (region_at(d.region, p) < 0) p[2] += 0.5;
    return p[2] - canonical::eye_left[2];
  };
  EXPECT_NEAR(top(features, 5), top(features, 35), 2);
  EXPECT_GT(top(face, 20), top(face, 5) + 8);
  EXPECT_GT(top(face, 20), top(features, 20) + 12);
  EXPECT_NEAR(top(face, 60), top(features, 60) + 20, 2);
  EXPECT_NEAR(top(face, 60), top(face, 50), 1);
  EXPECT_GT(region_at(features.region, canonical::mouth), 0);
}

TEST(Shape, ALargeStrayNoseGoesAndASpeckDoesNot) {
  SyntheticHead head;
  head.change = [](const Vec3& p, Label l) {
    if (SyntheticHead::in_ellipsoid(p, {0, 104, -60}, {12, 8, 12})) return Label::nose;  // wrapped
    if (SyntheticHead::in_ellipsoid(p, {0, 40, 74}, {4, 4, 3})) return Label::ears;
    return l;
  };
  const FaceDecision d = decide_on(head);
  ASSERT_EQ(d.verdict, Verdict::removed) << d.reason;
  EXPECT_LT(region_at(d.region, {0, 104, -60}), 0);
  EXPECT_GT(region_at(d.region, {0, 40, 74}), 0);
}

TEST(Shape, TheBrainIsProtectedWithAMargin) {
  SyntheticHead head;
  head.change = [](const Vec3& p, Label l) {  // a frontal lobe that reaches down between the eyes
    return SyntheticHead::in_ellipsoid(p, {0, -76, -30}, {11, 16, 18}) ? Label::brain : l;
  };
  const FaceDecision d = decide_on(head);
  ASSERT_EQ(d.verdict, Verdict::removed) << d.reason;
  EXPECT_GT(d.collision_ml, 1);
  for (std::size_t i = 0; i < head.grid.voxel_count(); ++i) {
    if (head.label(i) == Label::brain && region_at(d.region, head.place(i)) < 0) {
      ASSERT_LT(brain_at(d.region, head.place(i)), -2.9);
    }
  }
}

TEST(Shape, ReachesIntoTheAirInASurfaceThatHidesTheNose) {
  SyntheticHead shorter, longer;
  shorter.nose_length = 12;
  longer.nose_length = 20;
  const FaceDecision a = decide_on(shorter), b = decide_on(longer);
  ASSERT_EQ(a.verdict, Verdict::removed);
  ASSERT_EQ(b.verdict, Verdict::removed);
  EXPECT_LT(region_at(a.region, {0, canonical::nose[1] - 12 - 25, -67}), 0);
  EXPECT_LT(region_at(b.region, {0, canonical::nose[1] - 20 - 25, -67}), 0);
  EXPECT_LT(region_at(a.region, {96, 4, -50}), 0);
  // Where does the region end in front? The same to a step for noses that differ by 8 mm, and flat:
  // the depth before the eyes differs little from that before the nose.
  const auto front = [](const FaceRegion& r, double x, double z) {
    double y = -90;
    while (y > -220 && region_at(r, {x, y, z}) < 0) y -= 0.5;
    return y;
  };
  EXPECT_LE(std::abs(front(a.region, 0, -64) - front(b.region, 0, -64)), 12);
  EXPECT_LE(std::abs(front(b.region, 0, -64) - front(b.region, 25, -50)), 4);
  EXPECT_LE(std::abs(front(b.region, 0, -64) - front(b.region, 0, -90)), 4);
}

}  // namespace
}  // namespace efface::face
