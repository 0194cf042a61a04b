#include "volume/geometry.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "base/error.h"

namespace efface::volume {
namespace {

/// Oblique rows and columns of different spacing, turned about two axes.
StackGrid oblique(std::vector<double> places, Vec3 shear = {}) {
  StackGrid g;
  g.columns = 17;
  g.rows = 11;
  g.step_i = 1.5 * Vec3{0.8, 0.48, -0.36};
  g.step_j = 0.7 * Vec3{-0.6, 0.64, -0.48};
  const Vec3 n = cross(g.step_i, g.step_j);
  for (const double place : places) {
    g.slice_origin.push_back(Vec3{-40, 25, 90} + (place / norm(n)) * n + place * shear);
  }
  return g;
}

void expect_round_trip(const StackGrid& g) {
  std::minstd_rand random(11);
  std::uniform_real_distribution<double> part(0, 1);
  for (int trial = 0; trial < 300; ++trial) {
    const double i = part(random) * double(g.columns - 1), j = part(random) * double(g.rows - 1);
    const auto k = static_cast<std::size_t>(random() / 5 % g.slices());
    const auto back = g.index_of(g.patient_mm(i, j, k));
    ASSERT_TRUE(back);
    EXPECT_NEAR((*back)[0], i, 1e-9);
    EXPECT_NEAR((*back)[1], j, 1e-9);
    EXPECT_NEAR((*back)[2], double(k), 1e-9);
  }
}

TEST(StackGrid, IndexInvertsPosition) {
  expect_round_trip(oblique({0, 3, 6, 9, 12}));
  expect_round_trip(oblique({0, -3, -6, -9}));               // against the normal
  expect_round_trip(oblique({0, 1, 5, 5.5, 11, 12}));        // uneven
  expect_round_trip(oblique({0, 2, 4, 7}, {0.1, -.2, .3}));  // gantry tilt, uneven
  expect_round_trip(oblique({4}));
}

TEST(StackGrid, BetweenSlicesAllIsLinear) {
  const StackGrid g = oblique({0, 1, 5, 5.5}, {0.1, -0.2, 0.3});
  for (std::size_t k = 0; k + 1 < g.slices(); ++k) {
    const Vec3 middle = 0.25 * (3.0 * g.patient_mm(3, 4, k) + g.patient_mm(3, 4, k + 1));
    const auto index = g.index_of(middle);
    ASSERT_TRUE(index);
    EXPECT_NEAR((*index)[0], 3, 1e-9);
    EXPECT_NEAR((*index)[1], 4, 1e-9);
    EXPECT_NEAR((*index)[2], double(k) + 0.25, 1e-9);
  }
}

TEST(StackGrid, HalfAVoxelBeyondTheCentresIsStillInside) {
  const StackGrid g = oblique({0, 3, 6});
  const Vec3 n = g.normal();
  EXPECT_TRUE(g.index_of(g.patient_mm(-0.49, 0, 0)));
  EXPECT_FALSE(g.index_of(g.patient_mm(-0.51, 0, 0)));
  EXPECT_TRUE(g.index_of(g.patient_mm(16.49, 10.49, 2)));
  EXPECT_FALSE(g.index_of(g.patient_mm(0, 10.51, 2)));
  EXPECT_TRUE(g.index_of(g.patient_mm(0, 0, 0) - 1.49 * n));
  EXPECT_FALSE(g.index_of(g.patient_mm(0, 0, 0) - 1.51 * n));
  EXPECT_TRUE(g.index_of(g.patient_mm(0, 0, 2) + 1.49 * n));
  EXPECT_FALSE(g.index_of(g.patient_mm(0, 0, 2) + 1.51 * n));
}

TEST(StackGrid, OneSliceHasItsThickness) {
  StackGrid g = oblique({0});
  g.slice_thickness_mm = 5;
  const Vec3 n = g.normal();
  const auto index = g.index_of(g.patient_mm(2, 3, 0) + 2.0 * n);
  ASSERT_TRUE(index);
  EXPECT_NEAR((*index)[0], 2, 1e-9);
  EXPECT_NEAR((*index)[2], 0.4, 1e-9);
  EXPECT_FALSE(g.index_of(g.patient_mm(2, 3, 0) + 2.6 * n));
  EXPECT_NEAR(g.spacing_mm()[2], 5, 1e-12);
}

TEST(StackGrid, BoundsHoldEveryVoxelCentreTightly) {
  const StackGrid g = oblique({0, 1, 5, 5.5}, {0.1, -0.2, 0.3});
  const auto [low, high] = g.bounds();
  Vec3 least = low, most = high;
  bool first = true;
  for (std::size_t k = 0; k < g.slices(); ++k)
    for (std::size_t j = 0; j < g.rows; ++j)
      for (std::size_t i = 0; i < g.columns; ++i) {
        const Vec3 p = g.patient_mm(double(i), double(j), k);
        for (std::size_t a = 0; a < 3; ++a) {
          least[a] = first ? p[a] : std::min(least[a], p[a]);
          most[a] = first ? p[a] : std::max(most[a], p[a]);
        }
        first = false;
      }
  for (std::size_t a = 0; a < 3; ++a) {
    EXPECT_NEAR(low[a], least[a], 1e-9);
    EXPECT_NEAR(high[a], most[a], 1e-9);
  }
}

TEST(StackGrid, SpacingTakesTheMedianStep) {
  const Vec3 spacing = oblique({0, 2, 4, 6, 16}).spacing_mm();
  EXPECT_NEAR(spacing[0], 1.5, 1e-9);
  EXPECT_NEAR(spacing[1], 0.7, 1e-9);
  EXPECT_NEAR(spacing[2], 2, 1e-9);
}

TEST(StackGrid, SingularGridsAreErrors) {
  StackGrid g = oblique({0, 1});
  g.step_j = 2.0 * g.step_i;
  EXPECT_THROW(g.normal(), base::Error);
  EXPECT_THROW(g.index_of({0, 0, 0}), base::Error);
  EXPECT_THROW(g.spacing_mm(), base::Error);
  g.step_j = {};
  EXPECT_THROW(g.normal(), base::Error);
  g.step_j = {std::numeric_limits<double>::quiet_NaN(), 0, 0};
  EXPECT_THROW(g.normal(), base::Error);
  EXPECT_THROW(oblique({}).index_of({0, 0, 0}), base::Error);
  EXPECT_THROW(oblique({}).bounds(), base::Error);
  StackGrid same = oblique({0, 0});
  EXPECT_THROW(same.index_of(same.slice_origin[0]), base::Error);
  StackGrid infinite = oblique({0, 1});
  infinite.slice_origin[1][2] = std::numeric_limits<double>::infinity();
  EXPECT_THROW(infinite.bounds(), base::Error);
}

}  // namespace
}  // namespace efface::volume
