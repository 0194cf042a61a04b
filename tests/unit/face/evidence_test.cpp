#include "face/evidence.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "tests/support/synthetic_head.h"

namespace efface::face {
namespace {

using volume::Vec3;

BrainEvidence brain_in_view(const std::function<bool(const Vec3&)>& in_view) {
  test::SyntheticHead head;
  head.in_view = in_view;
  return gather_evidence(head.probabilities(), head.input()).brain;
}

using Ends = std::array<bool, 3>;

TEST(Evidence, AWholeBrainIsNotCut) {
  const BrainEvidence brain = brain_in_view([](const Vec3&) { return true; });
  EXPECT_GT(brain.ml, 1000);
  EXPECT_EQ(brain.cut_low, (Ends{false, false, false}));
  EXPECT_EQ(brain.cut_high, (Ends{false, false, false}));
}

TEST(Evidence, ABrainIsCutWhereTheViewEnds) {
  const BrainEvidence brain = brain_in_view([](const Vec3& p) { return p[2] < 10 && p[0] > -40; });
  EXPECT_EQ(brain.cut_low, (Ends{true, false, false}));
  EXPECT_EQ(brain.cut_high, (Ends{false, false, true}));
}

/// Slices of a stack lie along the orbits, say: the last one ends higher behind than in front.
TEST(Evidence, ABrainIsCutByAnEndThatIsTilted) {
  for (const double degrees : {-20.0, -8.0, 8.0, 20.0}) {
    const double slope = std::tan(degrees * std::numbers::pi / 180);
    const BrainEvidence brain =
        brain_in_view([&](const Vec3& p) { return p[2] < 10 + slope * p[1]; });
    EXPECT_EQ(brain.cut_low, (Ends{false, false, false})) << degrees;
    EXPECT_EQ(brain.cut_high, (Ends{false, false, true})) << degrees;
  }
}

}  // namespace
}  // namespace efface::face
