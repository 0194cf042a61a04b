#include "face/judge.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <random>
#include <utility>

#include "face/grid_ops.h"
#include "face/region.h"
#include "face/turned_input.h"
#include "tests/unit/face/painted_head.h"

namespace efface::face {
namespace {

using test::SmoothHead;
using volume::Turn;
using volume::Vec3;

// Where the marks are that tell a marked head's pose, in head coordinates: the values of the image
// fall from 1.0 at the brain's centre to the marks at its left, back and top.
constexpr std::array<Vec3, 4> marks{{{0, 0, 0}, {60, 0, 0}, {0, 60, 0}, {0, 0, 60}}};
constexpr std::array<float, 4> mark_values{1.0F, 0.8F, 0.6F, 0.4F};
constexpr double mark_radius_mm = 20;

HeadPose turned_pose(const Turn& turn) {
  HeadPose pose;
  pose.left = turn.direction(pose.left);
  pose.back = turn.direction(pose.back);
  pose.up = turn.direction(pose.up);
  return pose;
}

// What the two networks look at is coarser than in life, so that the tests are quick.
constexpr double whole_mm = 5, finer_mm = 4;

/// An image of 4 mm a voxel, dark but for the marks of a head in `pose`.
volume::Volume marked(const HeadPose& pose, std::size_t voxels = 59) {
  const double low = -2 * static_cast<double>(voxels - 1);
  volume::Volume v;
  v.grid.columns = v.grid.rows = voxels;
  v.grid.step_i = {4, 0, 0};
  v.grid.step_j = {0, 4, 0};
  for (std::size_t k = 0; k < voxels; ++k)
    v.grid.slice_origin.push_back({low, low, low + 4 * static_cast<double>(k)});
  v.values.assign(v.grid.voxel_count(), 0);
  for (std::size_t o = 0; o < v.values.size(); ++o) {
    const Vec3 at =
        v.grid.patient_mm(static_cast<double>(o % voxels), static_cast<double>(o / voxels % voxels),
                          o / (voxels * voxels));
    for (std::size_t m = 0; m < marks.size(); ++m)
      if (norm(at - pose.patient_mm(marks[m])) < mark_radius_mm) v.values[o] = mark_values[m];
  }
  v.values.front() = v.values.back() = 0.05F;  // no blank ends
  return v;
}

/// Whether a network knows a head that lies so many degrees from upright.
using Knows = std::function<bool(double degrees)>;

/// A network that sees the whole of heads in some positions, and only the brain of others.
class PositionNetwork : public Segmenter {
 public:
  /// `pose`: read from the marks by the first network; the second, which is shown the face alone,
  /// shares it. `is_misled`: sees every head that it knows upright.
  PositionNetwork(double spacing_mm, Knows knows, std::shared_ptr<HeadPose> pose)
      : knows_(std::move(knows)), pose_(std::move(pose)) {
    card_.spacing_mm = spacing_mm;
    card_.percentile_low = 0;
    card_.percentile_high = 1;
  }
  const ModelCard& card() const override { return card_; }
  DeviceReport device() const override { return {"cpu", "test"}; }
  Probabilities segment(const ModelInput& input) override {
    ++calls;
    if (card_.spacing_mm == whole_mm) read_pose(input);
    test::SyntheticHead head;
    head.grid = input.grid;
    head.pose = *pose_;
    if (is_beside(head.pose)) head.pose.origin = head.pose.origin + beside_mm;
    if (!knows_(head.pose.rotation_degrees())) head.has = {false, false, false, false};
    if (is_misled) head.pose = {.origin = head.pose.origin};
    return head.probabilities();
  }

  std::size_t calls = 0;
  bool is_misled = false;
  Vec3 beside_mm{};  ///< sees heads so far from where they are
  std::function<bool(const HeadPose&)> is_beside = [](const HeadPose&) { return true; };

 private:
  static Vec3 point(const volume::RegularGrid& g, std::size_t voxel) {
    return g.patient_mm(voxel % g.size[0], voxel / g.size[0] % g.size[1],
                        voxel / (g.size[0] * g.size[1]));
  }

  void read_pose(const ModelInput& input) {
    std::array<Vec3, 4> sum{};
    std::array<double, 4> count{};
    for (std::size_t voxel = 0; voxel < input.values.size(); ++voxel) {
      if (input.values[voxel] < 0.3F) continue;
      for (std::size_t m = 0; m < marks.size(); ++m)
        if (std::abs(input.values[voxel] - mark_values[m]) < 0.02F) {
          sum[m] = sum[m] + point(input.grid, voxel);
          ++count[m];
        }
    }
    if (std::any_of(count.begin(), count.end(), [](double c) { return c < 10; })) return;
    for (std::size_t m = 0; m < marks.size(); ++m) sum[m] = (1 / count[m]) * sum[m];
    const auto axis = [&](std::size_t m) {
      const Vec3 along = sum[m] - sum[0];
      return (1 / norm(along)) * along;
    };
    pose_->left = axis(1);
    pose_->back = axis(2);
    pose_->up = axis(3);
    pose_->origin = sum[0];
  }

  Knows knows_;
  std::shared_ptr<HeadPose> pose_;
  ModelCard card_;
};

Knows within(double most_degrees) {
  return [most_degrees](double degrees) { return degrees <= most_degrees; };
}

struct Pair {
  explicit Pair(const Knows& knows) : Pair(knows, knows) {}
  Pair(const Knows& whole_knows, const Knows& finer_knows)
      : whole(whole_mm, whole_knows, pose), finer(finer_mm, finer_knows, pose) {}
  Judged judge(const volume::Volume& volume) {
    const Networks networks{whole, &finer};
    return judge_in_any_position(volume, networks, {}, face::judge(volume, networks, {}));
  }

  std::shared_ptr<HeadPose> pose = std::make_shared<HeadPose>();
  PositionNetwork whole, finer;
};

/// The share of a head's sure facial points, in the patient, that a decision's region holds.
double share_inside(const FaceDecision& decision, const HeadPose& pose) {
  SmoothHead head;
  head.pose = pose;
  volume::StackGrid points;
  points.columns = points.rows = 60;
  points.step_i = {5, 0, 0};
  points.step_j = {0, 5, 0};
  for (std::size_t k = 0; k < 60; ++k)
    points.slice_origin.push_back({-150, -150, -150 + 5 * static_cast<double>(k)});
  const FaceRegion* const regions[] = {&decision.region};
  MaskCounts counts;
  const VoxelMask mask = mask_of(points, regions, counts);
  double all = 0, inside = 0;
  for (std::size_t o = 0; o < mask.size(); ++o) {
    const auto said = head.at(points.patient_mm(static_cast<double>(o % 60),
                                                static_cast<double>(o / 60 % 60), o / (60 * 60)));
    float face = 0;
    for (const Feature f : all_features) face += said[static_cast<std::size_t>(label_of(f))];
    if (face < 0.9F) continue;
    ++all;
    if (mask[o] != 0) ++inside;
  }
  EXPECT_GT(all, 50);
  return inside / all;
}

TEST(TurnedInput, IsWhatTheTurnedVolumeShows) {
  std::minstd_rand random(3);
  ModelInput input;
  input.grid = {{5, 7, 4}, {-3, 8, 20}, 3};
  for (std::size_t i = 0; i < input.grid.voxel_count(); ++i) {
    input.values.push_back(static_cast<float>(random() % 1000));
    input.inside.push_back(random() % 2);
    input.blank.push_back(random() % 2);
  }
  for (const Turn& turn : volume::axis_turns({1, -2, 9})) {
    const ModelInput after = turned(input, turn);
    ASSERT_EQ(after.values.size(), input.values.size());
    for (std::size_t i = 0; i < input.values.size(); ++i) {
      const volume::RegularGrid& g = input.grid;
      const Vec3 v = voxel_of(after.grid, turn.point(g.patient_mm(i % 5, i / 5 % 7, i / 35)));
      const std::size_t at =
          static_cast<std::size_t>(std::lround(v[0])) +
          after.grid.size[0] * (static_cast<std::size_t>(std::lround(v[1])) +
                                after.grid.size[1] * static_cast<std::size_t>(std::lround(v[2])));
      ASSERT_EQ(after.values.at(at), input.values[i]);
      ASSERT_EQ(after.inside.at(at), input.inside[i]);
      ASSERT_EQ(after.blank.at(at), input.blank[i]);
    }
  }
}

TEST(Judge, AHeadAsItsHeaderSaysIsLookedAtOnce) {
  Pair networks(within(40));
  const Judged judged = networks.judge(marked({}));
  EXPECT_EQ(judged.decision.verdict, Verdict::removed) << judged.decision.reason;
  EXPECT_TRUE(judged.decision.region.turn.is_none());
  EXPECT_EQ(networks.whole.calls, 1U);
  EXPECT_EQ(judged.decision.reason.find("turned"), std::string::npos);
}

TEST(Judge, AHeadInAnyPositionIsFoundAndItsRegionLiesWhereItIs) {
  const auto turns = volume::axis_turns({});
  for (const std::size_t i : {6U, 20U}) {
    const HeadPose pose = turned_pose(turns[i]);
    Pair networks(within(40));
    const Judged judged = networks.judge(marked(pose));
    ASSERT_EQ(judged.decision.verdict, Verdict::removed) << i << ' ' << judged.decision.reason;
    EXPECT_FALSE(judged.decision.region.turn.is_none());
    EXPECT_NE(judged.decision.reason.find("head turned by"), std::string::npos);
    EXPECT_GT(share_inside(judged.decision, pose), 0.99) << i;
    EXPECT_LT(share_inside(judged.decision, HeadPose{}), 0.5) << "where the header has it";
    EXPECT_GT(judged.air.at({110, 110, 110}, 0), 0.8F) << "air stays in the patient's system";
  }
}

TEST(Judge, AHeadBetweenTwoPositionsIsFound) {
  test::SyntheticHead tilted;
  tilted.rotate_degrees(0, 50);
  Pair networks(within(42));
  const Judged judged = networks.judge(marked(tilted.pose));
  ASSERT_EQ(judged.decision.verdict, Verdict::removed) << judged.decision.reason;
  EXPECT_FALSE(judged.region_as_given.has_value());
  EXPECT_GT(share_inside(judged.decision, tilted.pose), 0.98);
}

TEST(Judge, ATiltedHeadIsLookedAtAgainUpright) {
  test::SyntheticHead tilted;
  tilted.rotate_degrees(0, 30);
  Pair networks(within(40));
  const Judged judged = networks.judge(marked(tilted.pose));
  ASSERT_EQ(judged.decision.verdict, Verdict::removed) << judged.decision.reason;
  EXPECT_NEAR(judged.decision.region.turn.degrees(), 30, 8);
  EXPECT_LE(networks.whole.calls, 4U);
  ASSERT_TRUE(judged.region_as_given.has_value()) << "both go";
  EXPECT_TRUE(judged.region_as_given->turn.is_none());
  EXPECT_GT(share_inside(judged.decision, tilted.pose), 0.98);
}

TEST(Judge, WhatNobodyKnowsInAnyPositionStaysUncertain) {
  Pair networks(within(-1));
  const Judged judged = networks.judge(marked({}));
  EXPECT_EQ(judged.decision.verdict, Verdict::uncertain);
  EXPECT_TRUE(judged.decision.may_lie_otherwise);
  EXPECT_EQ(judged.decision.reason.find("turned"), std::string::npos);
  EXPECT_GT(networks.whole.calls, 24U);
}

TEST(Judge, AHeadThatLooksRightInSeveralPositionsIsNotBelieved) {
  Pair networks([](double degrees) { return degrees > 170; });
  networks.whole.is_misled = networks.finer.is_misled = true;
  const Judged judged = networks.judge(marked({}));
  EXPECT_EQ(judged.decision.verdict, Verdict::uncertain) << judged.decision.reason;
}

TEST(Judge, AThirdPositionDoesNotSettleWhatTwoContest) {
  for (const std::size_t axis : {0U, 1U, 2U}) {  // the networks agree less on that half turn
    Pair networks([](double degrees) { return degrees > 60; });
    networks.whole.is_misled = networks.finer.is_misled = true;
    networks.finer.beside_mm = {0, 0, 10};
    networks.finer.is_beside = [axis](const HeadPose& pose) {
      return std::array{pose.left, pose.back, pose.up}[axis][axis] > 0.9;
    };
    const Judged judged = networks.judge(marked({}));
    EXPECT_EQ(judged.decision.verdict, Verdict::uncertain) << axis << judged.decision.reason;
  }
}

TEST(Judge, AFaceThatTheSecondNetworkDoesNotSeeIsNotBelieved) {
  Pair networks(within(40), within(-1));
  const Judged judged = networks.judge(marked(turned_pose(volume::axis_turns({})[2])));
  EXPECT_EQ(judged.decision.verdict, Verdict::uncertain);
}

TEST(Judge, APositionIsNotBelievedWhenTheNetworksAgreeMoreAsTheHeaderHasIt) {
  const volume::Volume volume = marked(turned_pose(volume::axis_turns({})[6]));
  Pair pair(within(40));
  const Networks networks{pair.whole, &pair.finer};
  for (const auto& [agreement, verdict] :
       {std::pair{0.5, Verdict::removed}, std::pair{1.0, Verdict::uncertain}}) {
    Judged as_given = face::judge(volume, networks, {});
    ASSERT_TRUE(as_given.decision.may_lie_otherwise);
    as_given.agreement = agreement;
    as_given.decision.sure_face_ml = 100;
    const Judged judged = judge_in_any_position(volume, networks, {}, std::move(as_given));
    EXPECT_EQ(judged.decision.verdict, verdict) << agreement;
  }
}

TEST(Judge, AFaceGivesWayToOneOnWhichTheNetworksAgreeFarMore) {
  const volume::Volume volume = marked(turned_pose(volume::axis_turns({})[6]));
  Pair pair(within(40));
  const Networks networks{pair.whole, &pair.finer};
  for (const double agreement : {0.66, 0.95}) {
    Judged as_given = face::judge(volume, networks, {});
    as_given.decision.verdict = Verdict::removed;
    as_given.decision.sure_face_ml = 60;
    as_given.decision.may_lie_otherwise = true;
    as_given.agreement = agreement;
    const Judged judged = judge_in_any_position(volume, networks, {}, std::move(as_given));
    EXPECT_EQ(judged.decision.verdict, Verdict::removed);
    EXPECT_EQ(judged.decision.region.turn.is_none(), agreement > 0.9);
    EXPECT_FALSE(judged.decision.may_lie_otherwise);
  }
}

TEST(Judge, AFaceThatTheNetworksSeeDifferentlyMayBeAnotherPartOfTheHead) {
  Pair networks(within(40));
  networks.finer.beside_mm = {0, 0, 32};
  const Judged judged = face::judge(marked({}), Networks{networks.whole, &networks.finer}, {});
  ASSERT_EQ(judged.decision.verdict, Verdict::removed) << judged.decision.reason;
  ASSERT_LT(*judged.agreement, 0.75);
  EXPECT_TRUE(judged.decision.may_lie_otherwise);
  const Judged turned = networks.judge(marked({}));
  EXPECT_EQ(turned.decision.verdict, Verdict::removed) << "no other position shows one";
  EXPECT_TRUE(turned.decision.region.turn.is_none());
  EXPECT_FALSE(turned.decision.may_lie_otherwise);
}

TEST(Judge, OnlyAFaceThatTheNetworksSeeClearlyAlikeIsTakenAsItLies) {
  for (const auto& [beside_mm, is_doubtful] : {std::pair{21.0, true}, std::pair{19.5, false}}) {
    Pair networks(within(40));
    networks.finer.beside_mm = {0, 0, beside_mm};
    const Judged judged = face::judge(marked({}), Networks{networks.whole, &networks.finer}, {});
    ASSERT_EQ(judged.decision.verdict, Verdict::removed) << judged.decision.reason;
    EXPECT_EQ(judged.decision.may_lie_otherwise, is_doubtful) << *judged.agreement;
  }
}

TEST(Judge, AViewOfABodyIsNotLookedAtFromAllSides) {
  Pair networks(within(40));
  const Judged judged = networks.judge(marked(turned_pose(volume::axis_turns({})[1]), 150));
  EXPECT_EQ(judged.decision.verdict, Verdict::uncertain);
  EXPECT_LE(networks.whole.calls, 3U) << "the view, and the part of it with the face";
}

}  // namespace
}  // namespace efface::face
