#include "face/cavity.h"

#include <gtest/gtest.h>

namespace efface::face {
namespace {

using volume::RegularGrid;

/// A slab of brain below z = 0, seen along z at x = y = 0.
struct Slab {
  RegularGrid grid{{16, 16, 40}, {-15, -15, -39}, 2.0};
  Bits brain, face;
  std::vector<float> probability;

  Slab() : brain(grid.voxel_count(), 0), face(brain), probability(grid.voxel_count(), 0) {
    for (std::size_t i = 0; i < brain.size(); ++i)
      if (z_mm(i) < 0) brain[i] = 1;
    for (std::size_t i = 0; i < brain.size(); ++i) probability[i] = brain[i] ? 1.0F : 0.0F;
  }
  double z_mm(std::size_t i) const {
    return grid.origin[2] + grid.spacing_mm * static_cast<double>(i / (16 * 16));
  }
  double at(double z) const {
    const auto distance = cavity_distance(grid, brain, probability, face);
    const volume::Vec3 v = voxel_of(grid, {0, 0, z});
    return static_cast<double>(sample(grid, distance.data(), v[0], v[1], v[2], 0));
  }
};

TEST(Cavity, TheBrainIsProtectedWithOneVoxelAround) {
  const Slab slab;
  EXPECT_LT(slab.at(-10), -5);
  EXPECT_LT(slab.at(2), 0);
  EXPECT_GT(slab.at(4.5), 0);
}

TEST(Cavity, WhatMayBeBrainIsProtectedNearTheBrainOnly) {
  Slab slab;
  for (std::size_t i = 0; i < slab.brain.size(); ++i)
    if (slab.z_mm(i) > 0) slab.probability[i] = 0.05F;
  EXPECT_LT(slab.at(4.5), 0);
  EXPECT_GT(slab.at(12), 0);
  for (std::size_t i = 0; i < slab.brain.size(); ++i)
    if (slab.z_mm(i) > 0) slab.probability[i] = 0.002F;
  EXPECT_GT(slab.at(4.5), 0);
}

TEST(Cavity, AFaceThatWasFoundStandsAgainstDoubt) {
  Slab slab;
  for (std::size_t i = 0; i < slab.brain.size(); ++i) {
    if (slab.z_mm(i) > 0) slab.probability[i] = 0.05F;
    if (slab.z_mm(i) > 6) slab.face[i] = 1;
  }
  EXPECT_GT(slab.at(4.5), 0);
  EXPECT_LT(slab.at(2), 0);  // but not against the brain itself
}

TEST(Cavity, WithoutABrainNothingIsProtected) {
  Slab slab;
  slab.brain.assign(slab.brain.size(), 0);
  EXPECT_GT(slab.at(-20), 0);
}

}  // namespace
}  // namespace efface::face
