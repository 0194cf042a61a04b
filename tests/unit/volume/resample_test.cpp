#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <random>

#include "base/error.h"
#include "volume/volume.h"

namespace efface::volume {
namespace {

/// A stack turned a little about every axis, with the given places of its slices along the normal.
Volume stack(std::size_t columns, std::size_t rows, double mm, std::vector<double> places,
             Vec3 shear = {}) {
  Volume v;
  v.grid.columns = columns;
  v.grid.rows = rows;
  v.grid.step_i = mm * Vec3{0.8, 0.48, -0.36};
  v.grid.step_j = mm * Vec3{-0.6, 0.64, -0.48};
  for (const double place : places) {
    v.grid.slice_origin.push_back(Vec3{3, -7, 12} + place * Vec3{0, 0.6, 0.8} + place * shear);
  }
  v.values.resize(v.grid.voxel_count());
  return v;
}

std::vector<double> even_places(std::size_t count, double mm) {
  std::vector<double> places;
  for (std::size_t k = 0; k < count; ++k) places.push_back(mm * double(k));
  return places;
}

template <class F>
void paint(Volume& v, F value) {
  std::size_t at = 0;
  for (std::size_t k = 0; k < v.grid.slices(); ++k)
    for (std::size_t j = 0; j < v.grid.rows; ++j)
      for (std::size_t i = 0; i < v.grid.columns; ++i)
        v.values[at++] = static_cast<float>(value(v.grid.patient_mm(double(i), double(j), k)));
}

double ramp(const Vec3& p) {
  return 100 + 2 * p[0] - 3 * p[1] + 5 * p[2];
}

RegularGrid around(const StackGrid& source, double mm) {
  const auto [low, high] = source.bounds();
  RegularGrid grid;
  grid.spacing_mm = mm;
  for (std::size_t a = 0; a < 3; ++a) {
    grid.origin[a] = low[a] - 2 * mm;
    grid.size[a] = static_cast<std::size_t>((high[a] - low[a]) / mm) + 5;
  }
  return grid;
}

/// A linear field must come out exact wherever the whole target voxel lies between voxel centres.
void expect_ramp_exact(Volume v, double mm) {
  paint(v, ramp);
  const RegularGrid grid = around(v.grid, mm);
  const Resampled out = resample(v, grid);
  std::size_t checked = 0;
  for (std::size_t z = 0; z < grid.size[2]; ++z)
    for (std::size_t y = 0; y < grid.size[1]; ++y)
      for (std::size_t x = 0; x < grid.size[0]; ++x) {
        const std::size_t at = x + grid.size[0] * (y + grid.size[1] * z);
        const Vec3 p = grid.patient_mm(x, y, z);
        const auto index = v.grid.index_of(p);
        ASSERT_EQ(out.inside[at] != 0, index.has_value()) << x << ' ' << y << ' ' << z;
        if (!index) {
          ASSERT_EQ(out.values[at], 0);
          continue;
        }
        bool deep = true;
        for (const double dx : {-0.5, 0.5})
          for (const double dy : {-0.5, 0.5})
            for (const double dz : {-0.5, 0.5}) {
              const auto c = v.grid.index_of(p + mm * Vec3{dx, dy, dz});
              deep = deep && c && (*c)[0] >= 0 && (*c)[1] >= 0 && (*c)[2] >= 0 &&
                     (*c)[0] <= double(v.grid.columns - 1) && (*c)[1] <= double(v.grid.rows - 1) &&
                     (*c)[2] <= double(v.grid.slices() - 1);
            }
        if (!deep) continue;
        ASSERT_NEAR(out.values[at], ramp(p), 2e-2);
        ++checked;
      }
  EXPECT_GT(checked, 100U);
}

TEST(Resample, ARampStaysARamp) {
  expect_ramp_exact(stack(60, 50, 1, even_places(40, 1)), 3);
  expect_ramp_exact(stack(60, 50, 1, even_places(40, -1)), 3);
  expect_ramp_exact(stack(60, 50, 1, even_places(14, 4)), 3);
  expect_ramp_exact(stack(20, 20, 4, even_places(20, 4)), 2);
}

TEST(Resample, GantryTiltIsExact) {
  expect_ramp_exact(stack(60, 50, 1, even_places(40, 1), {0.2, -0.1, 0.1}), 3);
}

TEST(Resample, UnevenSlicesAreExact) {
  const std::vector<double> places{0, 1, 5, 6, 8, 13, 14, 16, 20, 22, 30, 31, 33, 38, 40};
  std::vector<double> falling;
  for (const double p : places) falling.push_back(-p);
  expect_ramp_exact(stack(60, 50, 1, places), 3);
  expect_ramp_exact(stack(60, 50, 1, falling), 3);
  expect_ramp_exact(stack(60, 50, 1, places, {0.2, -0.1, 0.1}), 3);
}

TEST(Resample, FineDataAreAveraged) {
  Volume v;
  v.grid.columns = v.grid.rows = 30;
  v.grid.step_i = {1, 0, 0};
  v.grid.step_j = {0, 1, 0};
  for (int k = 0; k < 30; ++k) v.grid.slice_origin.push_back({0, 0, double(k)});
  for (std::size_t o = 0; o < v.grid.voxel_count(); ++o) v.values.push_back(float(o % 3 * 30));
  // Columns 0, 30, 60, 0, 30, 60 …: samples of 3 mm without averaging would all see 30.
  const Resampled out = resample(v, RegularGrid{{8, 8, 8}, {1, 1, 1}, 3});
  for (const float value : out.values) ASSERT_NEAR(value, 30, 1e-3);
  const Resampled moved = resample(v, RegularGrid{{8, 8, 8}, {2, 1, 1}, 3});
  for (const float value : moved.values) ASSERT_NEAR(value, 30, 1e-3);
}

/// A stack whose i, j and k run along the patient's axes, in any order and direction, with noise in
/// it.
Volume along_axes(std::array<std::size_t, 3> order, unsigned backwards, Vec3 mm) {
  std::array<Vec3, 3> step{};
  for (std::size_t n = 0; n < 3; ++n) {
    step[n][order[n]] = (backwards >> n & 1U) != 0 ? -mm[n] : mm[n];
  }
  Volume v;
  v.grid.columns = 23;
  v.grid.rows = 31;
  v.grid.step_i = step[0];
  v.grid.step_j = step[1];
  for (int k = 0; k < 17; ++k) v.grid.slice_origin.push_back(Vec3{5, -3, 8} + double(k) * step[2]);
  std::mt19937 random(7);
  std::uniform_real_distribution<float> grey(0, 1000);
  for (std::size_t n = 0; n < v.grid.voxel_count(); ++n) v.values.push_back(grey(random));
  return v;
}

/// The same values must come from the way for oblique grids, which a voxel without a value
/// enforces.
void expect_same_as_in_general(Volume v, const RegularGrid& grid, double beyond_mm) {
  const Resampled quick = resample(v, grid, 2, beyond_mm);
  v.valid.assign(v.values.size(), 1);
  v.valid[0] = 0;
  const Resampled general = resample(v, grid, 2, beyond_mm);
  const Vec3 corner = v.grid.patient_mm(0, 0, 0);
  const double reach = 2 * grid.spacing_mm + 12 + beyond_mm;  // of that voxel
  std::size_t checked = 0;
  for (std::size_t at = 0; at < grid.voxel_count(); ++at) {
    const Vec3 p = grid.patient_mm(at % grid.size[0], at / grid.size[0] % grid.size[1],
                                   at / (grid.size[0] * grid.size[1]));
    if (norm(p - corner) < reach) continue;
    ASSERT_EQ(quick.inside[at], general.inside[at]);
    ASSERT_NEAR(quick.values[at], general.values[at], 0.01);
    checked += quick.inside[at];
  }
  EXPECT_GT(checked, 50U);
}

TEST(Resample, AlignedGridsAreResampledAsObliqueOnesAre) {
  const std::array<std::array<std::size_t, 3>, 6> orders{
      {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}}};
  unsigned backwards = 0;
  for (const auto& order : orders) {
    for (const Vec3& mm : {Vec3{1, 1, 1}, {0.7, 0.9, 5}, {4, 4, 2}}) {
      const Volume v = along_axes(order, backwards++ % 8, mm);
      expect_same_as_in_general(v, around(v.grid, 3), 0);
      expect_same_as_in_general(v, around(v.grid, 2), 7);
    }
  }
}

TEST(Resample, AConstantStaysExactlyConstant) {
  Volume v = along_axes({1, 2, 0}, 3, {0.7, 0.9, 1.1});
  for (const float value : {-1024.0F, 0.1F, 12345.678F}) {
    std::fill(v.values.begin(), v.values.end(), value);
    const Resampled out = resample(v, around(v.grid, 2.3));
    for (std::size_t at = 0; at < out.values.size(); ++at) {
      ASSERT_EQ(out.values[at], out.inside[at] != 0 ? value : 0);
    }
  }
}

TEST(Resample, APartOfAnAlignedGridIsResampledToo) {
  const Volume v = along_axes({2, 0, 1}, 5, {1, 1, 3});
  RegularGrid grid = around(v.grid, 1.3);
  for (std::size_t a = 0; a < 3; ++a) {
    grid.origin[a] += 0.3 * 1.3 * double(grid.size[a]);
    grid.size[a] /= 3;
  }
  expect_same_as_in_general(v, grid, 0);
  grid.origin[1] += 1000;  // nothing of it
  const Resampled none = resample(v, grid);
  EXPECT_EQ(std::count(none.inside.begin(), none.inside.end(), 1), 0);
}

TEST(Resample, VoxelsWithoutAValueDoNotCount) {
  Volume v = stack(40, 40, 1, even_places(40, 1));
  paint(v, [](const Vec3&) { return 50; });
  v.valid.assign(v.values.size(), 1);
  const std::size_t half = v.values.size() / 2;
  for (std::size_t o = 0; o < half; ++o) {
    v.valid[o] = 0;
    v.values[o] = -2000;
  }
  const RegularGrid grid = around(v.grid, 3);
  const Resampled out = resample(v, grid);
  std::size_t inside = 0, outside = 0;
  for (std::size_t z = 0; z < grid.size[2]; ++z)
    for (std::size_t y = 0; y < grid.size[1]; ++y)
      for (std::size_t x = 0; x < grid.size[0]; ++x) {
        const std::size_t at = x + grid.size[0] * (y + grid.size[1] * z);
        const auto index = v.grid.index_of(grid.patient_mm(x, y, z));
        if (out.inside[at]) {
          ASSERT_NEAR(out.values[at], 50, 1e-3);
          ASSERT_TRUE(index && (*index)[2] > 18);
          ++inside;
        } else if (index) {
          ASSERT_LT((*index)[2], 20);
          ++outside;
        }
      }
  EXPECT_GT(inside, 500U);
  EXPECT_GT(outside, 500U);
}

TEST(Resample, SameResultForAnyNumberOfThreads) {
  Volume v = stack(50, 40, 1.3, even_places(30, 2), {0.1, 0.1, 0});
  std::minstd_rand random(5);
  for (float& value : v.values) value = static_cast<float>(random() % 1000);
  const RegularGrid grid = around(v.grid, 3);
  const Resampled one = resample(v, grid, 1);
  for (const unsigned threads : {2U, 5U}) {
    const Resampled many = resample(v, grid, threads);
    EXPECT_EQ(one.values, many.values);
    EXPECT_EQ(one.inside, many.inside);
  }
}

TEST(Resample, OneSliceIsSeenWithinItsThickness) {
  Volume v = stack(30, 30, 1, {0});
  v.grid.slice_thickness_mm = 6;
  paint(v, [](const Vec3&) { return 7; });
  const RegularGrid grid = around(v.grid, 2);
  const Resampled out = resample(v, grid);
  const auto inside = std::count(out.inside.begin(), out.inside.end(), 1);
  EXPECT_NEAR(double(inside), 30 * 30 * 6 / 8.0, 30 * 30 * 6 / 8.0 * 0.1);
  for (std::size_t at = 0; at < out.values.size(); ++at)
    ASSERT_NEAR(out.values[at], out.inside[at] ? 7 : 0, 1e-5);
}

TEST(Resample, BrokenGridsAreErrors) {
  const RegularGrid grid{{4, 4, 4}, {}, 3};
  Volume v = stack(10, 10, 1, even_places(5, 1));
  v.values.pop_back();
  EXPECT_THROW(resample(v, grid), base::Error);
  Volume flat = stack(10, 10, 1, even_places(5, 1));
  flat.grid.step_j = flat.grid.step_i;
  EXPECT_THROW(resample(flat, grid), base::Error);
  EXPECT_THROW(resample(stack(10, 10, 1, {0, 0, 0}), grid), base::Error);
  EXPECT_THROW(resample(stack(10, 10, 1, {0, 3, 1, 2}), grid), base::Error);
  EXPECT_THROW(resample(stack(10, 0, 1, {0}), grid), base::Error);
}

TEST(Resample, AFullHeadTakesLessThanASecond) {
  Volume v = stack(256, 256, 1, even_places(176, 1));
  paint(v, ramp);
  RegularGrid grid{{96, 96, 96}, {}, 3};
  const auto [low, high] = v.grid.bounds();
  for (std::size_t a = 0; a < 3; ++a) grid.origin[a] = (low[a] + high[a]) / 2 - 142.5;
  const auto begin = std::chrono::steady_clock::now();
  const Resampled out = resample(v, grid, 1);
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
  RecordProperty("seconds", std::to_string(taken.count()));
  EXPECT_LT(taken.count(), 20);  // about 0.3 s; generous for sanitizers and busy machines
  EXPECT_GT(std::count(out.inside.begin(), out.inside.end(), 1), 300000);
}

TEST(Field, IsTrilinear) {
  Field f;
  f.grid = {{4, 5, 6}, {-1, 2, 3}, 2};
  for (std::size_t i = 0; i < f.grid.voxel_count(); ++i) {
    f.values.push_back(static_cast<float>(ramp(f.grid.patient_mm(i % 4, i / 4 % 5, i / 20))));
  }
  for (const Vec3& p : {Vec3{-1, 2, 3}, {5, 10, 13}, {0.3, 4.4, 12.9}, {2, 10, 3.5}}) {
    EXPECT_NEAR(f.at(p, -9), ramp(p), 1e-3);
  }
  EXPECT_EQ(f.at({-1.01, 4, 4}, -9), -9);
  EXPECT_EQ(f.at({0, 10.01, 4}, -9), -9);
  EXPECT_EQ(f.at({0, 4, 13.01}, -9), -9);
}

TEST(Field, OneVoxelThick) {
  const Field f{{{2, 1, 1}, {0, 0, 0}, 1}, {3, 5}};
  EXPECT_NEAR(f.at({0.5, 0, 0}, -1), 4, 1e-6);
  EXPECT_EQ(f.at({0.5, 0.1, 0}, -1), -1);
}

TEST(Resample, BeyondItsEndsTheNearestVoxelGoesOn) {
  for (const auto& places : {even_places(8, 3), std::vector<double>{0, 2, 5, 9, 11, 16}}) {
    Volume v = stack(12, 10, 2, places);
    paint(v, ramp);
    const RegularGrid grid = around(v.grid, 2);
    const Resampled as_is = resample(v, grid), beyond = resample(v, grid, 2, 7);
    const Vec3 n = v.grid.normal();
    std::size_t more = 0;
    for (std::size_t at = 0; at < grid.voxel_count(); ++at) {
      if (as_is.inside[at] != 0) {
        ASSERT_EQ(beyond.inside[at], 1);
        continue;
      }
      const Vec3 p = grid.patient_mm(at % grid.size[0], at / grid.size[0] % grid.size[1],
                                     at / (grid.size[0] * grid.size[1]));
      const Vec3 in_plane = p - v.grid.slice_origin.front();
      const double i = dot(in_plane, v.grid.step_i) / 4, j = dot(in_plane, v.grid.step_j) / 4,
                   k = dot(in_plane, n);
      const auto past = [](double x, double last) { return std::max({-x, x - last, 0.0}); };
      const double most = std::max({2 * past(i, 11), 2 * past(j, 9), past(k, places.back())});
      if (most > 7 + 3) {  // half a voxel is seen anyway
        ASSERT_EQ(beyond.inside[at], 0);
      } else if (most < 7 - 2) {
        ASSERT_EQ(beyond.inside[at], 1);
        const Vec3 nearest =
            v.grid.slice_origin.front() + std::clamp(i, 0.0, 11.0) * v.grid.step_i +
            std::clamp(j, 0.0, 9.0) * v.grid.step_j + std::clamp(k, 0.0, places.back()) * n;
        ASSERT_NEAR(beyond.values[at], ramp(nearest), 12) << "a voxel's samples lie around it";
        ++more;
      }
    }
    EXPECT_GT(more, 100U);
  }
}

}  // namespace
}  // namespace efface::volume
