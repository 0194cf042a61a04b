// CPU and CUDA must say the same, and CUDA's memory running out must not lose a volume.
#include <gtest/gtest.h>
#include <torch/cuda.h>

#include <algorithm>
#include <cmath>

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
  TorchSegmenter cpu(card, {TorchOptions::Device::cpu, 0, 2});
  TorchSegmenter cuda(card, {TorchOptions::Device::cuda, 0, 1});
  EXPECT_EQ(cuda.device().device, "cuda:0");
  const auto a = cpu.segment(input), b = cuda.segment(input);
  ASSERT_EQ(a.values.size(), b.values.size());
  float worst = 0;
  for (std::size_t i = 0; i < a.values.size(); ++i)
    worst = std::max(worst, std::abs(a.values[i] - b.values[i]));
  EXPECT_LT(worst, 1e-3F);
}

TEST_F(Device, CudaRepeatsItself) {
  TorchSegmenter cuda(test::write_model("repeated", test::convolution_model),
                      {TorchOptions::Device::cuda, 0, 1});
  const auto input = test::small_input();
  EXPECT_EQ(cuda.segment(input).values, cuda.segment(input).values);
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
                           {TorchOptions::Device::cuda, 0, 1});
  try {
    segmenter.segment(test::small_input());
    FAIL() << "256 TiB were found";
  } catch (const base::Error& e) {
    EXPECT_EQ(e.fault(), base::Fault::resource);
  }
}

}  // namespace
}  // namespace efface::face_torch
