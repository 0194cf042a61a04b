// Views that end within a head: what the networks are shown beyond the end, and what is believed.
#include <gtest/gtest.h>

#include <array>
#include <utility>

#include "face/judge.h"
#include "face/look.h"
#include "face/prepare.h"
#include "tests/unit/face/painted_head.h"

namespace efface::face {
namespace {

using test::Painter;
using test::SmoothHead;
using volume::Vec3;

/// Tissue bright, air dark, from `low` to `high`.
volume::Volume image_of(const SmoothHead& head, const Vec3& low, const Vec3& high) {
  volume::Volume v = test::volume_around(low, high);
  std::size_t at = 0;
  for (std::size_t k = 0; k < v.grid.slices(); ++k)
    for (std::size_t j = 0; j < v.grid.rows; ++j)
      for (std::size_t i = 0; i < v.grid.columns; ++i) {
        const auto said =
            head.at(v.grid.patient_mm(static_cast<double>(i), static_cast<double>(j), k));
        v.values[at++] = said[static_cast<std::size_t>(Label::air)] > 0.5F ? 5 : 100;
      }
  return v;
}

volume::Volume above(double z) {
  return image_of(SmoothHead{}, {-125, -150, z}, {125, 125, 95});
}

/// Sees another thing when it is shown less than down to z = `least`: a head whose face it
/// overlooks unless told otherwise. Says air of what it is not shown.
class NeedsSurroundings : public Painter {
 public:
  NeedsSurroundings(double spacing_mm, double least,
                    test::Opinion otherwise = SmoothHead{.has_face = false}.opinion())
      : Painter(spacing_mm, SmoothHead{}.opinion()),
        otherwise_(spacing_mm, std::move(otherwise)),
        least_(least) {}

  Probabilities segment(const ModelInput& input) override {
    const std::size_t plane = input.grid.size[0] * input.grid.size[1];
    bool is_shown = false;
    for (std::size_t v = 0; v < input.inside.size() && !is_shown; ++v)
      is_shown = input.inside[v] && input.grid.patient_mm(0, 0, v / plane)[2] <= least_;
    Probabilities p = is_shown ? Painter::segment(input) : otherwise_.segment(input);
    for (std::size_t v = 0; v < input.inside.size(); ++v)
      if (!input.inside[v])
        for (std::size_t label = 0; label < label_count; ++label)
          p.values[label * input.inside.size() + v] = label == 0 ? 1 : 0;
    return p;
  }

 private:
  Painter otherwise_;
  double least_;
};

Judged judged_above(double z, double needed_mm) {
  NeedsSurroundings whole(5, z - needed_mm), finer(4, z - needed_mm);
  return judge(above(z), {whole, &finer}, {});
}

TEST(ContinuedView, TheNetworksSeeMoreAndTheInputSaysWhatIsReal) {
  const volume::Volume slab = above(20);
  Painter whole(5, SmoothHead{}.opinion()), finer(4, SmoothHead{}.opinion());
  const Sight sight = look(slab, {whole, &finer}, 40);
  ASSERT_EQ(sight.probabilities.grid, sight.input.grid);
  const auto& shown = whole.seen.at(0);
  EXPECT_LE(shown.origin[2], 20 - 40);
  EXPECT_EQ(sight.input.grid.spacing_mm, 4);
  EXPECT_LT(sight.input.grid.origin[2], 0) << "there is room below";
  const std::size_t plane = sight.input.grid.size[0] * sight.input.grid.size[1];
  for (std::size_t v = 0; v < sight.input.inside.size(); ++v)
    if (sight.input.inside[v]) {
      ASSERT_GT(sight.input.grid.patient_mm(0, 0, v / plane)[2], 20 - 3);
    }
}

TEST(ContinuedView, AFaceThatIsOverlookedAtTheEndIsSeenInItAndRemoved) {
  const Judged judged = judged_above(-80, 20);
  ASSERT_EQ(judged.decision.verdict, Verdict::removed) << judged.decision.reason;
  EXPECT_NE(judged.decision.reason.find("seen with the view continued"), std::string::npos);
  EXPECT_GT(judged.decision.label_ml[static_cast<std::size_t>(Label::eyes)], 10);
  EXPECT_LE(judged.air.grid.origin[2], -80);
  ModelCard card;
  card.spacing_mm = 5;
  EXPECT_EQ(judged.air.grid, model_grid(above(-80).grid, card));
}

TEST(ContinuedView, AFaceThatIsOverlookedThereAsWellIsNotDenied) {
  const Judged judged = judged_above(-80, 200);
  EXPECT_EQ(judged.decision.verdict, Verdict::uncertain);
  EXPECT_EQ(judged.decision.reason.find("continued"), std::string::npos);
}

TEST(ContinuedView, AnEndFarAboveTheFaceIsBelieved) {
  const Judged judged = judged_above(40, 0);
  EXPECT_EQ(judged.decision.verdict, Verdict::no_face) << judged.decision.reason;
  EXPECT_EQ(judged.decision.reason,
            "the face region is out of the field of view, seen with the view continued beyond its "
            "ends");
}

TEST(ContinuedView, SureTracesOfAFaceAreNotDenied) {
  const test::Opinion with_a_trace = [](const Vec3& p) {
    if (norm(p - Vec3{30, -85, 50}) > 10) return SmoothHead{.has_face = false}.at(p);
    return std::array<float, label_count>{0, 0, 0, 1, 0, 0, 0};
  };
  NeedsSurroundings whole(5, 40 - 20, with_a_trace), finer(4, 40 - 20, with_a_trace);
  const Judged judged = judge(above(40), {whole, &finer}, {});
  EXPECT_GT(judged.decision.sure_face_ml, 1);
  EXPECT_EQ(judged.decision.verdict, Verdict::uncertain) << judged.decision.reason;
}

TEST(ContinuedView, AnEndBehindOrInFrontOfAHeadTellsNothing) {
  const SmoothHead head{.has_face = false};
  Painter whole(5, head.opinion()), finer(4, head.opinion());
  const Networks networks{whole, &finer};
  const volume::Volume back = image_of(head, {-125, 40, -100}, {125, 125, 95});
  EXPECT_EQ(judge(back, networks, {}).decision.verdict, Verdict::uncertain);
  const volume::Volume below_vertex = image_of(head, {-125, -150, 20}, {125, 125, 50});
  EXPECT_EQ(judge(below_vertex, networks, {}).decision.verdict, Verdict::uncertain);
}

}  // namespace
}  // namespace efface::face
