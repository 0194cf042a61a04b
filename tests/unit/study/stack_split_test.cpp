// Which frames become one stack and which are kept apart.
#include "study/stack.h"

#include <gtest/gtest.h>

#include "slices.h"

namespace efface::study::test {
namespace {

TEST(Stack, SplitsMixedSizesAndSpacings) {
  Facts facts = slices("a", transverse, even(6, 6));
  Facts larger = slices("b", transverse, even(6, 6));
  for (dicom::InstanceFacts& fact : larger) fact.columns = 60;
  Facts finer = slices("c", transverse, even(6, 6));
  for (dicom::InstanceFacts& fact : finer) fact.planes[0].spacing = {0.45, 1.1};
  append(facts, larger);
  append(facts, finer);
  const Stacking stacking = stacked(facts);
  ASSERT_EQ(stacking.stacks.size(), 3U);
  for (const Stack& stack : stacking.stacks) {
    EXPECT_EQ(stack.grid.slices(), 6U);
    expect_places(stack, facts);
  }
}

TEST(Stack, SplitsTheThreePlanesOfALocaliser) {
  Facts facts = slices("t", transverse, even(3, 30));
  append(facts, slices("s", sagittal, even(3, 30)));
  append(facts, slices("c", coronal, even(3, 30)));
  const Stacking stacking = stacked(facts);
  ASSERT_EQ(stacking.stacks.size(), 3U);
  for (const Stack& stack : stacking.stacks) {
    EXPECT_EQ(stack.grid.slices(), 3U);
    EXPECT_EQ(stack.extent, Extent::thin_other);
  }
}

TEST(Stack, SplitsSlabsThatLieSideBySide) {
  // Stations of a spine: the same sagittal planes, 200 mm apart along the body.
  Facts facts = slices("upper", sagittal, even(9, 4), {-16, -90, 240});
  append(facts, slices("lower", sagittal, even(9, 4), {-16, -90, 40}));
  const Stacking stacking = stacked(facts);
  ASSERT_EQ(stacking.stacks.size(), 2U);
  for (const Stack& stack : stacking.stacks) {
    EXPECT_EQ(stack.grid.slices(), 9U);
    EXPECT_EQ(stack.extent, Extent::full);
    expect_places(stack, facts);
  }
}

TEST(Stack, SplitsSlabsWhosePlanesInterleave) {
  Facts facts = slices("upper", sagittal, even(9, 4), {-16, -90, 240});
  append(facts, slices("lower", sagittal, even(9, 4), {-14.5, -90, 40}));
  const Stacking stacking = stacked(facts);
  ASSERT_EQ(stacking.stacks.size(), 2U);
  for (const Stack& stack : stacking.stacks) {
    const std::string& first = facts[stack.frames[0][0].instance].sop_instance_uid.reveal();
    EXPECT_EQ(stack.grid.slices(), 9U);
    for (const auto& frames : stack.frames) {
      ASSERT_EQ(frames.size(), 1U);
      EXPECT_EQ(facts[frames[0].instance].sop_instance_uid.reveal().substr(0, 5),
                first.substr(0, 5));
    }
  }
}

TEST(Stack, TakesOppositeDirectionsApart) {
  Facts facts = slices("a", transverse, even(6, 6));
  append(facts, slices("b", {{-1, 0, 0}, {0, 1, 0}}, even(6, 6)));
  EXPECT_EQ(stacked(facts).stacks.size(), 2U);
}

TEST(Stack, JoinsEchoesAndTimePointsOfOnePlace) {
  Facts facts = slices("b", transverse, even(7, 5), {0, 0, 0}, "echo=2");
  append(facts, slices("a", transverse, even(7, 5), {0, 0, 0}, "echo=1"));
  append(facts, slices("c", transverse, even(7, 5), {0, 0, 0.004}, "echo=3"));
  const Stacking stacking = stacked(facts);
  ASSERT_EQ(stacking.stacks.size(), 1U);
  const Stack& stack = stacking.stacks[0];
  EXPECT_EQ(stack.time_points(), 3U);
  EXPECT_EQ(names(stack, facts), "a0 b0 c0|a1 b1 c1|a2 b2 c2|a3 b3 c3|a4 b4 c4|a5 b5 c5|a6 b6 c6");
}

TEST(Stack, CountsTimePointsWhereSomeAreMissing) {
  Facts facts = slices("a", transverse, even(7, 5), {0, 0, 0}, "t=1");
  append(facts, slices("b", transverse, even(4, 5), {0, 0, 0}, "t=2"));
  const Stacking stacking = stacked(facts);
  ASSERT_EQ(stacking.stacks.size(), 1U);
  EXPECT_EQ(stacking.stacks[0].time_points(), 2U);
  EXPECT_EQ(names(stacking.stacks[0], facts), "a0 b0|a1 b1|a2 b2|a3 b3|a4|a5|a6");
}

TEST(Stack, JoinsNothingAcrossSeriesOrFramesOfReference) {
  for (const bool by_series : {true, false}) {
    Facts facts = slices("a", transverse, even(6, 6));
    Facts others = slices("b", transverse, even(6, 6));
    for (dicom::InstanceFacts& fact : others) {
      (by_series ? fact.series_uid : fact.frame_of_reference_uid) = base::Phi<std::string>("1.9");
    }
    append(facts, others);
    const Stacking stacking = stacked(facts);
    ASSERT_EQ(stacking.stacks.size(), 2U);
    EXPECT_EQ(stacking.stacks[0].frame_of_reference == stacking.stacks[1].frame_of_reference,
              by_series);
  }
}

}  // namespace
}  // namespace efface::study::test
