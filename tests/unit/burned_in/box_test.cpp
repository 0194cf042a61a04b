#include "burned_in/box.h"

#include <gtest/gtest.h>

namespace efface::burned_in::test {
namespace {

TEST(Box, GrowsWithinTheFrame) {
  EXPECT_EQ(grown({10, 10, 5, 5}, 3, 100, 100), (Box{7, 7, 11, 11}));
  EXPECT_EQ(grown({1, 95, 5, 5}, 3, 100, 100), (Box{0, 92, 9, 8}));
}

TEST(Box, KnowsWhatItShares) {
  EXPECT_EQ(intersection({0, 0, 10, 10}, {5, 5, 10, 10}), (Box{5, 5, 5, 5}));
  EXPECT_TRUE(intersection({0, 0, 10, 10}, {10, 0, 10, 10}).is_empty());
  EXPECT_EQ(around({0, 0, 2, 2}, {8, 8, 2, 2}), (Box{0, 0, 10, 10}));
  EXPECT_EQ(around({}, {8, 8, 2, 2}), (Box{8, 8, 2, 2}));
}

TEST(Box, IsCoveredByOneAlone) {
  const Box box{0, 0, 10, 10};
  EXPECT_DOUBLE_EQ(covered_part(box, {}), 0);
  EXPECT_DOUBLE_EQ(covered_part(box, {{0, 0, 5, 10}, {5, 0, 4, 10}}), 0.5);
  EXPECT_DOUBLE_EQ(covered_part(box, {{-5, -5, 50, 50}}), 1);
}

TEST(Box, DropsWhatLiesInside) {
  EXPECT_EQ(without_contained({{5, 5, 2, 2}, {0, 0, 10, 10}, {8, 8, 5, 5}, {0, 0, 10, 10}, {}}),
            (std::vector<Box>{{0, 0, 10, 10}, {8, 8, 5, 5}}));
}

}  // namespace
}  // namespace efface::burned_in::test
