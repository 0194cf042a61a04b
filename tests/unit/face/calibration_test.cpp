#include "face/calibration.h"

#include <gtest/gtest.h>

#include "face/decide.h"
#include "tests/support/synthetic_head.h"

namespace efface::face {
namespace {

TEST(Calibrated, WithoutPointsARawScoreStands) {
  EXPECT_EQ(calibrated({}, 0.37), 0.37);
}

TEST(Calibrated, LiesOnTheLinesBetweenPoints) {
  const Calibration points{{0.2, 0.5}, {0.6, 0.9}};
  EXPECT_DOUBLE_EQ(calibrated(points, 0.2), 0.5);
  EXPECT_DOUBLE_EQ(calibrated(points, 0.3), 0.6);
  EXPECT_DOUBLE_EQ(calibrated(points, 0.6), 0.9);
}

TEST(Calibrated, DoesNotGoOnBeyondTheOutermostPoints) {
  const Calibration points{{0.2, 0.5}, {0.6, 0.9}};
  EXPECT_EQ(calibrated(points, 0), 0.5);
  EXPECT_EQ(calibrated(points, 1), 0.9);
  EXPECT_EQ(calibrated({{0.5, 0.8}}, 0.1), 0.8);
}

TEST(Score, OfARemovedFaceIsReadFromItsOwnPoints) {
  const test::SyntheticHead head;
  DecideOptions options;
  options.calibrations = {{{0, 0.25}}, {{0, 0.75}}};
  const FaceDecision d = decide(head.probabilities(), head.input(), options);
  ASSERT_EQ(d.verdict, Verdict::removed);
  EXPECT_EQ(d.score, 0.25);
}

TEST(Score, OfAFaceThatIsNotInViewIsReadFromTheOthers) {
  test::SyntheticHead head;
  head.has = {false, false, false, false};
  head.has_front = false;
  head.change = [](const volume::Vec3& p, Label l) {
    return p[1] < -62 && l == Label::head ? Label::air : l;
  };
  DecideOptions options;
  options.calibrations = {{{0, 0.25}}, {{0, 0.75}}};
  const FaceDecision d = decide(head.probabilities(), head.input(), options);
  ASSERT_EQ(d.verdict, Verdict::no_face);
  EXPECT_EQ(d.score, 0.75);
}

TEST(Score, FallsWithTheAgreementOfTwoLooks) {
  const test::SyntheticHead head;
  const auto score = [&](std::optional<double> agreement) {
    return decide(head.probabilities(), head.input(), {}, agreement).score;
  };
  EXPECT_EQ(score(1.0), score(std::nullopt));
  EXPECT_NEAR(score(0.75), 0.75 * score(1.0), 1e-12);
}

TEST(Decide, TwoLooksThatSeeDifferentFacesAreUncertain) {
  const test::SyntheticHead head;
  const FaceDecision d = decide(head.probabilities(), head.input(), {}, 0.1);
  EXPECT_EQ(d.verdict, Verdict::uncertain);
  EXPECT_EQ(d.reason, "the two networks do not see the same face");
  EXPECT_EQ(d.region.grid.voxel_count(), 0U);
}

}  // namespace
}  // namespace efface::face
