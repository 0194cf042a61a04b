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
  // How far the region reaches from the left eye, at a distance before its middle.
  const auto reach = [](const FaceDecision& d, const Vec3& direction, double before) {
    const Vec3 from = canonical::eye_left + Vec3{0, -before, 0};
    double mm = 0;
    while (region_at(d.region, from + mm * direction) < 0) mm += 0.5;
    return mm;
  };
  const Vec3 left{1, 0, 0}, up{0, 0, 1};
  EXPECT_NEAR(reach(features, left, 5), reach(features, left, 35), 2);
  EXPECT_GT(reach(face, left, 0), reach(face, left, -10) + 10);
  EXPECT_NEAR(reach(face, left, 60), reach(features, left, 60) + 24, 2);
  EXPECT_GT(reach(face, up, 15), reach(features, up, 15) + 12);
  EXPECT_NEAR(reach(face, up, 60), 45, 2);
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
