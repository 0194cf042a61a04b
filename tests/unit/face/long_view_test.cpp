#include "face/long_view.h"

#include <gtest/gtest.h>

#include <cmath>
#include <optional>

#include "face/judge.h"
#include "face/prepare.h"
#include "tests/unit/face/painted_head.h"

namespace efface::face {
namespace {

using volume::Vec3;

/// A head above a trunk: 5 mm voxels from 130 mm above the head's centre to `below_mm` below it.
volume::Volume view(double below_mm) {
  volume::Volume v;
  v.grid.columns = v.grid.rows = 52;
  v.grid.step_i = {5, 0, 0};
  v.grid.step_j = {0, 5, 0};
  for (double z = -below_mm; z <= 130; z += 5) v.grid.slice_origin.push_back({-128, -128, z});
  v.values.resize(v.grid.voxel_count());
  for (std::size_t i = 0; i < v.values.size(); ++i) v.values[i] = static_cast<float>(i);
  v.valid.assign(v.values.size(), 1);
  return v;
}

/// Knows a head, but in views that reach far down takes half of the trunk for a brain.
class MisledByTrunks : public Segmenter {
 public:
  explicit MisledByTrunks(double spacing_mm) { card_.spacing_mm = spacing_mm; }
  const ModelCard& card() const override { return card_; }
  DeviceReport device() const override { return {"cpu", "test"}; }
  Probabilities segment(const ModelInput& input) override {
    test::SyntheticHead head;
    head.grid = input.grid;
    Probabilities seen = head.probabilities();
    const std::size_t n = input.grid.voxel_count();
    const auto at = [&](Label label, std::size_t v) -> float& {
      return seen.values[static_cast<std::size_t>(label) * n + v];
    };
    const auto is_only = [&](std::size_t v, Label label, float share) {
      for (std::size_t other = 0; other < label_count; ++other) seen.values[other * n + v] = 0;
      at(label, v) = share;
      at(Label::head, v) = 1 - share;
    };
    for (std::size_t v = 0; v < n; ++v) {
      const double z =
          input.grid.patient_mm(0, 0, v / (input.grid.size[0] * input.grid.size[1]))[2];
      if (input.grid.origin[2] < -300 && z < -160) is_only(v, Label::brain, 0.3F);
      if (second_face_mm && std::abs(z - *second_face_mm) < 15 && v % 4 == 0)
        is_only(v, Label::nose, 1);
    }
    return seen;
  }

  std::optional<double> second_face_mm;

 private:
  ModelCard card_;
};

TEST(LongView, AViewOfAHeadIsNone) {
  EXPECT_FALSE(is_long_view(view(125).grid));
  EXPECT_TRUE(is_long_view(view(135).grid));
}

TEST(LongView, ThePartAroundTheFaceIsCutOutWhereItLies) {
  const volume::Volume whole = view(500);
  MisledByTrunks network(5);
  const auto seen = network.segment(prepare(whole, network.card()));
  const std::optional<volume::Volume> part = head_of_long_view(whole, seen);
  ASSERT_TRUE(part.has_value());
  const auto [low, high] = part->grid.bounds();
  EXPECT_GT(low[2], -260);
  EXPECT_LT(low[2], -140);
  EXPECT_GT(high[2], 80);
  ASSERT_EQ(part->values.size(), part->grid.voxel_count());
  ASSERT_EQ(part->valid.size(), part->values.size());
  for (const std::size_t k : {std::size_t{0}, part->grid.slices() - 1}) {
    const Vec3 at = part->grid.patient_mm(3, 4, k);
    const std::optional<Vec3> index = whole.grid.index_of(at);
    ASSERT_TRUE(index.has_value());
    const auto offset = static_cast<std::size_t>(std::lround((*index)[0])) +
                        52 * (static_cast<std::size_t>(std::lround((*index)[1])) +
                              52 * static_cast<std::size_t>(std::lround((*index)[2])));
    EXPECT_EQ(part->values[3 + part->grid.columns * (4 + part->grid.rows * k)],
              whole.values[offset]);
  }
}

TEST(LongView, NothingIsCutOutWhereAFaceIsSeenElsewhereToo) {
  const volume::Volume whole = view(500);
  MisledByTrunks network(5);
  network.second_face_mm = -400;
  EXPECT_FALSE(head_of_long_view(whole, network.segment(prepare(whole, network.card()))));
}

TEST(LongView, AFaceAboveATrunkIsRemoved) {
  for (const bool is_double : {false, true}) {
    MisledByTrunks head(5), face(4);
    if (is_double) head.second_face_mm = -400;
    const Judged judged = judge(view(500), {head, &face}, {});
    if (is_double) {
      EXPECT_EQ(judged.decision.verdict, Verdict::uncertain) << judged.decision.reason;
      continue;
    }
    ASSERT_EQ(judged.decision.verdict, Verdict::removed) << judged.decision.reason;
    EXPECT_NE(judged.decision.reason.find("long view"), std::string::npos);
    EXPECT_LT(judged.air.grid.origin[2], -490) << "air is that of the whole view";
  }
}

}  // namespace
}  // namespace efface::face
