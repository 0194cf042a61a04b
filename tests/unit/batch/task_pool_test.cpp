#include "batch/task_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "batch/volume_gate.h"

namespace efface::batch {
namespace {

using namespace std::chrono_literals;

/// A place where some threads wait for one another; false when they do not all come.
class Meeting {
 public:
  explicit Meeting(std::size_t expected) : expected_(expected) {}
  bool arrive() {
    std::unique_lock lock(mutex_);
    if (++arrived_ >= expected_) all_here_.notify_all();
    return all_here_.wait_for(lock, 20s, [&] { return arrived_ >= expected_; });
  }

 private:
  std::size_t expected_, arrived_ = 0;
  std::mutex mutex_;
  std::condition_variable all_here_;
};

TEST(TaskPool, RunsEveryTaskOnce) {
  std::vector<std::atomic<int>> runs(200);
  {
    TaskPool pool(3);
    for (std::atomic<int>& run : runs) pool.start([&run] { ++run; });
  }
  for (const std::atomic<int>& run : runs) EXPECT_EQ(run, 1) << "at the end of the pool";
}

TEST(TaskPool, RunsTasksSideBySide) {
  std::atomic<int> met = 0;
  Meeting meeting(3);
  TaskPool pool(3);
  for (int i = 0; i < 3; ++i) pool.start([&] { met += meeting.arrive() ? 1 : 0; });
  pool.wait_below(1);
  EXPECT_EQ(met, 3);
}

TEST(TaskPool, HasAtLeastOneThread) {
  std::atomic<bool> has_run = false;
  TaskPool pool(0);
  pool.start([&] { has_run = true; });
  pool.wait_below(1);
  EXPECT_TRUE(has_run);
}

TEST(TaskPool, WaitsUntilFewEnoughAreUnfinished) {
  std::atomic<int> finished = 0;
  TaskPool pool(1);
  for (int i = 0; i < 5; ++i) {
    pool.start([&] {
      std::this_thread::sleep_for(10ms);
      ++finished;
    });
  }
  pool.wait_below(6);
  pool.wait_below(3);
  EXPECT_GE(finished, 3);
  pool.wait_below(1);
  EXPECT_EQ(finished, 5);
}

TEST(ParallelFor, CallsEveryIndexOnce) {
  for (const std::size_t threads : {1U, 2U, 5U}) {
    TaskPool pool(threads);
    for (const std::size_t count : {0U, 1U, 2U, 7U, 1000U}) {
      std::vector<std::atomic<int>> calls(count);
      pool.parallel_for(count, [&](std::size_t i) { ++calls[i]; });
      for (const std::atomic<int>& call : calls) EXPECT_EQ(call, 1);
    }
  }
}

TEST(ParallelFor, IsHelpedByIdleWorkers) {
  TaskPool pool(3);
  Meeting meeting(3);
  std::atomic<int> met = 0;
  pool.parallel_for(3, [&](std::size_t) { met += meeting.arrive() ? 1 : 0; });
  EXPECT_EQ(met, 3);
}

TEST(ParallelFor, HelpComesBeforeNewTasks) {
  TaskPool pool(2);
  Meeting meeting(2);
  std::atomic<bool> met = false;
  std::atomic<int> later = 0;
  pool.start([&] {
    for (int i = 0; i < 20; ++i) pool.start([&] { ++later; });
    std::atomic<int> arrived = 0;
    pool.parallel_for(2, [&](std::size_t) { arrived += meeting.arrive() ? 1 : 0; });
    met = arrived == 2;
  });
  pool.wait_below(1);
  EXPECT_TRUE(met);
  EXPECT_EQ(later, 20);
}

TEST(ParallelFor, CanBeNested) {
  for (const std::size_t threads : {1U, 2U, 4U}) {
    TaskPool pool(threads);
    std::atomic<int> calls = 0;
    for (int task = 0; task < 6; ++task) {
      pool.start([&] {
        pool.parallel_for(5, [&](std::size_t) {
          pool.parallel_for(
              4, [&](std::size_t) { pool.parallel_for(3, [&](std::size_t) { ++calls; }); });
        });
      });
    }
    pool.wait_below(1);
    EXPECT_EQ(calls, 6 * 5 * 4 * 3);
  }
}

TEST(ParallelFor, ThrowsTheFirstErrorAndSkipsTheRest) {
  TaskPool pool(1);  // one thread: the order is that of the indices
  std::vector<std::size_t> called;
  const auto body = [&](std::size_t i) {
    called.push_back(i);
    if (i >= 2) throw std::runtime_error("at " + std::to_string(i));
  };
  try {
    pool.parallel_for(10, body);
    FAIL() << "no error";
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "at 2");
  }
  EXPECT_EQ(called, (std::vector<std::size_t>{0, 1, 2}));
}

TEST(ParallelFor, ReturnsOnlyWhenNobodyWorksAnyMore) {
  TaskPool pool(4);
  for (int trial = 0; trial < 50; ++trial) {
    std::atomic<int> inside = 0;
    EXPECT_THROW(pool.parallel_for(16,
                                   [&](std::size_t i) {
                                     ++inside;
                                     if (i == 3) {
                                       --inside;
                                       throw std::runtime_error("");
                                     }
                                     std::this_thread::sleep_for(200us);
                                     --inside;
                                   }),
                 std::runtime_error);
    ASSERT_EQ(inside, 0);
  }
}

TEST(ParallelFor, PassesErrorsThroughNestedLoops) {
  TaskPool pool(3);
  const auto inner = [](std::size_t j) {
    if (j == 2) throw std::invalid_argument("");
  };
  EXPECT_THROW(pool.parallel_for(4, [&](std::size_t) { pool.parallel_for(5, inner); }),
               std::invalid_argument);
  std::atomic<int> calls = 0;
  pool.parallel_for(8, [&](std::size_t) { ++calls; });
  EXPECT_EQ(calls, 8) << "the pool works on";
}

TEST(HelpUntil, HelpsTheThreadThatItWaitsFor) {
  TaskPool pool(2);
  Meeting both_started(2), inside_loop(2);
  std::atomic<int> met = 0;
  std::atomic<bool> is_done = false;
  pool.start([&] {
    both_started.arrive();
    // Two indices that need two threads: the other one is waiting.
    pool.parallel_for(2, [&](std::size_t) { met += inside_loop.arrive() ? 1 : 0; });
    is_done = true;
  });
  pool.start([&] {
    both_started.arrive();
    pool.help_until([&] { return is_done.load(); });
  });
  pool.wait_below(1);
  EXPECT_EQ(met, 2);
}

/// The most studies of so many bytes that were at once behind a gate for three small ones.
int most_inside(const std::vector<std::uint64_t>& sizes) {
  TaskPool pool(5);
  VolumeGate gate(3);
  std::atomic<int> inside = 0, most = 0, calls = 0;
  for (const std::uint64_t bytes : sizes) {
    pool.start([&, bytes] {
      const VolumeGate::Turn turn = gate.enter(pool, bytes);
      const int now = ++inside;
      for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) continue;
      pool.parallel_for(6, [&](std::size_t) { ++calls; });
      --inside;
    });
  }
  pool.wait_below(1);
  EXPECT_EQ(calls, 6 * static_cast<int>(sizes.size())) << "nobody waits forever";
  return most;
}

TEST(VolumeGate, LetsAsManySmallStudiesInAsItIsMadeFor) {
  EXPECT_LE(most_inside(std::vector<std::uint64_t>(24, 1)), 3);
  TaskPool pool(3);
  VolumeGate gate(3);
  Meeting meeting(3);
  std::atomic<int> met = 0;
  for (int task = 0; task < 3; ++task) {
    pool.start([&] {
      const VolumeGate::Turn turn = gate.enter(pool, VolumeGate::most_bytes_of_small);
      met += meeting.arrive() ? 1 : 0;
    });
  }
  pool.wait_below(1);
  EXPECT_EQ(met, 3);
}

TEST(VolumeGate, LetsALargeStudyInAlone) {
  EXPECT_EQ(most_inside(std::vector<std::uint64_t>(24, VolumeGate::most_bytes_of_small + 1)), 1);
  std::vector<std::uint64_t> mixed;
  for (int i = 0; i < 24; ++i) mixed.push_back(i % 3 == 0 ? 1ULL << 40 : 1);
  EXPECT_LE(most_inside(mixed), 3);
}

TEST(VolumeGate, LetsOneStudyBeAheadWhateverTheThreads) {
  for (const std::size_t threads : {1U, 2U}) {
    VolumeGate gate = VolumeGate::for_threads(threads);
    TaskPool pool(1);
    const VolumeGate::Turn first = gate.enter(pool, 1), second = gate.enter(pool, 1);
  }
}

}  // namespace
}  // namespace efface::batch
