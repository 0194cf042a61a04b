#include "face/region.h"

#include <gtest/gtest.h>

#include <cmath>

#include "face/grid_ops.h"
#include "face/pose.h"

namespace efface::face {
namespace {

using volume::Vec3;

/// A ball of the given feature, and a protected half space z > brain_z.
FaceRegion ball(Feature feature, const Vec3& centre, double radius, double brain_z) {
  FaceRegion r;
  r.grid = {{40, 40, 40}, {-60, -60, -60}, 3};
  auto& sdf = r.feature_sdf[static_cast<std::size_t>(feature)];
  for (std::size_t i = 0; i < r.grid.voxel_count(); ++i) {
    const Vec3 p = r.grid.patient_mm(i % 40, i / 40 % 40, i / 1600);
    sdf.push_back(static_cast<float>(norm(p - centre) - radius));
    r.brain_sdf.push_back(static_cast<float>(brain_z - p[2]));
  }
  r.voxel_volume_mm3 = 1;
  return r;
}

/// An oblique stack of 1.5 x 1.2 x 4 mm voxels.
volume::StackGrid oblique() {
  volume::StackGrid g;
  g.columns = 70;
  g.rows = 90;
  const double c = std::cos(0.5), s = std::sin(0.5);
  g.step_i = {1.5 * c, 1.5 * s, 0};
  g.step_j = {-1.2 * s * 0.8, 1.2 * c * 0.8, 1.2 * 0.6};
  const Vec3 n = g.normal();
  for (int k = 0; k < 24; ++k) g.slice_origin.push_back(Vec3{-30, -70, -70} + (4.0 * k) * n);
  return g;
}

TEST(MaskOf, ATurnedRegionIsTheRegionOfTheTurnedStack) {
  FaceRegion nose = ball(Feature::nose, {0, -10, 5}, 25, 15);
  const FaceRegion* const regions[] = {&nose};
  const auto stack = oblique();
  for (const volume::Turn& turn : volume::axis_turns({2, -3, 4})) {
    nose.turn = {};
    MaskCounts straight, turned;
    const VoxelMask expected = mask_of(volume::turned(stack, turn), regions, straight);
    nose.turn = turn;
    EXPECT_EQ(mask_of(stack, regions, turned), expected) << turn.degrees();
    EXPECT_EQ(turned.removed, straight.removed);
    EXPECT_EQ(turned.brain_overlap, straight.brain_overlap);
    EXPECT_GT(straight.removed[1], 1000U);
    EXPECT_GT(straight.brain_overlap, 10U);
  }
}

TEST(MaskOf, ACarriedRegionIsTheRegionOfTheMovedStack) {
  FaceRegion nose = ball(Feature::nose, {0, -10, 5}, 25, 15);
  nose.turn = volume::turn_about(1, 20, {3, 0, -5});
  const volume::RigidMove move{
      after(volume::turn_about(0, 7, {10, 5, 0}), volume::turn_about(2, -4, {})), {3, -4, 6}};
  const auto stack = oblique();
  volume::StackGrid moved = volume::turned(stack, move.turn);
  for (Vec3& origin : moved.slice_origin) origin = origin + move.shift_mm;
  const FaceRegion there = carried(nose, move, 0), wider = carried(nose, move, 3);
  const FaceRegion* const found[] = {&nose};
  const FaceRegion* const carried_there[] = {&there};
  const FaceRegion* const carried_wider[] = {&wider};
  MaskCounts expected, same, more;
  const VoxelMask mask = mask_of(moved, found, expected);
  const VoxelMask other = mask_of(stack, carried_there, same);
  std::size_t different = 0;
  for (std::size_t v = 0; v < mask.size(); ++v) different += mask[v] != other[v] ? 1 : 0;
  EXPECT_LT(different, 5U) << "at most where rounding decides";
  mask_of(stack, carried_wider, more);
  EXPECT_GT(static_cast<double>(more.removed[1]), 1.25 * static_cast<double>(same.removed[1]));
  EXPECT_GT(more.brain_overlap, same.brain_overlap) << "the brain that is kept is no smaller";
}

TEST(MaskOf, FollowsTheFieldsExactlyAndCounts) {
  const FaceRegion nose = ball(Feature::nose, {0, -10, 0}, 25, 15);
  const FaceRegion ears = ball(Feature::ears, {20, 10, -10}, 14, 15);
  const FaceRegion* const regions[] = {&nose, &ears};
  const auto stack = oblique();
  MaskCounts counts;
  const VoxelMask mask = mask_of(stack, regions, counts);
  std::array<std::uint64_t, feature_count> removed{};
  std::uint64_t brain = 0;
  for (std::size_t o = 0; o < mask.size(); ++o) {
    const Vec3 p = stack.patient_mm(double(o % 70), double(o / 70 % 90), o / 6300);
    const Vec3 v = voxel_of(nose.grid, p);
    const float n = sample(nose.grid, nose.feature_sdf[1].data(), v[0], v[1], v[2], 1);
    const float e = sample(ears.grid, ears.feature_sdf[3].data(), v[0], v[1], v[2], 1);
    const bool in_face = n <= 0 || e <= 0;
    const bool in_brain = sample(nose.grid, nose.brain_sdf.data(), v[0], v[1], v[2], 1) <= 0;
    if (std::abs(n) < 1e-4 || std::abs(e) < 1e-4 || std::abs(p[2] - 15) < 1e-4) continue;
    ASSERT_EQ(mask[o] != 0, in_face && !in_brain) << o;
    if (mask[o]) ++removed[mask[o] - 1U];
    brain += in_face && in_brain;
  }
  EXPECT_GT(removed[1], 1000U);
  EXPECT_GT(removed[3], 100U);
  EXPECT_EQ(counts.removed[1], removed[1]);
  EXPECT_EQ(counts.removed[3], removed[3]);
  EXPECT_EQ(counts.brain_overlap, brain);
  EXPECT_GT(brain, 100U);
}

TEST(MaskOf, ThreadsDoNotChangeTheMask) {
  const FaceRegion nose = ball(Feature::nose, {0, -10, 0}, 25, 15);
  const FaceRegion* const regions[] = {&nose};
  MaskCounts one, three;
  const auto stack = oblique();
  EXPECT_EQ(mask_of(stack, regions, one, 1), mask_of(stack, regions, three, 3));
  EXPECT_EQ(one.removed, three.removed);
  EXPECT_EQ(one.brain_overlap, three.brain_overlap);
}

TEST(MaskOf, TheFinestImagesBrainDecides) {
  FaceRegion coarse = ball(Feature::nose, {0, 0, 0}, 25, -100);  // claims all as brain
  coarse.voxel_volume_mm3 = 9;
  const FaceRegion fine = ball(Feature::nose, {0, 0, 0}, 25, 100);
  const FaceRegion* const regions[] = {&coarse, &fine};
  MaskCounts counts;
  mask_of(oblique(), regions, counts);
  EXPECT_EQ(counts.brain_overlap, 0U);
  EXPECT_GT(counts.removed[1], 1000U);
}

TEST(MaskOf, NoRegionNoMask) {
  MaskCounts counts;
  for (const auto v : mask_of(oblique(), {}, counts)) ASSERT_EQ(v, 0);
  const FaceRegion empty;
  const FaceRegion* const regions[] = {&empty};
  for (const auto v : mask_of(oblique(), regions, counts)) ASSERT_EQ(v, 0);
}

}  // namespace
}  // namespace efface::face
