#include "face/decide.h"

#include <gtest/gtest.h>

#include "face/arrangement.h"
#include "tests/support/decided_head.h"

namespace efface::face {
namespace {

using test::decide_on;
using test::region_at;
using test::SyntheticHead;
using volume::Vec3;

void expect_all_features_inside(const SyntheticHead& head, const FaceRegion& region) {
  for (std::size_t i = 0; i < head.grid.voxel_count(); ++i)
    if (head.label(i) >= Label::eyes) {
      ASSERT_LT(region_at(region, head.place(i)), 0);
    }
}

TEST(Decide, AWholeHeadIsRemoved) {
  const SyntheticHead head;
  const FaceDecision d = decide_on(head);
  ASSERT_EQ(d.verdict, Verdict::removed) << d.reason;
  EXPECT_EQ(d.reason, "face in view");
  EXPECT_GT(d.score, 0.5);
  expect_all_features_inside(head, d.region);
  EXPECT_NEAR(d.label_ml[static_cast<std::size_t>(Label::brain)], 4.19 * 66 * 88 * 66 / 1000, 60);
}

TEST(Decide, ARotatedHeadIsRemoved) {
  SyntheticHead head;
  head.rotate_degrees(30, 0);
  FaceDecision d = decide_on(head);
  ASSERT_EQ(d.verdict, Verdict::removed) << d.reason;
  expect_all_features_inside(head, d.region);
  head.rotate_degrees(-15, 25);
  d = decide_on(head);
  ASSERT_EQ(d.verdict, Verdict::removed) << d.reason;
  expect_all_features_inside(head, d.region);
}

TEST(Decide, EyesThatHaveGrownTogetherTellBothPlaces) {
  SyntheticHead head;
  head.rotate_degrees(25, 0);
  head.change = [](const Vec3& p, Label label) {  // a bridge between them
    const bool is_bridge =
        std::abs(p[0]) < 20 && std::abs(p[1] + 81) < 9 && std::abs(p[2] + 37) < 8;
    return is_bridge ? Label::eyes : label;
  };
  head.has[static_cast<std::size_t>(Feature::nose)] = false;
  head.has[static_cast<std::size_t>(Feature::mouth)] = false;
  head.has[static_cast<std::size_t>(Feature::ears)] = false;
  const Evidence evidence = gather_evidence(head.probabilities(), head.input());
  const auto& eyes = evidence.blobs[static_cast<std::size_t>(Feature::eyes)];
  ASSERT_EQ(eyes.size(), 1U);
  EXPECT_NEAR(norm(eyes[0].halves[0] - eyes[0].halves[1]), 55, 10);
  const Arrangement arrangement = arrange(evidence);
  EXPECT_EQ(arrangement.points, 2U);
  EXPECT_GT(arrangement.pose.rotation_degrees(), 17);
  for (const Vec3& ear : {canonical::ear_left, canonical::ear_right})
    EXPECT_LT(norm(arrangement.pose.patient_mm(ear) - head.pose.patient_mm(ear)), 16);
}

TEST(Decide, HalfAFaceIsRemoved) {
  SyntheticHead head;
  head.in_view = [](const Vec3& p) { return p[0] > 0 && p[2] > -80; };
  const FaceDecision d = decide_on(head);
  ASSERT_EQ(d.verdict, Verdict::removed) << d.reason;
  expect_all_features_inside(head, d.region);
}

TEST(Decide, AHeadWhoseFaceWasOverlookedIsUncertain) {
  SyntheticHead head;
  head.has = {false, false, false, false};
  const FaceDecision d = decide_on(head);
  EXPECT_EQ(d.verdict, Verdict::uncertain);
  EXPECT_EQ(d.reason, "a head, but no face found where one should be");
  EXPECT_EQ(d.region.grid.voxel_count(), 0U);
}

TEST(Decide, AFaceThatTheModelIsNotSureOfIsUncertain) {
  const SyntheticHead head;
  Probabilities doubtful = head.probabilities();
  for (std::size_t i = 0; i < head.grid.voxel_count(); ++i) {
    if (head.label(i) < Label::eyes) continue;
    for (std::size_t l = 0; l < label_count; ++l) {
      float& p = doubtful.values[l * head.grid.voxel_count() + i];
      p = 0.8F * p + (l == static_cast<std::size_t>(Label::head) ? 0.2F : 0.0F);
    }
  }
  const FaceDecision d = decide(doubtful, head.input(), {});
  EXPECT_EQ(d.verdict, Verdict::uncertain);
  EXPECT_EQ(d.reason, "a face, but the model is not sure of it");
}

TEST(Decide, EyesBehindTheBrainAreUncertain) {
  SyntheticHead head;
  head.has[static_cast<std::size_t>(Feature::eyes)] = false;
  head.change = [](const Vec3& p, Label l) {
    return SyntheticHead::in_ellipsoid(p, {32, 92, -20}, {16, 14, 14}) ||
                   SyntheticHead::in_ellipsoid(p, {-32, 92, -20}, {16, 14, 14})
               ? Label::eyes
               : l;
  };
  const FaceDecision d = decide_on(head);
  EXPECT_EQ(d.verdict, Verdict::uncertain);
  EXPECT_EQ(d.reason, "eyes found behind the brain");
}

TEST(Decide, AHeadTurnedAgainstItsHeaderIsUncertain) {
  SyntheticHead head;
  head.rotate_degrees(180, 0);
  EXPECT_EQ(decide_on(head).verdict, Verdict::uncertain);
}

TEST(Decide, AnEarOfWhichAPartWasFoundGoesWhole) {
  SyntheticHead head;
  head.change = [](const Vec3& p, Label l) {
    return l == Label::ears && p[1] < canonical::ear_left[1] + 4 ? Label::head : l;
  };
  const FaceDecision d = decide_on(head);
  ASSERT_EQ(d.verdict, Verdict::removed) << d.reason;
  Vec3 front = canonical::ear_left;
  front[1] -= 12;
  EXPECT_LT(region_at(d.region, head.pose.patient_mm(front)), 0);
}

/// The region's signed distance behind the left ear, past the end of the ear.
double behind_left_ear(const FaceDecision& d, double mm) {
  Vec3 p = canonical::ear_left;
  p[1] += 18 + mm;
  return region_at(d.region, p);
}

TEST(Decide, AnEarsPlaceGoesWithAsMuchRoomAsItIsUnsure) {
  SyntheticHead head;
  const FaceDecision found = decide_on(head);
  head.change = [](const Vec3& p, Label l) {  // the network overlooks it
    return l == Label::ears && p[0] > 0 ? Label::head : l;
  };
  const FaceDecision missed = decide_on(head);
  ASSERT_EQ(missed.reason, "face in view, left ear placed by the others");
  head.in_view = [](const Vec3& p) { return p[0] > -6; };
  const FaceDecision half = decide_on(head);
  ASSERT_EQ(half.verdict, Verdict::removed) << half.reason;
  EXPECT_GT(behind_left_ear(found, 18), 0);
  EXPECT_LT(behind_left_ear(missed, 20), 0);
  EXPECT_GT(behind_left_ear(missed, 22), 0);
  EXPECT_LT(behind_left_ear(half, 22), 0);
}

TEST(Decide, AMissedMouthIsPlacedByTheOtherParts) {
  SyntheticHead head;
  head.has[static_cast<std::size_t>(Feature::mouth)] = false;
  const FaceDecision d = decide_on(head);
  ASSERT_EQ(d.verdict, Verdict::removed);
  EXPECT_EQ(d.reason, "face in view, mouth placed by the others");
  EXPECT_LT(region_at(d.region, canonical::mouth), -5);
}

TEST(Decide, AFaceCutInFrontMayBeWrappedBehindTheHead) {
  SyntheticHead head;
  head.in_view = [](const Vec3& p) { return p[1] > -100; };
  EXPECT_EQ(decide_on(head).verdict, Verdict::removed) << decide_on(head).reason;
  head.in_view = [](const Vec3& p) { return p[1] < 70; };
  EXPECT_EQ(decide_on(head).verdict, Verdict::removed) << decide_on(head).reason;
  head.in_view = [](const Vec3& p) { return p[1] > -100 && p[1] < 70; };
  const FaceDecision d = decide_on(head);
  EXPECT_EQ(d.verdict, Verdict::uncertain);
  EXPECT_EQ(d.reason, "the face is cut in front, and tissue behind the head may be what was cut");
  ModelInput ct = head.input();
  ct.is_hounsfield = true;  // nothing wraps around in CT
  EXPECT_EQ(decide(head.probabilities(), ct, {}).verdict, Verdict::removed);
}

TEST(Decide, WhatIsLostBesideCutEyesMayBeWrapped) {
  SyntheticHead head;
  head.in_view = [](const Vec3& p) { return p[1] > -72 && p[1] < 70; };
  head.change = [](const Vec3& p, Label l) {  // a strip of nose and mouth is all that was seen
    return (l == Label::nose || l == Label::mouth) && p[0] > -10 ? Label::head : l;
  };
  EXPECT_EQ(decide_on(head).reason,
            "the face is cut in front, and tissue behind the head may be what was cut");
}

TEST(Decide, WhatWasCutMayBeWrappedInsideBlankEnds) {
  SyntheticHead head;
  head.in_view = [](const Vec3& p) { return p[1] > -100 && p[1] < 70; };
  ModelInput pasted = head.input();
  for (std::size_t i = 0; i < pasted.inside.size(); ++i) {
    pasted.blank.push_back(pasted.inside[i] == 0);
    pasted.inside[i] = 1;
  }
  EXPECT_EQ(decide(head.probabilities(), pasted, {}).reason,
            "the face is cut in front, and tissue behind the head may be what was cut");
  pasted.blank.clear();  // the same values, but scanned to the ends
  EXPECT_EQ(decide(head.probabilities(), pasted, {}).verdict, Verdict::removed);
}

TEST(Decide, WhatATiltedViewCutsBelowIsCutNeitherInFrontNorBehind) {
  const auto back = [](const Vec3& p, double tilt) {
    return std::cos(tilt) * p[1] + std::sin(tilt) * p[2];
  };
  const auto up = [](const Vec3& p, double tilt) {
    return std::cos(tilt) * p[2] - std::sin(tilt) * p[1];
  };
  SyntheticHead head;
  // The nose is cut in front, and the neck by a lower end whose steps look to the back.
  head.in_view = [&](const Vec3& p) { return p[1] > -100 && up(p, 0.3) > -95; };
  EXPECT_EQ(decide_on(head).verdict, Verdict::removed) << decide_on(head).reason;
  // So little of the nose is cut in front that only the mouth, cut by steps that look to the front,
  // would make it enough; the occiput is cut, too.
  head.in_view = [&](const Vec3& p) { return p[1] > -114 && up(p, -0.5) > -125 && p[1] < 40; };
  EXPECT_EQ(decide_on(head).verdict, Verdict::removed) << decide_on(head).reason;
  for (const double tilt : {-0.4, 0.4}) {
    head.in_view = [&](const Vec3& p) {
      return back(p, tilt) > (tilt < 0 ? -60 : -120) && back(p, tilt) < 50;
    };
    EXPECT_EQ(decide_on(head).reason,
              "the face is cut in front, and tissue behind the head may be what was cut")
        << tilt;
  }
}

/// A head cut along a plane as defacing tools do, in front of which nothing is left.
SyntheticHead defaced_below(double z) {
  SyntheticHead head;
  head.change = [z](const Vec3& p, Label label) {
    return p[1] < -30 && p[2] < z && label != Label::brain ? Label::air : label;
  };
  return head;
}

TEST(Decide, AFaceThatSomebodyCutSpeaksForNoOther) {
  EXPECT_TRUE(decide_on(SyntheticHead()).is_whole);
  const FaceDecision cut = decide_on(defaced_below(-55));
  ASSERT_EQ(cut.verdict, Verdict::removed) << cut.reason;
  EXPECT_FALSE(cut.is_whole);

  SyntheticHead ends_above_the_mouth;
  ends_above_the_mouth.in_view = [](const Vec3& p) { return p[2] > -60; };
  const FaceDecision part = decide_on(ends_above_the_mouth);
  ASSERT_EQ(part.verdict, Verdict::removed) << part.reason;
  EXPECT_TRUE(part.is_whole) << "what is not in view is not missing";

  SyntheticHead without_ears;
  without_ears.has[static_cast<std::size_t>(Feature::ears)] = false;
  EXPECT_TRUE(decide_on(without_ears).is_whole);
  EXPECT_FALSE(decide_on(defaced_below(200)).is_whole) << "no face at all";
}

TEST(Decide, ADoubtfulBrainIsUncertain) {
  const SyntheticHead head;
  const std::size_t n = head.grid.voxel_count();
  for (const float said : {0.7F, 0.3F}) {
    Probabilities doubtful = head.probabilities();
    for (std::size_t i = 0; i < n; ++i) {
      if (head.label(i) != Label::brain || head.place(i)[2] < -20) continue;
      doubtful.values[static_cast<std::size_t>(Label::brain) * n + i] = said;
      doubtful.values[static_cast<std::size_t>(Label::head) * n + i] = 0.975F - said;
    }
    const FaceDecision d = decide(doubtful, head.input(), {});
    EXPECT_EQ(d.verdict, said > 0.5F ? Verdict::removed : Verdict::uncertain) << d.reason;
    if (said < 0.5F) {
      EXPECT_EQ(d.reason, "a face, but the model is not sure of the brain behind it");
    }
  }
}

TEST(Decide, ARegionDeepInTheBrainIsUncertain) {
  using namespace canonical;
  SyntheticHead head;
  // Brain, it says, lies between the parts of the face, before them, and nowhere near them.
  head.change = [](const Vec3& p, Label l) {
    const bool is_near = norm(p - eye_left) < 27 || norm(p - eye_right) < 27 ||
                         norm(p - nose) < 31 || norm(p - mouth) < 36;
    const bool is_before = p[1] < -4 && p[2] < 20 && p[2] > -130 && std::abs(p[0]) < 70;
    return (l == Label::head || l == Label::air) && is_before && !is_near ? Label::brain : l;
  };
  const FaceDecision d = decide_on(head);
  EXPECT_EQ(d.verdict, Verdict::uncertain);
  EXPECT_EQ(d.reason, "the face's region reaches far into the brain");
  EXPECT_GT(d.collision_ml, 700);
}

TEST(Decide, ABrainThatTakesTheEyesIsUncertain) {
  SyntheticHead head;
  head.change = [](const Vec3& p, Label l) {
    return l == Label::eyes && p[1] > -87 ? Label::brain : l;
  };
  const FaceDecision d = decide_on(head);
  EXPECT_EQ(d.verdict, Verdict::uncertain);
  EXPECT_EQ(d.reason, "eyes and brain overlap");
}

TEST(Decide, ABrainInTheEyesPlaceIsUncertain) {
  SyntheticHead head;
  head.change = [](const Vec3&, Label l) { return l == Label::eyes ? Label::brain : l; };
  const FaceDecision d = decide_on(head);
  EXPECT_EQ(d.verdict, Verdict::uncertain);
  EXPECT_EQ(d.reason, "brain found in the left eye's place");
}

}  // namespace
}  // namespace efface::face
