#include "face/grid_ops.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <random>

namespace efface::face {
namespace {

using volume::RegularGrid;

Bits random_bits(const RegularGrid& grid, unsigned seed, unsigned one_in) {
  std::minstd_rand random(seed);
  Bits bits(grid.voxel_count());
  for (auto& b : bits) b = random() / 7 % one_in == 0 ? 1 : 0;
  return bits;
}

double brute_distance(const RegularGrid& grid, const Bits& bits, std::size_t from) {
  double best = 1e9;
  const std::size_t nx = grid.size[0], ny = grid.size[1];
  for (std::size_t i = 0; i < bits.size(); ++i) {
    if (!bits[i]) continue;
    const double dx = double(i % nx) - double(from % nx),
                 dy = double(i / nx % ny) - double(from / nx % ny),
                 dz = double(i / (nx * ny)) - double(from / (nx * ny));
    best = std::min(best, std::sqrt(dx * dx + dy * dy + dz * dz));
  }
  return best * grid.spacing_mm;
}

TEST(GridOps, DistanceAgreesWithBruteForce) {
  const RegularGrid grid{{13, 9, 11}, {}, 2.5};
  for (unsigned seed = 1; seed < 6; ++seed)
    for (const unsigned one_in : {4U, 40U, 400U}) {
      const Bits bits = random_bits(grid, seed, one_in);
      if (std::accumulate(bits.begin(), bits.end(), 0) == 0) continue;
      const auto distance = distance_to(grid, bits);
      for (std::size_t i = 0; i < bits.size(); ++i)
        ASSERT_NEAR(distance[i], brute_distance(grid, bits, i), 1e-4) << seed << ' ' << one_in;
    }
}

TEST(GridOps, DistanceToNothingIsVeryFar) {
  const RegularGrid grid{{4, 4, 4}, {}, 1};
  for (const float d : distance_to(grid, Bits(64, 0))) EXPECT_EQ(d, no_distance_mm);
}

TEST(GridOps, SignedDistanceHasItsZeroBetweenTheVoxels) {
  const RegularGrid grid{{10, 1, 1}, {}, 2};
  const auto d = signed_distance(grid, {0, 0, 0, 0, 1, 1, 1, 1, 1, 1});
  EXPECT_FLOAT_EQ(d[3], 1);
  EXPECT_FLOAT_EQ(d[4], -1);
  EXPECT_FLOAT_EQ(d[0], 7);
}

TEST(GridOps, ClosingBridgesAGapAndKeepsFarEdges) {
  const RegularGrid grid{{31, 15, 15}, {}, 1};
  Bits bits(grid.voxel_count(), 0);
  const auto at = [](std::size_t x, std::size_t y, std::size_t z) { return x + 31 * (y + 15 * z); };
  for (std::size_t z = 5; z < 10; ++z)
    for (std::size_t y = 5; y < 10; ++y)
      for (std::size_t x = 8; x < 22; ++x)
        if (x < 13 || x > 16) bits[at(x, y, z)] = 1;
  const Bits closed = close_gaps(grid, bits, 4);
  EXPECT_EQ(closed[at(14, 7, 7)], 1);
  EXPECT_EQ(closed[at(7, 7, 7)], 0);
  EXPECT_EQ(closed[at(14, 3, 7)], 0);
}

TEST(GridOps, SmoothingKeepsConstantsAndSums) {
  const RegularGrid grid{{21, 21, 21}, {}, 3};
  std::vector<float> values(grid.voxel_count(), 2.5F);
  smooth(grid, values, 4);
  for (const float v : values) ASSERT_NEAR(v, 2.5, 1e-5);
  std::fill(values.begin(), values.end(), 0.0F);
  const std::size_t middle = 10 + 21 * (10 + 21 * 10);
  values[middle] = 1;
  smooth(grid, values, 4);
  EXPECT_NEAR(std::accumulate(values.begin(), values.end(), 0.0), 1, 1e-4);
  EXPECT_NEAR(values[middle + 1] / values[middle], std::exp(-0.5 * 9.0 / 16), 1e-4);
}

TEST(GridOps, SampleIsTrilinear) {
  const RegularGrid grid{{3, 4, 5}, {}, 1};
  std::vector<float> values(60);
  for (std::size_t i = 0; i < 60; ++i)
    values[i] = static_cast<float>(double(i % 3) - 2 * double(i / 3 % 4) + 3 * double(i / 12));
  EXPECT_NEAR(sample(grid, values.data(), 1.25, 2.5, 3.75, 99), 1.25 - 5 + 11.25, 1e-5);
  EXPECT_NEAR(sample(grid, values.data(), 2, 3, 4, 99), 2 - 6 + 12, 1e-5);
  EXPECT_EQ(sample(grid, values.data(), 2.01, 3, 4, 99), 99);
  EXPECT_EQ(sample(grid, values.data(), std::nan(""), 3, 4, 99), 99);
}

TEST(GridOps, OtsuSeparatesTwoHeaps) {
  std::vector<float> values(500, 1.0F);
  values.insert(values.end(), 300, 9.0F);
  const double t = otsu_threshold(values);
  EXPECT_GT(t, 1);
  EXPECT_LT(t, 9);
  EXPECT_EQ(otsu_threshold(std::vector<float>(4, 3.0F)), 3);
  EXPECT_EQ(otsu_threshold({}), 0);
}

}  // namespace
}  // namespace efface::face
