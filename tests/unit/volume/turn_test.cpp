#include "volume/turn.h"

#include <gtest/gtest.h>

#include <cmath>

namespace efface::volume {
namespace {

double apart(const Vec3& a, const Vec3& b) {
  return norm(a - b);
}

TEST(Turn, OfAxesUponAxesThereAre24AllDifferentAndRight) {
  const auto turns = axis_turns({1, 2, 3});
  for (std::size_t i = 0; i < turns.size(); ++i) {
    const auto& r = turns[i].rows;
    EXPECT_EQ(cross(r[0], r[1]), r[2]) << "no mirror";
    EXPECT_EQ(dot(r[0], r[0]), 1);
    EXPECT_EQ(turns[i].point({1, 2, 3}), (Vec3{1, 2, 3}));
    for (std::size_t k = 0; k < i; ++k) EXPECT_NE(turns[k].rows, r);
  }
}

TEST(Turn, WhatIsMoreLikelyComesFirst) {
  const auto turns = axis_turns({});
  EXPECT_TRUE(turns[0].is_none());
  for (std::size_t i = 1; i < 4; ++i) {
    EXPECT_EQ(std::abs(turns[i].rows[0][0]), 1) << "half turns about an axis";
    EXPECT_NEAR(turns[i].degrees(), 180, 1e-9);
  }
  for (std::size_t i = 4; i < 10; ++i) EXPECT_NEAR(turns[i].degrees(), 90, 1e-9);
  for (std::size_t i = 16; i < 24; ++i) EXPECT_NEAR(turns[i].degrees(), 120, 1e-9);
}

TEST(Turn, OneAfterAnotherIsBoth) {
  const auto turns = axis_turns({5, -6, 7});
  const Vec3 p{11, 13, -17};
  for (const Turn& first : turns)
    for (const Turn& second : turns)
      EXPECT_LT(apart(after(first, second).point(p), second.point(first.point(p))), 1e-9);
}

TEST(Turn, AGridIsTurnedVoxelByVoxel) {
  StackGrid grid;
  grid.columns = 5;
  grid.rows = 4;
  grid.step_i = {1.5, 0.2, 0};
  grid.step_j = {-0.1, 0.7, 0.3};
  grid.slice_origin = {{10, 20, 30}, {10, 21, 33}, {10, 23, 37}};
  const double c = std::cos(0.4), s = std::sin(0.4);
  const Turn turn{{{{c, -s, 0}, {s, c, 0}, {0, 0, 1}}}, {3, 4, 5}};
  EXPECT_NEAR(turn.degrees(), 0.4 * 180 / std::acos(-1), 1e-9);
  EXPECT_FALSE(turn.is_none());
  const StackGrid after = turned(grid, turn);
  EXPECT_EQ(after.voxel_count(), grid.voxel_count());
  for (std::size_t k = 0; k < 3; ++k)
    for (const double i : {0.0, 4.0})
      for (const double j : {0.0, 3.0})
        EXPECT_LT(apart(after.patient_mm(i, j, k), turn.point(grid.patient_mm(i, j, k))), 1e-9);
}

TEST(Turn, AboutAnAxisIsByTheRightHand) {
  const Vec3 about{1, 2, 3};
  EXPECT_LT(apart(turn_about(0, 90, about).direction({0, 1, 0}), {0, 0, 1}), 1e-12);
  EXPECT_LT(apart(turn_about(1, 90, about).direction({0, 0, 1}), {1, 0, 0}), 1e-12);
  EXPECT_LT(apart(turn_about(2, 90, about).direction({1, 0, 0}), {0, 1, 0}), 1e-12);
  EXPECT_NEAR(turn_about(2, -30, about).degrees(), 30, 1e-9);
  EXPECT_EQ(turn_about(1, 30, about).point(about), about);
}

TEST(RigidMove, TurnsThenShifts) {
  const RigidMove move{turn_about(2, 90, {1, 0, 0}), {0, 0, 5}};
  EXPECT_LT(apart(move.point({2, 0, 0}), {1, 1, 5}), 1e-12);
}

}  // namespace
}  // namespace efface::volume
