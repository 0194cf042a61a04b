#include "audit/in_order.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <numeric>
#include <stdexcept>
#include <string>

namespace efface::audit {
namespace {

TEST(InOrder, UsesAllResultsInTheirOrder) {
  for (const std::size_t threads : {0, 1, 2, 5}) {
    std::vector<std::size_t> expected(200), used;
    std::iota(expected.begin(), expected.end(), 0U);
    in_order(
        expected.size(), threads,
        [](std::size_t i) {
          if (i % 7 == 0) std::this_thread::sleep_for(std::chrono::microseconds(300));
          return i;
        },
        [&](std::size_t i) { used.push_back(i); });
    EXPECT_EQ(used, expected) << threads;
  }
}

TEST(InOrder, MakesOnlyAFewAhead) {
  std::atomic<std::size_t> made = 0;
  std::size_t used = 0, most_ahead = 0;
  in_order(
      300, 2, [&](std::size_t i) { return ++made, i; },
      [&](std::size_t) {
        std::this_thread::sleep_for(std::chrono::microseconds(50));
        most_ahead = std::max(most_ahead, made - ++used);
      });
  EXPECT_LE(most_ahead, 8U);
}

TEST(InOrder, StopsAtTheFirstErrorOfEitherKind) {
  const auto make = [](std::size_t i) {
    if (i == 40) throw std::runtime_error("made");
    return i;
  };
  std::size_t used = 0;
  EXPECT_THROW(in_order(100, 3, make, [&](std::size_t) { ++used; }), std::runtime_error);
  EXPECT_EQ(used, 40U);
  const auto refuse = [](std::size_t i) {
    if (i == 3) throw std::logic_error("used");
  };
  EXPECT_THROW(in_order(100, 3, make, refuse), std::logic_error);
}

}  // namespace
}  // namespace efface::audit
