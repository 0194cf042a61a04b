#include "face/pieces.h"

#include <gtest/gtest.h>

#include <random>

namespace efface::face {
namespace {

using volume::RegularGrid;

TEST(Pieces, ComponentsAreTwentySixConnectedAndSorted) {
  const RegularGrid grid{{6, 6, 6}, {}, 1};
  Bits bits(216, 0);
  bits[0] = bits[1 + 6 + 36] = 1;                   // joined over a corner
  for (std::size_t i : {5U, 4U, 11U}) bits[i] = 1;  // a larger piece
  bits[215] = 1;
  const auto found = components(grid, bits);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0], (std::vector<std::uint32_t>{4, 5, 11}));
  EXPECT_EQ(found[1], (std::vector<std::uint32_t>{0, 43}));
  EXPECT_EQ(found[2], (std::vector<std::uint32_t>{215}));
}

TEST(Pieces, HolesAreFilledButBaysAreNot) {
  const RegularGrid grid{{5, 5, 5}, {}, 1};
  Bits shell(125, 0);
  for (std::size_t z = 1; z < 4; ++z)
    for (std::size_t y = 1; y < 4; ++y)
      for (std::size_t x = 1; x < 4; ++x) shell[x + 5 * (y + 5 * z)] = 1;
  shell[2 + 5 * (2 + 5 * 2)] = 0;
  EXPECT_EQ(fill_holes(grid, shell)[62], 1);
  EXPECT_EQ(fill_holes(grid, shell)[0], 0);
  shell[2 + 5 * (2 + 5 * 1)] = 0;  // a door to the outside
  EXPECT_EQ(fill_holes(grid, shell)[62], 0);
}

/// The definition, step by step: what is not set and not reached from the grid's faces is a hole.
Bits filled_slowly(const RegularGrid& grid, const Bits& bits) {
  Bits outside(bits.size(), 0);
  const auto [nx, ny, nz] = grid.size;
  for (bool has_changed = true; has_changed;) {
    has_changed = false;
    for (std::size_t o = 0; o < bits.size(); ++o) {
      if (bits[o] != 0 || outside[o] != 0) continue;
      const std::size_t x = o % nx, y = o / nx % ny, z = o / (nx * ny);
      const bool is_end = x == 0 || y == 0 || z == 0 || x + 1 == nx || y + 1 == ny || z + 1 == nz;
      if (is_end || outside[o - 1] || outside[o + 1] || outside[o - nx] || outside[o + nx] ||
          outside[o - nx * ny] || outside[o + nx * ny]) {
        outside[o] = 1;
        has_changed = true;
      }
    }
  }
  Bits filled(bits.size());
  for (std::size_t o = 0; o < bits.size(); ++o) filled[o] = outside[o] != 0 ? 0 : 1;
  return filled;
}

TEST(Pieces, HolesAreWhatTheDefinitionSays) {
  std::minstd_rand random(11);
  for (int round = 0; round < 60; ++round) {
    const RegularGrid grid{{3 + random() % 6, 3 + random() % 6, 3 + random() % 6}, {}, 1};
    Bits bits(grid.voxel_count(), 0);
    const std::size_t most = 100 - 20 * (round % 5);  // from full to sparse
    for (auto& bit : bits) bit = random() % 100 < most ? 1 : 0;
    EXPECT_EQ(fill_holes(grid, bits), filled_slowly(grid, bits)) << round;
  }
  const RegularGrid grid{{4, 4, 4}, {}, 1};
  EXPECT_EQ(fill_holes(grid, Bits(64, 0)), Bits(64, 0));
}

}  // namespace
}  // namespace efface::face
