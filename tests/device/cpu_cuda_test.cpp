// CPU and CUDA must say the same, and CUDA's memory running out must not lose a volume.
#include <gtest/gtest.h>
#include <torch/cuda.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <thread>
#include <vector>

#include "base/error.h"
#include "face_torch/torch_segmenter.h"
#include "tiny_model.h"

namespace efface::face_torch {
namespace {

class Device : public testing::Test {
 protected:
  void SetUp() override {
    if (!torch::cuda::is_available()) GTEST_SKIP() << "no CUDA device here";
  }
};

TEST_F(Device, CpuAndCudaAgree) {
  const auto card = test::write_model("convolution", test::convolution_model);
  const auto input = test::small_input();
  TorchSegmenter cpu(card, {TorchOptions::Device::cpu, 0, 2, 1});
  TorchSegmenter cuda(card, {TorchOptions::Device::cuda, 0, 1, 1});
  EXPECT_EQ(cuda.device().device, "cuda:0");
  const auto a = cpu.segment(input), b = cuda.segment(input);
  ASSERT_EQ(a.values.size(), b.values.size());
  float worst = 0;
  for (std::size_t i = 0; i < a.values.size(); ++i)
    worst = std::max(worst, std::abs(a.values[i] - b.values[i]));
  EXPECT_LT(worst, 1e-3F);
}

/// An input of 64 x 64 x 64 voxels whose values follow no pattern that a network could ignore.
face::ModelInput large_input() {
  face::ModelInput input;
  input.grid = {{64, 64, 64}, {}, 3.0};
  const std::size_t n = input.grid.voxel_count();
  for (std::size_t i = 0; i < n; ++i) {
    const double x = static_cast<double>(i % 64), y = static_cast<double>(i / 64 % 64),
                 z = static_cast<double>(i / 4096);
    const double r = std::hypot(x - 31, y - 33, z - 30);
    input.values.push_back(static_cast<float>(
        r < 28 ? 0.5 + 0.3 * std::sin(x / 3) * std::cos(y / 4) * std::sin(z / 5) : 0.02));
  }
  input.inside.assign(n, 1);
  return input;
}

TEST_F(Device, CpuAndCudaAgreeOnTheReleasedNetworks) {
  int compared = 0;
  for (const auto& file : std::filesystem::directory_iterator(EFFACE_SOURCE_DIR "/models")) {
    if (file.path().extension() != ".pt") continue;
    face::ModelCard card;
    card.weights_file = file.path().string();
    TorchSegmenter cpu(card, {TorchOptions::Device::cpu, 0, 2, 1});
    TorchSegmenter cuda(card, {TorchOptions::Device::cuda, 0, 1, 1});
    const auto input = large_input();
    const auto a = cpu.segment(input), b = cuda.segment(input);
    ASSERT_EQ(a.values.size(), b.values.size());
    float worst = 0;
    for (std::size_t i = 0; i < a.values.size(); ++i)
      worst = std::max(worst, std::abs(a.values[i] - b.values[i]));
    EXPECT_LT(worst, 1e-3F) << file.path().filename();
    ++compared;
  }
  EXPECT_GT(compared, 0);
}

TEST_F(Device, CudaRepeatsItself) {
  TorchSegmenter cuda(test::write_model("repeated", test::convolution_model),
                      {TorchOptions::Device::cuda, 0, 1, 1});
  const auto input = test::small_input();
  EXPECT_EQ(cuda.segment(input).values, cuda.segment(input).values);
}

TEST_F(Device, CudaGivesNearlyTheSameInABatch) {
  const auto card = test::write_model("batched", test::convolution_model);
  TorchSegmenter alone(card, {TorchOptions::Device::cuda, 0, 1, 1});
  TorchSegmenter batched(card, {TorchOptions::Device::cuda, 0, 1, 4});
  const auto input = test::small_input();
  std::vector<face::Probabilities> seen(8);
  for (int round = 0; round < 20 && batched.count().batches == batched.count().volumes; ++round) {
    std::vector<std::thread> threads;
    for (auto& s : seen) threads.emplace_back([&] { s = batched.segment(input); });
    for (auto& t : threads) t.join();
  }
  EXPECT_LT(batched.count().batches, batched.count().volumes) << "no batch came about";
  const auto expected = alone.segment(input);
  for (const auto& s : seen) {
    ASSERT_EQ(s.values.size(), expected.values.size());
    for (std::size_t i = 0; i < s.values.size(); ++i)
      ASSERT_NEAR(s.values[i], expected.values[i], 1e-5F);
  }
}

TEST_F(Device, OutOfMemoryFallsBackToTheCpuAndStaysThere) {
  TorchSegmenter segmenter(test::write_model("greedy", test::greedy_model), {});
  ASSERT_EQ(segmenter.device().device, "cuda:0");
  const auto input = test::small_input();
  EXPECT_EQ(segmenter.segment(input).values.size(), face::label_count * input.grid.voxel_count());
  EXPECT_EQ(segmenter.device().device, "cpu");
  EXPECT_EQ(segmenter.device().reason, "out of memory on cuda:0");
  EXPECT_NO_THROW(segmenter.segment(input));
}

TEST_F(Device, OutOfMemoryOnADeviceThatWasAskedForIsAnError) {
  TorchSegmenter segmenter(test::write_model("greedy", test::greedy_model),
                           {TorchOptions::Device::cuda, 0, 1, 1});
  try {
    segmenter.segment(test::small_input());
    FAIL() << "256 TiB were found";
  } catch (const base::Error& e) {
    EXPECT_EQ(e.fault(), base::Fault::resource);
  }
}

}  // namespace
}  // namespace efface::face_torch
