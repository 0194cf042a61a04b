#include "face/fill.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <set>

#include "base/error.h"

namespace efface::face {
namespace {

using volume::Volume;

/// A bright ball in noise on a 40 x 40 x 12 stack, with the air field on a coarser grid and a mask
/// that covers part of the ball and the air before it.
struct Scene {
  Volume volume;
  std::vector<std::uint16_t> stored;
  volume::Field air;
  VoxelMask mask;

  explicit Scene(unsigned background = 20, unsigned noise = 7) {
    auto& g = volume.grid;
    g.columns = g.rows = 40;
    g.step_i = {1, 0, 0};
    g.step_j = {0, 1, 0};
    for (int k = 0; k < 12; ++k) g.slice_origin.push_back({0, 0, 2.0 * k});
    air.grid = {{21, 21, 13}, {-1, -1, -1}, 2.0};
    for (std::size_t i = 0; i < air.grid.voxel_count(); ++i)
      air.values.push_back(in_ball(air.grid.patient_mm(i % 21, i / 21 % 21, i / 441), 14) ? 0.0F
                                                                                          : 0.99F);
    std::minstd_rand random(3);
    for (std::size_t o = 0; o < g.voxel_count(); ++o) {
      const auto p = place(o);
      const unsigned v = (in_ball(p, 12) ? 500 : background) +
                         static_cast<unsigned>(noise ? random() / 11 % noise : 0);
      stored.push_back(static_cast<std::uint16_t>(v));
      volume.values.push_back(static_cast<float>(v));
      mask.push_back(p[1] < 14 && p[0] > 8 && p[0] < 32 ? 1 : 0);
    }
  }
  volume::Vec3 place(std::size_t o) const {
    return {double(o % 40), double(o / 40 % 40), 2.0 * double(o / 1600)};
  }
  static bool in_ball(const volume::Vec3& p, double r) {
    return (p[0] - 20) * (p[0] - 20) + (p[1] - 20) * (p[1] - 20) + (p[2] - 11) * (p[2] - 11) <
           r * r;
  }
  FillReport run(Fill how = Fill::noise, std::uint64_t seed = 5) {
    return fill(volume, air, mask, how, seed, {2, std::as_writable_bytes(std::span(stored))});
  }
};

TEST(Fill, ChangesTheMaskAndNothingElse) {
  Scene s;
  const auto before = s.stored;
  const FillReport report = s.run();
  std::uint64_t masked = 0;
  for (std::size_t i = 0; i < before.size(); ++i) {
    masked += s.mask[i];
    if (s.mask[i]) {
      ASSERT_LT(s.stored[i], 27);
    } else {
      ASSERT_EQ(s.stored[i], before[i]);
    }
  }
  EXPECT_EQ(report.voxels_changed, masked);
  EXPECT_GT(report.background_voxels, 5000U);
}

TEST(Fill, TheResultDoesNotDependOnWhatItReplaces) {
  Scene a, b;
  std::minstd_rand random(17);
  for (std::size_t i = 0; i < b.mask.size(); ++i)
    if (b.mask[i]) {
      b.stored[i] = static_cast<std::uint16_t>(random() % 60000);
      b.volume.values[i] = static_cast<float>(b.stored[i]);
    }
  a.run();
  b.run();
  EXPECT_EQ(a.stored, b.stored);
  a.run(Fill::constant);
  b.run(Fill::constant);
  EXPECT_EQ(a.stored, b.stored);
}

TEST(Fill, SameSeedSameBytesOtherSeedOtherBytes) {
  Scene a, b, c;
  a.run(Fill::noise, 1);
  b.run(Fill::noise, 1);
  c.run(Fill::noise, 2);
  EXPECT_EQ(a.stored, b.stored);
  EXPECT_NE(a.stored, c.stored);
}

TEST(Fill, NoiseHasTheBackgroundsSpread) {
  Scene s;
  s.run();
  std::set<std::uint16_t> seen;
  double sum = 0, count = 0;
  for (std::size_t i = 0; i < s.mask.size(); ++i)
    if (s.mask[i]) {
      seen.insert(s.stored[i]);
      sum += s.stored[i];
      ++count;
    }
  EXPECT_EQ(seen.size(), 7U);
  EXPECT_NEAR(sum / count, 23, 0.3);
}

TEST(Fill, ConstantIsTheMedianOfTheBackground) {
  Scene s;
  s.run(Fill::constant);
  std::set<std::uint16_t> seen;
  for (std::size_t i = 0; i < s.mask.size(); ++i)
    if (s.mask[i]) seen.insert(s.stored[i]);
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_NEAR(*seen.begin(), 23, 1);
}

TEST(Fill, FollowsNoiseThatChangesOverTheSlice) {
  Scene s(20, 0);
  for (std::size_t i = 0; i < s.stored.size(); ++i)
    if (!Scene::in_ball(s.place(i), 12) && s.place(i)[0] >= 20) {
      s.stored[i] = 60;
      s.volume.values[i] = 60;
    }
  // 40 columns are three tiles wide, a window reaches one tile to each side: the outer thirds
  // differ.
  s.mask.assign(s.mask.size(), 0);
  for (std::size_t i = 0; i < s.mask.size(); ++i)
    s.mask[i] = s.place(i)[1] < 10 && s.place(i)[0] < 8 ? 1 : 0;
  s.run();
  std::size_t dark = 0, all = 0;
  for (std::size_t i = 0; i < s.mask.size(); ++i)
    if (s.mask[i]) {
      ++all;
      dark += s.stored[i] == 20;
    }
  EXPECT_GT(static_cast<double>(dark), 0.52 * static_cast<double>(all));
}

TEST(Fill, PaddingIsNeitherChangedNorUsed) {
  Scene s;
  s.volume.valid.assign(s.mask.size(), 1);
  for (std::size_t i = 0; i < s.mask.size(); ++i)
    if (s.place(i)[1] < 4) {
      s.volume.valid[i] = 0;
      s.stored[i] = 9;
      s.volume.values[i] = 9;
    }
  s.run();
  for (std::size_t i = 0; i < s.mask.size(); ++i) ASSERT_EQ(s.stored[i] == 9, s.place(i)[1] < 4);
}

TEST(Fill, HounsfieldAirLeavesOutWhatIsNoMeasurement) {
  Scene s(0, 20);
  s.volume.is_hounsfield = true;
  for (std::size_t i = 0; i < s.mask.size(); ++i) {
    s.volume.values[i] = Scene::in_ball(s.place(i), 12) ? 40.0F : -1010.0F + float(s.stored[i]);
    if (s.place(i)[0] < 6) s.volume.values[i] = -3024;
    if (s.place(i)[0] < 6) s.stored[i] = 999;
  }
  s.run();
  for (std::size_t i = 0; i < s.mask.size(); ++i)
    if (s.mask[i]) {
      ASSERT_LT(s.stored[i], 20);
    }
}

TEST(Fill, WithoutAirTheDarkestVoxelsServe) {
  Scene s(400, 100);
  std::fill(s.air.values.begin(), s.air.values.end(), 0.0F);
  const auto before = s.stored;
  const FillReport report = s.run();
  EXPECT_GT(report.background_voxels, 0U);
  for (std::size_t i = 0; i < s.mask.size(); ++i) {
    if (s.mask[i]) {
      ASSERT_LE(s.stored[i], 402);
    } else {
      ASSERT_EQ(s.stored[i], before[i]);
    }
  }
}

TEST(Fill, WithoutAnyOtherVoxelItRefuses) {
  Scene s;
  std::fill(s.mask.begin(), s.mask.end(), std::uint8_t{1});
  EXPECT_THROW(s.run(), base::Error);
}

}  // namespace
}  // namespace efface::face
