#include "face_torch/torch_segmenter.h"

#include <ATen/Context.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <thread>
#include <utility>

#include "base/error.h"
#include "face_torch/load.h"
#include "tests/support/errors.h"
#include "tiny_model.h"

namespace efface::face_torch {
namespace {

using base::Fault;
using support::fault_of;

const TorchOptions on_cpu{TorchOptions::Device::cpu, 0, 1, 1};

void expect_formula(const face::ModelInput& input, const face::Probabilities& p) {
  ASSERT_EQ(p.grid, input.grid);
  ASSERT_EQ(p.values.size(), face::label_count * input.grid.voxel_count());
  const std::size_t plane = 16 * 32;
  for (std::size_t column = 0; column < plane; column += 37) {
    double sum = 0;
    for (std::size_t z = 0; z < 48; ++z) {
      const std::size_t voxel = column + plane * z;
      sum += static_cast<double>(input.values[voxel]);
      double total = 0;
      for (int l = 0; l < 7; ++l) total += std::exp(l * sum - 6 * sum);
      for (int l = 0; l < 7; ++l)
        ASSERT_NEAR(p.of(static_cast<face::Label>(l), voxel), std::exp(l * sum - 6 * sum) / total,
                    1e-4);
    }
  }
}

TEST(TorchSegmenter, RunsTheModelWithZOutermost) {
  TorchSegmenter segmenter(test::write_model("formula", test::formula_model), on_cpu);
  const auto input = test::small_input();
  expect_formula(input, segmenter.segment(input));
  EXPECT_EQ(segmenter.device().device, "cpu");
  EXPECT_EQ(segmenter.device().reason, "asked for");
}

TEST(TorchSegmenter, SeveralThreadsMayCallIt) {
  TorchSegmenter segmenter(test::write_model("threads", test::formula_model), on_cpu);
  const auto input = test::small_input();
  std::vector<face::Probabilities> results(4);
  std::vector<std::thread> threads;
  for (auto& r : results) threads.emplace_back([&] { r = segmenter.segment(input); });
  for (auto& t : threads) t.join();
  for (const auto& r : results) EXPECT_EQ(r.values, results[0].values);
}

/// Volume `i` of a data set: all of one size, no two alike.
face::ModelInput input_number(std::size_t i) {
  face::ModelInput input = test::small_input();
  std::rotate(input.values.begin(), input.values.begin() + static_cast<std::ptrdiff_t>(997 * i),
              input.values.end());
  return input;
}

TEST(TorchSegmenter, AVolumeGivesTheSameBitsAloneAndInABatch) {
  std::vector<std::string> weights;
  for (const auto& file : std::filesystem::directory_iterator(EFFACE_SOURCE_DIR "/models"))
    if (file.path().extension() == ".pt") weights.push_back(file.path().string());
  ASSERT_EQ(weights.size(), 2U);
  constexpr std::size_t count = 6;
  for (const std::string& file : weights) {
    face::ModelCard card;
    card.weights_file = file;
    TorchSegmenter alone(card, on_cpu);
    TorchSegmenter batched(card, {TorchOptions::Device::cpu, 0, 2, 4});
    std::vector<face::ModelInput> inputs;
    for (std::size_t i = 0; i < count; ++i) inputs.push_back(input_number(i));
    std::vector<face::Probabilities> seen(count);
    // Whether threads meet depends on the clock: a few rounds, until some have met.
    for (int round = 0; round < 20; ++round) {
      std::vector<std::thread> threads;
      for (std::size_t i = 0; i < count; ++i)
        threads.emplace_back([&, i] { seen[i] = batched.segment(inputs[i]); });
      for (auto& t : threads) t.join();
      if (batched.count().batches < batched.count().volumes) break;
    }
    EXPECT_LT(batched.count().batches, batched.count().volumes) << "no batch came about";
    for (std::size_t i = 0; i < count; ++i)
      EXPECT_EQ(seen[i].values, alone.segment(inputs[i]).values) << file << ", volume " << i;
    EXPECT_EQ(alone.count().batches, count);
  }
}

TEST(TorchSegmenter, TellsNetworksToCallOneDnnOnTheCpu) {
  TorchSegmenter segmenter(test::write_model("told", test::told_model), on_cpu);
  const face::Probabilities seen = segmenter.segment(test::small_input());
  const bool has_onednn = at::globalContext().hasMKLDNN();
  EXPECT_EQ(seen.values.front(), has_onednn ? 1.0F : 0.0F);
}

TEST(TorchSegmenter, AutomaticSaysWhyItTookTheCpu) {
  const TorchSegmenter segmenter(test::write_model("automatic", test::formula_model), {});
  const auto report = segmenter.device();
  if (report.device == "cpu")
    EXPECT_TRUE(report.reason == "no CUDA driver or device" ||
                report.reason == "this LibTorch is built without CUDA")
        << report.reason;
  else
    EXPECT_EQ(report.device, "cuda:0");
}

TEST(TorchSegmenter, CudaThatIsNotThereIsAnErrorWithAHint) {
  const auto card = test::write_model("cuda", test::formula_model);
  try {
    const TorchSegmenter segmenter(card, {TorchOptions::Device::cuda, 63, 1, 1});
    FAIL() << "there is no cuda:63";
  } catch (const base::Error& e) {
    EXPECT_EQ(e.fault(), Fault::device);
    EXPECT_NE(e.hint().find("--device"), std::string::npos);
  }
}

TEST(TorchSegmenter, BadModelsAreModelErrors) {
  face::ModelCard missing;
  missing.weights_file = "/nonexistent/weights.pt";
  EXPECT_EQ(fault_of([&] { TorchSegmenter(missing, on_cpu); }), Fault::model);

  auto damaged = test::write_model("damaged", test::formula_model);
  std::ofstream(damaged.weights_file) << "this is no archive";
  EXPECT_EQ(fault_of([&] { TorchSegmenter(damaged, on_cpu); }), Fault::model);

  for (const char* source : {test::wrong_shape_model, test::failing_model})
    EXPECT_EQ(
        fault_of([&] {
          TorchSegmenter(test::write_model("bad", source), on_cpu).segment(test::small_input());
        }),
        Fault::model);
}

TEST(Loader, GivesTheSameAsTheLinkedSegmenter) {
  const auto card = test::write_model("loaded", test::formula_model);
  const auto segmenter = load_torch_segmenter(EFFACE_TORCH_PLUGIN, card, on_cpu);
  const auto input = test::small_input();
  expect_formula(input, segmenter->segment(input));
  EXPECT_EQ(segmenter->device().device, "cpu");
  EXPECT_EQ(segmenter->card().name, "loaded");
  EXPECT_EQ(torch_version(EFFACE_TORCH_PLUGIN), torch_version());
}

TEST(Loader, CarriesErrorsAcrossTheBoundary) {
  face::ModelCard missing;
  missing.weights_file = "/nonexistent/weights.pt";
  EXPECT_EQ(fault_of([&] { load_torch_segmenter(EFFACE_TORCH_PLUGIN, missing, on_cpu); }),
            Fault::model);
  const auto bad = test::write_model("bad_loaded", test::failing_model);
  const auto segmenter = load_torch_segmenter(EFFACE_TORCH_PLUGIN, bad, on_cpu);
  EXPECT_EQ(fault_of([&] { segmenter->segment(test::small_input()); }), Fault::model);
}

TEST(Loader, ALibraryThatIsMissingOrForeignIsAnError) {
  const face::ModelCard card;
  EXPECT_EQ(fault_of([&] { load_torch_segmenter("/nonexistent/lib.so", card, on_cpu); }),
            Fault::model);
  EXPECT_EQ(fault_of([&] { load_torch_segmenter("libm.so.6", card, on_cpu); }), Fault::model);
}

}  // namespace
}  // namespace efface::face_torch
