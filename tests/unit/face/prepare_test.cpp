#include "face/prepare.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <mutex>

namespace efface::face {
namespace {

volume::StackGrid stack_of(std::size_t columns, std::size_t rows, std::size_t slices, double mm) {
  volume::StackGrid g;
  g.columns = columns;
  g.rows = rows;
  g.step_i = {mm, 0, 0};
  g.step_j = {0, mm, 0};
  for (std::size_t k = 0; k < slices; ++k) g.slice_origin.push_back({0, 0, mm * double(k)});
  return g;
}

TEST(Prepare, TheGridCoversTheStackInMultiples) {
  ModelCard card;
  const auto stack = stack_of(256, 300, 40, 1.1);
  const auto grid = model_grid(stack, card);
  const auto [low, high] = stack.bounds();
  for (std::size_t a = 0; a < 3; ++a) {
    EXPECT_EQ(grid.size[a] % 16, 0U);
    EXPECT_GE(grid.size[a], 64U);
    EXPECT_LE(grid.origin[a], low[a] + 1e-9);
    EXPECT_GE(grid.origin[a] + 3.0 * double(grid.size[a] - 1), high[a] - 1e-9);
  }
  EXPECT_EQ(grid.size[0], 96U);   // 280.5 mm need 95 voxels
  EXPECT_EQ(grid.size[1], 112U);  // 328.9 mm need 111
}

TEST(Prepare, TheGridHasRoomBeyondTheStack) {
  ModelCard card;
  const auto stack = stack_of(100, 80, 40, 2);
  const auto grid = model_grid(stack, card, 40);
  const auto [low, high] = stack.bounds();
  for (std::size_t a = 0; a < 3; ++a) {
    EXPECT_LE(grid.origin[a], low[a] - 40 + 1e-9);
    EXPECT_GE(grid.origin[a] + 3.0 * double(grid.size[a] - 1), high[a] + 40 - 1e-9);
  }
  volume::Volume v{stack, std::vector<float>(stack.voxel_count(), 1), {}, false};
  v.values.front() = 0;
  const auto count = [](const ModelInput& in) {
    return double(std::count(in.inside.begin(), in.inside.end(), 1)) * 27;
  };
  EXPECT_NEAR(count(prepare(v, card)), 200.0 * 160 * 80, 0.1 * 200 * 160 * 80);
  EXPECT_NEAR(count(prepare(v, card, 40)), 280.0 * 240 * 160, 0.1 * 280 * 240 * 160);
}

TEST(Prepare, NormalisesByTheCardsPercentiles) {
  ModelCard card;
  volume::Volume v{stack_of(64, 64, 64, 3), {}, {}, false};
  // On the model's own lattice (64 voxels of 3 mm), so that resampling copies the values.
  for (std::size_t i = 0; i < v.grid.voxel_count(); ++i)
    v.values.push_back(static_cast<float>(i * 7919 % 10007));
  const ModelInput in = prepare(v, card);
  ASSERT_EQ(in.grid.size, (std::array<std::size_t, 3>{64, 64, 64}));
  std::vector<float> sorted = v.values;
  std::sort(sorted.begin(), sorted.end());
  const float lo = sorted[static_cast<std::size_t>(std::floor(0.01 * double(sorted.size() - 1)))];
  const float hi = sorted[static_cast<std::size_t>(std::floor(0.99 * double(sorted.size() - 1)))];
  for (std::size_t i = 0; i < v.values.size(); ++i) {
    ASSERT_EQ(in.inside[i], 1);
    ASSERT_NEAR(in.values[i], std::clamp((v.values[i] - lo) / (hi - lo), 0.0F, 1.0F), 2e-4);
  }
}

TEST(Prepare, OutsideTheFieldOfViewIsZero) {
  ModelCard card;
  volume::Volume v{stack_of(40, 40, 40, 3), std::vector<float>(64000, 100), {}, false};
  v.values[5] = 300;
  const ModelInput in = prepare(v, card);
  std::size_t inside = 0;
  for (std::size_t i = 0; i < in.values.size(); ++i) {
    inside += in.inside[i];
    if (!in.inside[i]) {
      ASSERT_EQ(in.values[i], 0);
    }
  }
  EXPECT_NEAR(double(inside), 64000, 6000);
}

TEST(Prepare, BlankEndsAreMarked) {
  volume::Volume v{stack_of(64, 64, 64, 3), std::vector<float>(262144, 0), {}, false};
  for (std::size_t i = 64 * 64 * 10; i < v.values.size(); ++i)
    v.values[i] = static_cast<float>(i * 7919 % 10007) + 1;
  const ModelInput in = prepare(v, ModelCard{});
  ASSERT_EQ(in.blank.size(), in.values.size());
  for (std::size_t i = 0; i < in.blank.size(); ++i)
    ASSERT_EQ(in.blank[i], i < 64 * 64 * 10) << "voxel " << i;
  v.values.front() = 1;
  EXPECT_TRUE(prepare(v, ModelCard{}).blank.empty());
}

TEST(Prepare, AConstantImageIsAllZeros) {
  const volume::Volume v{stack_of(20, 20, 20, 4), std::vector<float>(8000, 42), {}, false};
  for (const float x : prepare(v, ModelCard{}).values) ASSERT_EQ(x, 0);
}

TEST(Prepare, HounsfieldUnitsAreClippedFirst) {
  volume::Volume v{stack_of(64, 64, 64, 3), std::vector<float>(262144, -3000), {}, true};
  for (std::size_t i = 0; i < v.values.size() / 2; ++i) v.values[i] = i % 2 ? 30000.0F : 0.0F;
  const ModelInput in = prepare(v, ModelCard{});
  EXPECT_NEAR(in.values[0], 0.5, 1e-4);  // 0 HU between -1000 and 1000
}

/// Says where it was: label 0's probability is the voxel's z in the whole grid, found by its
/// origin.
class Recorder : public Segmenter {
 public:
  const ModelCard& card() const override { return card_; }
  DeviceReport device() const override { return {"cpu", "test"}; }
  Probabilities segment(const ModelInput& input) override {
    ++calls;
    largest = std::max(largest, input.grid.voxel_count());
    EXPECT_EQ(input.grid.size[2] % 16, 0U);
    Probabilities p{input.grid, std::vector<float>(label_count * input.grid.voxel_count(), 0)};
    const std::size_t plane = input.grid.size[0] * input.grid.size[1];
    for (std::size_t i = 0; i < input.grid.voxel_count(); ++i)
      p.values[i] = static_cast<float>(input.grid.origin[2] / 3 + double(i / plane));
    return p;
  }
  int calls = 0;
  std::size_t largest = 0;

 private:
  ModelCard card_;
};

TEST(Prepare, BlocksBlendToTheWhole) {
  ModelInput input{{{16, 16, 208}, {}, 3}, std::vector<float>(16 * 16 * 208, 0), {}};
  input.inside.assign(input.values.size(), 1);
  Recorder recorder;
  const Probabilities p = segment_in_blocks(recorder, input, 16 * 16 * 90);
  EXPECT_GT(recorder.calls, 2);
  EXPECT_LE(recorder.largest, 16U * 16 * 90);
  for (std::size_t i = 0; i < input.values.size(); ++i)
    ASSERT_NEAR(p.values[i], double(i / 256), 1e-3);
}

}  // namespace
}  // namespace efface::face
