#include "face/together.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <thread>

#include "base/error.h"
#include "tests/support/errors.h"

namespace efface::face {
namespace {

using Inputs = std::span<const ModelInput* const>;

ModelInput input_of(std::size_t size, float value) {
  ModelInput input;
  input.grid = {{size, size, size}, {}, 3.0};
  input.values.assign(input.grid.voxel_count(), value);
  return input;
}

/// A network that says of each voxel what it was shown, and can be held up at its first batch until
/// others wait.
class Echo {
 public:
  std::vector<Probabilities> operator()(Inputs inputs) {
    {
      std::unique_lock lock(mutex);
      sizes.push_back(inputs.size());
      has_begun.notify_all();
      may_go_on.wait(lock, [&] { return !is_held; });
    }
    std::vector<Probabilities> seen;
    for (const ModelInput* input : inputs) {
      if (input->values.front() < 0) throw base::Error(base::Fault::model, "negative");
      seen.push_back({input->grid, input->values});
    }
    return seen;
  }

  std::mutex mutex;
  std::condition_variable has_begun, may_go_on;
  bool is_held = false;
  std::vector<std::size_t> sizes;  ///< of the batches
};

struct Answers {
  std::vector<Probabilities> seen;
  std::vector<std::size_t> failed;
};

/// Shows the first input alone; while it is looked at, all others come to wait; then the rest.
Answers show(Echo& echo, std::size_t most, const std::vector<ModelInput>& inputs) {
  std::mutex turn;
  Together together(turn, most, std::ref(echo));
  Answers answers{std::vector<Probabilities>(inputs.size()), {}};
  std::mutex of_failed;
  std::vector<std::thread> threads;
  const auto ask = [&](std::size_t i) {
    try {
      answers.seen[i] = together.segment(inputs[i]);
    } catch (const base::Error&) {
      const std::lock_guard lock(of_failed);
      answers.failed.push_back(i);
    }
  };
  echo.is_held = true;
  threads.emplace_back(ask, 0);
  {
    std::unique_lock lock(echo.mutex);
    echo.has_begun.wait(lock, [&] { return echo.sizes.size() == 1; });
  }
  for (std::size_t i = 1; i < inputs.size(); ++i) threads.emplace_back(ask, i);
  while (together.waiting() + 1 < inputs.size()) std::this_thread::yield();
  {
    const std::lock_guard lock(echo.mutex);
    echo.is_held = false;
    echo.may_go_on.notify_all();
  }
  for (std::thread& t : threads) t.join();
  std::sort(answers.failed.begin(), answers.failed.end());
  EXPECT_EQ(together.count().volumes, inputs.size());
  return answers;
}

TEST(Together, WhatWaitsIsLookedAtInOneBatch) {
  Echo echo;
  std::vector<ModelInput> inputs;
  for (int i = 0; i < 5; ++i) inputs.push_back(input_of(2, static_cast<float>(i)));
  const Answers answers = show(echo, 8, inputs);
  EXPECT_EQ(echo.sizes, (std::vector<std::size_t>{1, 4}));
  for (std::size_t i = 0; i < inputs.size(); ++i)
    EXPECT_EQ(answers.seen[i].values, inputs[i].values) << "each gets its own answer";
}

TEST(Together, BatchesHoldNoMoreThanAllowed) {
  for (const std::size_t most : {1U, 2U, 3U}) {
    Echo echo;
    const std::vector<ModelInput> inputs(7, input_of(2, 1));
    show(echo, most, inputs);
    std::size_t shown = 0;
    for (const std::size_t n : echo.sizes) {
      EXPECT_LE(n, most);
      shown += n;
    }
    EXPECT_EQ(shown, inputs.size());
    EXPECT_EQ(echo.sizes.size(), 1 + (6 + most - 1) / most);
  }
}

TEST(Together, SizesDoNotMix) {
  Echo echo;
  std::vector<ModelInput> inputs{input_of(2, 0)};
  for (int i = 0; i < 6; ++i) inputs.push_back(input_of(i % 2 == 0 ? 2 : 3, 1));
  const Answers answers = show(echo, 8, inputs);
  EXPECT_EQ(echo.sizes, (std::vector<std::size_t>{1, 3, 3}));
  for (std::size_t i = 0; i < inputs.size(); ++i) EXPECT_EQ(answers.seen[i].grid, inputs[i].grid);
}

TEST(Together, OneThatFailsDoesNotSpoilTheOthers) {
  Echo echo;
  std::vector<ModelInput> inputs(5, input_of(2, 1));
  inputs[3] = input_of(2, -1);
  const Answers answers = show(echo, 8, inputs);
  EXPECT_EQ(answers.failed, std::vector<std::size_t>{3});
  EXPECT_EQ(echo.sizes, (std::vector<std::size_t>{1, 4, 1, 1, 1, 1}));
  for (const std::size_t i : {0U, 1U, 2U, 4U}) EXPECT_EQ(answers.seen[i].values, inputs[i].values);
}

TEST(Together, AnAnswerTooFewIsAnError) {
  std::mutex turn;
  Together together(turn, 2, [](Inputs) { return std::vector<Probabilities>(); });
  EXPECT_EQ(support::fault_of([&] { together.segment(input_of(2, 1)); }), base::Fault::internal);
}

TEST(Together, TwoNetworksThatShareATurnNeverWorkAtOnce) {
  std::mutex turn;
  std::atomic<int> at_work = 0, most_at_work = 0;
  const auto run = [&](Inputs inputs) {
    most_at_work = std::max(most_at_work.load(), ++at_work);
    std::this_thread::yield();
    --at_work;
    std::vector<Probabilities> seen;
    for (const ModelInput* input : inputs) seen.push_back({input->grid, input->values});
    return seen;
  };
  Together head(turn, 4, run), face(turn, 4, run);
  std::vector<std::thread> threads;
  const ModelInput input = input_of(2, 1);
  for (int t = 0; t < 6; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) (t % 2 == 0 ? head : face).segment(input);
    });
  for (std::thread& t : threads) t.join();
  EXPECT_EQ(most_at_work, 1);
  EXPECT_EQ(head.count().volumes + face.count().volumes, 300U);
}

}  // namespace
}  // namespace efface::face
