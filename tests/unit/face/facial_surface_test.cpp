#include "face/facial_surface.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/support/synthetic_head.h"

namespace efface::face {
namespace {

using volume::RegularGrid;
using volume::Vec3;

/// The distance at one point of the patient.
double at(const Vec3& patient_mm, const HeadPose& pose = {}) {
  const auto distance = facial_surface({{1, 1, 1}, patient_mm, 1}, pose);
  EXPECT_EQ(distance.size(), 1U);
  return static_cast<double>(distance.front());
}

HeadPose some_pose() {
  test::SyntheticHead head;
  head.rotate_degrees(40, -25);
  head.pose.scale = 0.85;
  head.pose.origin = {30, -200, 75};
  return head.pose;
}

/// Over all of a head and well around it, 4 mm.
RegularGrid around() {
  return {{80, 80, 80}, {-160, -210, -200}, 4};
}

Vec3 point_of(const RegularGrid& g, std::size_t voxel) {
  return g.patient_mm(voxel % g.size[0], voxel / g.size[0] % g.size[1],
                      voxel / (g.size[0] * g.size[1]));
}

// The skin of an average face: brow, bridge, cheeks, lips, chin, angles of the jaw.
const Vec3 skin[] = {{0, -96, -15},   {35, -92, -15},  {0, -98, -40},  {45, -82, -75},
                     {-45, -82, -75}, {0, -104, -95},  {0, -94, -140}, {20, -90, -135},
                     {60, -60, -75},  {-60, -60, -75}, {0, -120, -75}, {55, -55, -110}};

TEST(FacialSurface, HoldsTheSkinOfTheFace) {
  for (const Vec3& p : skin) EXPECT_LT(at(p), 0) << p[0] << ' ' << p[1] << ' ' << p[2];
}

TEST(FacialSurface, HoldsTheFrontOfAllPartsButTheEars) {
  for (const Vec3& c :
       {canonical::eye_left, canonical::eye_right, canonical::nose, canonical::mouth})
    EXPECT_LT(at(c + Vec3{0, -12, 0}), 0);
}

TEST(FacialSurface, HoldsNothingBehindTheFace) {
  for (const Vec3& p : {Vec3{0, 0, 0}, Vec3{0, 0, 66}, Vec3{0, 0, 80}, Vec3{0, 88, 0},
                        Vec3{0, 100, -20}, Vec3{66, 0, 0}, Vec3{0, -50, -20}, Vec3{0, -40, -60},
                        Vec3{0, 40, -130}, canonical::ear_left, canonical::ear_right})
    EXPECT_GT(at(p), 0) << p[0] << ' ' << p[1] << ' ' << p[2];
}

TEST(FacialSurface, ReachesIntoTheAirAndEnds) {
  for (const Vec3& p : skin) {
    EXPECT_LT(at(p + Vec3{0, -15, 0}), 0);
    EXPECT_GT(at(p + Vec3{0, -150, 0}), 0);
  }
}

TEST(FacialSurface, IsTheSameLeftAndRight) {
  for (const Vec3& p : skin) EXPECT_NEAR(at(p), at({-p[0], p[1], p[2]}), 1e-4);
}

TEST(FacialSurface, TurnsGrowsAndMovesWithTheHead) {
  const HeadPose pose = some_pose();
  for (const Vec3& p : skin) EXPECT_NEAR(at(pose.patient_mm(p), pose), pose.scale * at(p), 1e-3);
  for (const Vec3& p : {Vec3{0, 0, 0}, Vec3{0, 0, 66}, Vec3{0, 88, 0}, Vec3{5, -120, 40}})
    EXPECT_NEAR(at(pose.patient_mm(p), pose), pose.scale * at(p), 1e-3);
}

TEST(FacialSurface, AnswersForEveryVoxelInTheGridsOrder) {
  const RegularGrid grid{{5, 6, 7}, {-20, -110, -90}, 9};
  const auto distance = facial_surface(grid, some_pose());
  ASSERT_EQ(distance.size(), grid.voxel_count());
  for (std::size_t i = 0; i < distance.size(); ++i)
    EXPECT_NEAR(static_cast<double>(distance[i]), at(point_of(grid, i), some_pose()), 1e-4);
}

/// Near the border a step of a millimetre changes the value by about a millimetre along the
/// steepest way; less at edges, where two of its sides meet.
TEST(FacialSurface, IsADistanceNearItsBorder) {
  const RegularGrid grid = around();
  const auto distance = facial_surface(grid, {});
  std::size_t looked_at = 0, steep = 0;
  constexpr double h = 0.25;
  for (std::size_t i = 0; i < distance.size(); i += 7) {
    if (std::abs(distance[i]) > 5) continue;
    const Vec3 p = point_of(grid, i);
    Vec3 slope{};
    for (std::size_t a = 0; a < 3; ++a) {
      Vec3 up = p, down = p;
      up[a] += h;
      down[a] -= h;
      slope[a] = (at(up) - at(down)) / (2 * h);
    }
    ASSERT_LT(norm(slope), 1.5);
    steep += norm(slope) > 0.8;
    ++looked_at;
  }
  EXPECT_GT(looked_at, 200U);
  EXPECT_GT(steep * 10, looked_at * 9);
}

TEST(FacialSurface, CornersHoldAllOfIt) {
  for (const HeadPose& pose : {HeadPose{}, some_pose()}) {
    test::SyntheticHead frame;
    frame.pose = pose;
    Vec3 low = frame.head_mm(facial_surface_corners(pose)[0]), high = low;
    for (const Vec3& corner : facial_surface_corners(pose)) {
      const Vec3 c = frame.head_mm(corner);
      for (std::size_t a = 0; a < 3; ++a) {
        low[a] = std::min(low[a], c[a]);
        high[a] = std::max(high[a], c[a]);
      }
    }
    RegularGrid grid = around();
    grid.origin = grid.origin + pose.origin;
    const auto distance = facial_surface(grid, pose);
    std::size_t inside = 0;
    for (std::size_t i = 0; i < distance.size(); ++i) {
      if (distance[i] >= 0) continue;
      ++inside;
      const Vec3 p = frame.head_mm(point_of(grid, i));
      for (std::size_t a = 0; a < 3; ++a) {
        ASSERT_GE(p[a], low[a] - 1e-6);
        ASSERT_LE(p[a], high[a] + 1e-6);
      }
    }
    EXPECT_GT(inside * 64, 500'000U) << "mm³";
  }
}

TEST(FacialSurface, OfTheBrainTakesLittleBeforeItIsProtected) {
  // Frontal lobe and brow lie close: what the brain's own shape then gives back must be a rim.
  const RegularGrid grid = around();
  const auto distance = facial_surface(grid, {});
  std::size_t brain = 0, taken = 0;
  for (std::size_t i = 0; i < distance.size(); ++i) {
    if (!test::SyntheticHead::in_ellipsoid(point_of(grid, i), {0, 0, 0}, {66, 88, 66})) continue;
    ++brain;
    taken += distance[i] < 0;
  }
  EXPECT_LT(taken * 50, brain);
}

}  // namespace
}  // namespace efface::face
