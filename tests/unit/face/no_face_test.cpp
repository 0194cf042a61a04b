// When decide() lets a volume through as it is: no head in view, or none whose face is there.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "face/decide.h"
#include "tests/support/decided_head.h"

namespace efface::face {
namespace {

using test::decide_on;
using test::SyntheticHead;
using volume::Vec3;

/// A head whose face somebody has taken off.
SyntheticHead defaced() {
  SyntheticHead head;
  head.has = {false, false, false, false};
  head.has_front = false;
  head.change = [](const Vec3& p, Label l) {
    return p[1] < -62 && l == Label::head ? Label::air : l;
  };
  return head;
}

TEST(NoFace, NothingInViewIsNoHead) {
  SyntheticHead head;
  head.has_tissue = head.has_brain = false;
  head.has = {false, false, false, false};
  EXPECT_EQ(decide_on(head).verdict, Verdict::no_head);
  head.has_tissue = true;  // a body, say
  EXPECT_EQ(decide_on(head).verdict, Verdict::no_head);
  head.in_view = [](const Vec3& p) { return p[0] > 50; };  // a slice of it, or of a head's side
  EXPECT_EQ(decide_on(head).verdict, Verdict::uncertain);
  EXPECT_EQ(decide_on(head).reason, "too little tissue in view to tell whether it is of a head");
}

/// A skull and a scalp as thick as those of an adult.
Label with_scalp(const Vec3& p, Label label) {
  const bool is_scalp = label == Label::air && SyntheticHead::in_ellipsoid(p, {}, {82, 104, 82});
  return is_scalp ? Label::head : label;
}

TEST(NoFace, AHeadThatIsCutMayHaveAFaceAtTheViewsEnd) {
  const std::function<bool(const Vec3&)> above_the_eyes = [](const Vec3&p) { return p[2] > -12; },
                                         behind_the_eyes = [](const Vec3&p) { return p[1] > 15; };
  for (const auto& in_view : {above_the_eyes, behind_the_eyes}) {
    SyntheticHead head;
    head.change = with_scalp;
    head.in_view = in_view;
    head.has = {false, false, false, false};
    const FaceDecision d = decide_on(head);
    EXPECT_EQ(d.verdict, Verdict::uncertain);
    EXPECT_EQ(d.reason, "no face found, but one may begin where the view ends");
  }
}

TEST(NoFace, AWholeBrainWithoutItsSkullHasNoFace) {
  SyntheticHead head;
  head.has = {false, false, false, false};
  head.has_tissue = false;
  const std::function<bool(const Vec3&)> wide = [](const Vec3&) { return true; },
                                         tight = [](const Vec3&p) {
                                           return std::abs(p[0]) < 67 && std::abs(p[1]) < 89 &&
                                                  std::abs(p[2]) < 67;
                                         };
  for (const auto& in_view : {wide, tight}) {
    head.in_view = in_view;
    EXPECT_EQ(decide_on(head).verdict, Verdict::no_face);
    EXPECT_EQ(decide_on(head).reason, "a brain without skull and face");
  }
  head.in_view = [](const Vec3& p) { return p[2] > -12; };  // half of it tells nothing
  EXPECT_EQ(decide_on(head).verdict, Verdict::uncertain);
  head.in_view = wide;
  head.change = [](const Vec3& p, Label l) {  // what was stripped badly: an eye that is overlooked
    return norm(p - canonical::eye_left) < 14 ? Label::head : l;
  };
  EXPECT_EQ(decide_on(head).verdict, Verdict::uncertain);
}

TEST(NoFace, ABrainWithinAFaintHeadIsNotAlone) {
  SyntheticHead head;
  head.has = {false, false, false, false};
  head.has_front = false;
  const auto shown = [&](float scalp) {  // all but the brain as dark as air, or nearly so
    ModelInput input = head.input();
    for (std::size_t v = 0; v < input.values.size(); ++v)
      if (head.label(v) != Label::brain)
        input.values[v] = 0.01F * static_cast<float>(v % 5) +
                          (norm(head.place(v) - Vec3{0, 70, -60}) < 40 ? scalp : 0);
    SyntheticHead alone = head;
    alone.has_tissue = false;
    return decide(alone.probabilities(), input, {});
  };
  EXPECT_EQ(shown(0).verdict, Verdict::no_face) << shown(0).reason;
  EXPECT_EQ(shown(0).reason, "a brain without skull and face");
  EXPECT_NE(shown(0.05F).reason, "a brain without skull and face");
}

TEST(NoFace, ANetworkThatIsShownMoreMayDenyAFaceAboveTheEars) {
  SyntheticHead head;
  head.change = with_scalp;
  head.has = {false, false, false, false};
  const auto shown_more = [&](double end) {  // the networks go on below the view
    const Probabilities seen = head.probabilities();
    SyntheticHead view = head;
    view.in_view = [end](const Vec3& p) { return p[2] > end; };
    return decide(seen, view.input(), {}, std::nullopt, true);
  };
  EXPECT_EQ(shown_more(10).verdict, Verdict::no_face) << shown_more(10).reason;
  EXPECT_EQ(shown_more(10).reason, "the face region is out of the field of view");
  EXPECT_EQ(shown_more(-30).verdict, Verdict::uncertain) << "ears may begin there";
  head.change = [](const Vec3& p, Label l) {  // a trace: no blob of 0.1 ml, but more than nothing
    return norm(p - Vec3{30, -85, 0}) < 7 ? Label::eyes : with_scalp(p, l);
  };
  EXPECT_NE(shown_more(10).verdict, Verdict::no_face);
}

TEST(NoFace, AViewFullOfTissueAtItsUpperEndHoldsNoVertex) {
  SyntheticHead head;
  head.change = with_scalp;
  head.has = {false, false, false, false};
  const auto reason_with_a_column = [&](double radius_mm) {  // of tissue, up to the view's end
    const Probabilities seen = head.probabilities();
    SyntheticHead view = head;
    view.in_view = [](const Vec3& p) { return p[2] > 10; };
    ModelInput input = view.input();
    for (std::size_t v = 0; v < input.values.size(); ++v) {
      const Vec3 p = view.place(v);
      if (input.inside[v] && std::hypot(p[0], p[1]) < radius_mm) input.values[v] = 0.8F;
    }
    return decide(seen, input, {}, std::nullopt, true).reason;
  };
  EXPECT_EQ(reason_with_a_column(30), "the face region is out of the field of view");
  EXPECT_EQ(reason_with_a_column(45), "no face found, but one may begin where the view ends");
}

TEST(NoFace, EarsAloneDoNotTellThatTheRestIsOutOfView) {
  SyntheticHead head;
  head.change = with_scalp;
  head.in_view = [](const Vec3& p) { return p[1] > -10; };
  const FaceDecision d = decide_on(head);
  EXPECT_GT(d.label_ml[static_cast<std::size_t>(Label::ears)], 10);
  EXPECT_EQ(d.verdict, Verdict::uncertain);
  EXPECT_EQ(d.reason, "ears, but no face found where one should be");
}

TEST(NoFace, AnEmptyFaceRegionIsNoFace) {
  const FaceDecision d = decide_on(defaced());
  EXPECT_EQ(d.verdict, Verdict::no_face);
  EXPECT_EQ(d.reason, "the face region is already empty");
}

TEST(NoFace, AFaceFarDarkerThanTheBrainIsNoEmptyPlace) {
  const SyntheticHead head = defaced();
  const auto shown = [&](float face) {
    ModelInput input = head.input();
    for (std::size_t v = 0; v < input.values.size(); ++v) {
      if (head.label(v) != Label::air) continue;
      const Vec3 p = head.place(v);
      const bool is_front = std::abs(p[0]) < 60 && p[1] < -62 && p[1] > -120;
      input.values[v] = 0.01F * static_cast<float>(v % 4) + (is_front ? face : 0);
    }
    return decide(head.probabilities(), input, {});
  };
  EXPECT_EQ(shown(0).verdict, Verdict::no_face);
  EXPECT_EQ(shown(0.04F).verdict, Verdict::uncertain);
  EXPECT_EQ(shown(0.04F).reason, "a head, but no face found where one should be");
}

TEST(NoFace, AFaceAsDarkAsTheNoiseIsNoEmptyPlace) {
  const SyntheticHead head = defaced();
  const auto noise = [](std::size_t v, std::size_t values) {  // so many, as if thrown by dice
    return (static_cast<std::uint32_t>(v) * 2654435761U >> 16) % values;
  };
  const auto shown = [&](bool has_face) {  // of the air's 0 to 3 the face lacks the zeros
    ModelInput input = head.input();
    for (std::size_t v = 0; v < input.values.size(); ++v) {
      if (head.label(v) != Label::air) continue;
      const Vec3 p = head.place(v);
      const bool is_face = has_face && norm(p - canonical::eye_left) < 18;
      input.values[v] = 0.01F * static_cast<float>(is_face ? 1 + noise(v, 3) : noise(v, 4));
    }
    return decide(head.probabilities(), input, {});
  };
  EXPECT_EQ(shown(false).verdict, Verdict::no_face);
  EXPECT_EQ(shown(true).verdict, Verdict::uncertain);
  EXPECT_EQ(shown(true).reason, "a head, but no face found where one should be");
}

TEST(NoFace, AFewSpotsOfBrainDoNotTellWhereTheFaceWouldBe) {
  SyntheticHead head;
  head.has = {false, false, false, false};
  head.has_front = false;
  // 33 ml that look like brain in an otherwise empty field: a chin has as much
  head.change = [](const Vec3& p, Label l) {
    return norm(p) < 20 && l == Label::brain ? l : Label::air;
  };
  const FaceDecision d = decide_on(head);
  EXPECT_EQ(d.verdict, Verdict::uncertain);
  EXPECT_EQ(d.reason, "too little brain in view to tell where the face would be");
}

TEST(NoFace, ABrainCutAboveAndWholeBelowTellsNothingOfTheFace) {
  SyntheticHead head = defaced();
  head.in_view = [](const Vec3& p) { return p[2] < 20; };
  EXPECT_EQ(decide_on(head).verdict, Verdict::uncertain);
}

}  // namespace
}  // namespace efface::face
