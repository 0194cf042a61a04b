#include <gtest/gtest.h>

#include <array>

#include "volume/volume.h"

namespace efface::volume {
namespace {

using Index = std::array<std::size_t, 3>;

/// An oblique image of 12 x 10 x 8 voxels of `around`, with noise from `first` to `last`.
Volume pasted(const Index& first, const Index& last, float around = 0) {
  Volume v;
  v.grid.columns = 12;
  v.grid.rows = 10;
  v.grid.step_i = 1.5 * Vec3{0.8, 0.6, 0};
  v.grid.step_j = 2.0 * Vec3{-0.6, 0.8, 0};
  for (int k = 0; k < 8; ++k) v.grid.slice_origin.push_back({-20, 30, 3.0 * k});
  v.values.assign(v.grid.voxel_count(), around);
  float noise = 0;
  for (std::size_t k = first[2]; k <= last[2]; ++k)
    for (std::size_t j = first[1]; j <= last[1]; ++j)
      for (std::size_t i = first[0]; i <= last[0]; ++i)
        v.values[i + 12 * (j + 10 * k)] = around + (noise += 0.5F);
  return v;
}

void expect_rest(const Volume& v, const Index& first, const Index& last) {
  const StackGrid rest = without_blank_ends(v);
  EXPECT_EQ(rest.columns, last[0] - first[0] + 1);
  EXPECT_EQ(rest.rows, last[1] - first[1] + 1);
  ASSERT_EQ(rest.slices(), last[2] - first[2] + 1);
  const auto i = static_cast<double>(first[0]), j = static_cast<double>(first[1]);
  for (std::size_t k = 0; k < rest.slices(); ++k)
    EXPECT_LT(norm(rest.slice_origin[k] - v.grid.patient_mm(i, j, first[2] + k)), 1e-12);
}

TEST(BlankEnds, AreLeftOutAtEveryEnd) {
  expect_rest(pasted({2, 3, 1}, {9, 6, 4}), {2, 3, 1}, {9, 6, 4});
  expect_rest(pasted({0, 0, 0}, {11, 6, 7}, -1000), {0, 0, 0}, {11, 6, 7});
  expect_rest(pasted({4, 0, 5}, {4, 9, 5}), {4, 0, 5}, {4, 9, 5});
}

TEST(BlankEnds, OneVoxelOfAnotherValueIsNotBlank) {
  Volume v = pasted({2, 3, 1}, {9, 6, 4});
  v.values.front() = 1;
  expect_rest(v, {0, 0, 0}, {9, 6, 4});
}

TEST(BlankEnds, WhatIsBlankWithinTheImageStays) {
  Volume v = pasted({0, 0, 0}, {11, 9, 7});
  for (std::size_t i = 12 * 10 * 3; i < 12 * 10 * 5; ++i) v.values[i] = 7;
  expect_rest(v, {0, 0, 0}, {11, 9, 7});
}

TEST(BlankEnds, OfAnImageOfOneValueNothingIsLeftOut) {
  expect_rest(pasted({0, 0, 0}, {11, 9, 7}), {0, 0, 0}, {11, 9, 7});
  Volume v = pasted({2, 3, 1}, {2, 3, 1});
  v.values.assign(v.values.size(), 5);
  expect_rest(v, {0, 0, 0}, {11, 9, 7});
}

}  // namespace
}  // namespace efface::volume
