#include "study/stack.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>
#include <set>
#include <sstream>

#include "slices.h"

namespace efface::study::test {
namespace {

/// Everything that is said of the stacks, with names instead of indices and numbers in full.
std::string described(const Stacking& stacking, const Facts& facts) {
  std::ostringstream text;
  text << std::hexfloat;
  const auto vector = [&](const Vec3& v) { text << v[0] << ',' << v[1] << ',' << v[2] << ' '; };
  for (const Stack& stack : stacking.stacks) {
    const volume::StackGrid& grid = stack.grid;
    text << grid.columns << 'x' << grid.rows << ' ' << grid.slice_thickness_mm << ' '
         << stack.frame_of_reference << ' ' << static_cast<int>(stack.extent) << '\n';
    vector(grid.step_i);
    vector(grid.step_j);
    for (std::size_t k = 0; k < grid.slices(); ++k) {
      text << "\n  ";
      vector(grid.slice_origin[k]);
      for (const FrameRef& frame : stack.frames[k]) {
        text << facts[frame.instance].sop_instance_uid.reveal() << '#' << frame.frame << ' ';
      }
    }
    text << '\n';
  }
  std::set<std::string> unusable;
  for (const FrameRef& frame : stacking.unusable) {
    unusable.insert(facts[frame.instance].sop_instance_uid.reveal());
  }
  for (const std::string& uid : unusable) text << "unusable " << uid << '\n';
  return text.str();
}

void expect_one_full_stack(const Facts& facts, std::size_t slices) {
  const Stacking stacking = stacked(facts);
  EXPECT_TRUE(stacking.unusable.empty());
  ASSERT_EQ(stacking.stacks.size(), 1U);
  EXPECT_EQ(stacking.stacks[0].grid.slices(), slices);
  EXPECT_EQ(stacking.stacks[0].extent, Extent::full);
  EXPECT_EQ(stacking.stacks[0].time_points(), 1U);
  expect_places(stacking.stacks[0], facts);
}

TEST(Stack, IsMadeInEveryDirection) {
  for (const Directions& directions : {transverse, sagittal, coronal, oblique()}) {
    expect_one_full_stack(slices("s", directions, even(12, 5)), 12);
  }
}

TEST(Stack, FollowsPositionsNotNames) {
  Facts facts = slices("s", sagittal, {30, 0, 20, 10, 40});
  const Stacking stacking = stacked(facts);
  ASSERT_EQ(stacking.stacks.size(), 1U);
  EXPECT_EQ(names(stacking.stacks[0], facts), "s1|s3|s2|s0|s4");
}

TEST(Stack, KnowsSpacingAndSize) {
  const Facts facts = slices("s", oblique(), even(8, 4));
  const volume::StackGrid grid = stacked(facts).stacks.at(0).grid;
  EXPECT_EQ(grid.columns, 30U);
  EXPECT_EQ(grid.rows, 20U);
  const Vec3 spacing = grid.spacing_mm();
  EXPECT_NEAR(spacing[0], 1.1, 1e-9) << "columns lie 1.1 mm apart";
  EXPECT_NEAR(spacing[1], 0.9, 1e-9) << "rows lie 0.9 mm apart";
  EXPECT_NEAR(spacing[2], 4, 1e-9);
  EXPECT_EQ(grid.slice_thickness_mm, 3);
}

TEST(Stack, KeepsUnevenAndMissingSlices) {
  expect_one_full_stack(slices("s", coronal, {0, 3, 6, 7.5, 8, 30, 33, 100}), 8);
}

TEST(Stack, KeepsATiltedGantryTogether) {
  for (const double degrees : {-30.0, -12.0, 20.0, 30.0}) {
    Facts facts;
    for (const double place : even(40, 5)) {
      const double shift = std::tan(radians(degrees)) * place;
      facts.push_back(slice("s" + std::to_string(facts.size()), transverse, {-90, shift, place}));
    }
    expect_one_full_stack(facts, 40);
  }
}

TEST(Stack, BearsRoundedDirectionsAndPositions) {
  Facts facts = slices("s", oblique(), even(30, 3.3));
  std::minstd_rand random(5);
  std::uniform_real_distribution<double> rounding(-5e-4, 5e-4);
  for (dicom::InstanceFacts& fact : facts) {
    for (double& o : fact.planes[0].orientation) o += rounding(random);
    for (double& p : fact.planes[0].position) p += 0.1 * rounding(random);
  }
  const Stacking stacking = stacked(facts);
  ASSERT_EQ(stacking.stacks.size(), 1U);
  EXPECT_EQ(stacking.stacks[0].grid.slices(), 30U);
}

TEST(Stack, TakesTheFramesOfMultiFrames) {
  // Two enhanced objects: one holds two stacks of different directions, one a second time point.
  dicom::InstanceFacts both = slice("both", coronal, {0, 0, 0});
  both.planes.clear();
  Facts other{slice("other", coronal, {0, 0, 0})};
  other[0].planes.clear();
  for (const dicom::InstanceFacts& s : slices("", coronal, {20, 5, 0, 15, 10, 25}, {}, "t=1")) {
    both.planes.push_back(s.planes[0]);
  }
  for (const dicom::InstanceFacts& s : slices("", oblique(), even(5, 8))) {
    both.planes.push_back(s.planes[0]);
  }
  for (const dicom::InstanceFacts& s : slices("", coronal, even(6, 5), {}, "t=2")) {
    other[0].planes.push_back(s.planes[0]);
  }
  const Facts facts{both, other[0]};
  const Stacking stacking = stacked(facts);
  ASSERT_EQ(stacking.stacks.size(), 2U);
  std::size_t frames = 0;
  for (const Stack& stack : stacking.stacks) {
    expect_places(stack, facts);
    for (const auto& slice : stack.frames) frames += slice.size();
  }
  EXPECT_EQ(frames, 17U) << "every frame lies in one stack";
  const Stack& timed = stacking.stacks[stacking.stacks[0].time_points() == 2 ? 0 : 1];
  EXPECT_EQ(timed.frames[0], (std::vector<FrameRef>{{0, 2}, {1, 0}}));
  EXPECT_EQ(timed.frames[1], (std::vector<FrameRef>{{0, 1}, {1, 1}}));
}

TEST(Stack, IsTheSameForAnyOrderOfTheInputs) {
  Facts facts = slices("t", oblique(), even(10, 4), {0, 0, 0}, "echo=1");
  append(facts, slices("u", oblique(), even(10, 4), {0, 0, 0}, "echo=2"));
  append(facts, slices("w", oblique(), even(10, 4), {0, 90, 0}, "echo=2"));
  append(facts, slices("s", sagittal, even(3, 20)));
  std::minstd_rand random(3);
  std::uniform_real_distribution<double> rounding(-1e-3, 1e-3);
  for (dicom::InstanceFacts& fact : facts) {
    for (double& o : fact.planes[0].orientation) o += rounding(random);
  }
  facts.push_back(slice("bad", transverse, {std::nan(""), 0, 0}));
  const std::string expected = described(stacked(facts), facts);
  EXPECT_NE(expected.find("unusable bad"), std::string::npos);
  for (int trial = 0; trial < 50; ++trial) {
    std::shuffle(facts.begin(), facts.end(), random);
    ASSERT_EQ(described(stacked(facts), facts), expected) << trial;
  }
}

TEST(Stack, TakesOnlyTheMembers) {
  const Facts facts = slices("s", transverse, even(10, 5));
  const std::vector<std::size_t> members{7, 1, 3};
  const Stacking stacking = stack_frames(facts, members);
  ASSERT_EQ(stacking.stacks.size(), 1U);
  EXPECT_EQ(names(stacking.stacks[0], facts), "s1|s3|s7");
}

TEST(Stack, NamesFramesThatLieNowhere) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  constexpr double infinite = std::numeric_limits<double>::infinity();
  const auto broken = [](const auto& change) {
    dicom::InstanceFacts fact = slice("broken", transverse, {0, 0, 0});
    change(fact.planes[0]);
    return fact;
  };
  using Plane = dicom::FramePlane;
  const Facts bad{broken([](Plane& p) { p.orientation = {}; }),
                  broken([](Plane& p) { p.orientation = {1, 0, 0, 1, 0, 0}; }),
                  broken([](Plane& p) { p.orientation = {1, 0, 0, 0, 0.5, 0}; }),
                  broken([](Plane& p) { p.orientation[4] = nan; }),
                  broken([](Plane& p) { p.orientation = {1, 0, 0, 0.1, 0.995, 0}; }),
                  broken([](Plane& p) {
                    p.spacing = {0, 1};
                  }),
                  broken([](Plane& p) {
                    p.spacing = {1, -1};
                  }),
                  broken([](Plane& p) {
                    p.spacing = {nan, 1};
                  }),
                  broken([](Plane& p) {
                    p.spacing = {1, 1e9};
                  }),
                  broken([](Plane& p) { p.position[1] = infinite; }),
                  broken([](Plane& p) { p.position[2] = nan; }),
                  broken([](Plane& p) { p.position[0] = 1e30; })};
  for (const dicom::InstanceFacts& fact : bad) {
    const Stacking stacking = stacked({slice("good", transverse, {0, 0, 5}), fact});
    ASSERT_EQ(stacking.unusable.size(), 1U);
    EXPECT_EQ(stacking.unusable[0], (FrameRef{1, 0}));
    EXPECT_EQ(stacking.stacks.size(), 1U);
  }
}

}  // namespace
}  // namespace efface::study::test
