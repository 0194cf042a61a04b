// What goes beside what the networks found: the places of parts that they overlooked.
#include <gtest/gtest.h>

#include "face/decide.h"
#include "tests/support/decided_head.h"

namespace efface::face {
namespace {

using test::decide_on;
using test::region_at;
using test::SyntheticHead;
using volume::Vec3;

/// Decides on a head of which the networks take everything at a place for air; it looks like air,
/// too, but for a ball around `centre` of so many mm that is by `brighter` brighter.
FaceDecision decide_on_faint(const SyntheticHead& head, const Vec3& centre, double radius_mm,
                             float brighter) {
  ModelInput input = head.input();
  for (std::size_t v = 0; v < input.values.size(); ++v)
    if (head.label(v) == Label::air && norm(head.place(v) - centre) < radius_mm)
      input.values[v] += brighter;
  return decide(head.probabilities(), input, {});
}

TEST(Parts, AMouthThatTheViewCutsIsPlacedByTheOtherParts) {
  SyntheticHead head;
  head.change = [](const Vec3&, Label l) { return l == Label::mouth ? Label::head : l; };
  head.in_view = [](const Vec3& p) { return p[0] > 10; };  // two fifths of its length
  const FaceDecision d = decide_on(head);
  ASSERT_EQ(d.verdict, Verdict::removed) << d.reason;
  EXPECT_EQ(d.reason, "face in view, mouth placed by the others");
  Vec3 corner = canonical::mouth;
  corner[0] += 16;
  EXPECT_LT(region_at(d.region, corner), 0);
}

TEST(Parts, AnEyeOfWhichLittleShowsGoesWithTheOther) {
  SyntheticHead head;
  head.change = [](const Vec3& p, Label l) {
    return norm(p - canonical::eye_right) < 24 && l != Label::brain ? Label::air : l;
  };
  const auto shown = [&](float brighter) {
    return decide_on_faint(head, canonical::eye_right, 10, brighter);
  };
  Vec3 outer = canonical::eye_right;
  outer[0] -= 10;
  ASSERT_EQ(shown(0.4F).verdict, Verdict::removed) << shown(0.4F).reason;
  EXPECT_LT(region_at(shown(0.4F).region, outer), 0);
  EXPECT_GT(region_at(shown(0).region, outer), 0) << "nothing is there";
}

TEST(Parts, AnEarHardlyBrighterThanTheAirGoes) {
  SyntheticHead head;
  head.change = [](const Vec3& p, Label l) {
    return l == Label::ears && p[0] > 0 ? Label::air : l;
  };
  const auto shown = [&](float brighter) {
    return decide_on_faint(head, canonical::ear_left, 40, brighter);
  };
  Vec3 upper = canonical::ear_left;
  upper[2] += 20;
  ASSERT_EQ(shown(0.05F).verdict, Verdict::removed) << shown(0.05F).reason;
  EXPECT_LT(region_at(shown(0.05F).region, upper), 0);
  EXPECT_GT(region_at(shown(0).region, upper), 0) << "nothing is there";
}

}  // namespace
}  // namespace efface::face
