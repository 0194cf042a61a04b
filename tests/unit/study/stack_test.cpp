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

using Facts = std::vector<dicom::InstanceFacts>;

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

/// Names of the frames at each slice, e.g. "a0 b0|a1 b1".
std::string names(const Stack& stack, const Facts& facts) {
  std::string text;
  for (const auto& slice : stack.frames) {
    if (!text.empty()) text += '|';
    for (std::size_t i = 0; i < slice.size(); ++i) {
      if (i > 0) text += ' ';
      text += facts[slice[i].instance].sop_instance_uid.reveal();
    }
  }
  return text;
}

/// The grid's voxels lie where each frame says that they lie, in order along the normal.
void expect_places(const Stack& stack, const Facts& facts) {
  const volume::StackGrid& grid = stack.grid;
  ASSERT_EQ(stack.frames.size(), grid.slices());
  double last = -std::numeric_limits<double>::infinity();
  for (std::size_t k = 0; k < grid.slices(); ++k) {
    const double along = volume::dot(grid.slice_origin[k], grid.normal());
    EXPECT_GT(along, last);
    last = along;
    for (const FrameRef& ref : stack.frames[k]) {
      const dicom::FramePlane& plane = facts[ref.instance].planes[ref.frame];
      const auto& o = plane.orientation;
      const Vec3 expected = Vec3(plane.position) + 7 * plane.spacing[1] * Vec3{o[0], o[1], o[2]} +
                            5 * plane.spacing[0] * Vec3{o[3], o[4], o[5]};
      const Vec3 voxel = grid.patient_mm(7, 5, k);
      for (std::size_t axis = 0; axis < 3; ++axis) EXPECT_NEAR(voxel[axis], expected[axis], 0.02);
    }
  }
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

TEST(Extent, SaysWhatTheModelCanJudge) {
  const auto extent = [](const Directions& directions, const std::vector<double>& places) {
    return stacked(slices("s", directions, places)).stacks.at(0).extent;
  };
  EXPECT_EQ(extent(transverse, even(5, 7)), Extent::full);
  EXPECT_EQ(extent(sagittal, even(5, 7)), Extent::full);
  EXPECT_EQ(extent(transverse, even(4, 6)), Extent::thin_transverse);
  EXPECT_EQ(extent(transverse, {0}), Extent::thin_transverse);
  EXPECT_EQ(extent(transverse, even(40, 0.5)), Extent::thin_transverse) << "less than 25 mm";
  EXPECT_EQ(extent(oblique(), {0}), Extent::thin_transverse);
  EXPECT_EQ(extent(transverse, even(3, 30)), Extent::thin_other) << "few, but far apart";
  EXPECT_EQ(extent(sagittal, {0}), Extent::thin_other);
  EXPECT_EQ(extent(coronal, even(40, 0.5)), Extent::thin_other);
  const double a = radians(50);
  EXPECT_EQ(extent({{1, 0, 0}, {0, std::cos(a), std::sin(a)}}, {0}), Extent::thin_other);
}

/// 30 transverse slices that stack with nothing, by `change`.
template <class Change>
std::set<Extent> extents_of(double step_mm, const Change& change) {
  Facts facts = slices("s", transverse, even(30, step_mm));
  for (std::size_t i = 0; i < facts.size(); ++i) change(facts[i], i);
  std::set<Extent> extents;
  const Stacking stacking = stacked(facts);
  EXPECT_GT(stacking.stacks.size(), 5U);
  for (const Stack& stack : stacking.stacks) extents.insert(stack.extent);
  return extents;
}

TEST(Extent, TrustsNoHeadInPieces) {
  const auto uid = [](std::size_t i) { return base::Phi<std::string>("1.7." + std::to_string(i)); };
  const std::set<Extent> scattered{Extent::scattered_transverse};
  EXPECT_EQ(extents_of(4, [&](auto& fact, std::size_t i) { fact.series_uid = uid(i); }), scattered)
      << "one series a slice";
  EXPECT_EQ(extents_of(4, [&](auto& fact, std::size_t i) { fact.frame_of_reference_uid = uid(i); }),
            scattered)
      << "one frame of reference a slice";
  EXPECT_EQ(extents_of(4,
                       [&](auto& fact, std::size_t i) {
                         const double a = radians(0.3 * static_cast<double>(i));
                         auto& o = fact.planes[0].orientation;
                         o = {std::cos(a), std::sin(a), 0, -std::sin(a), std::cos(a), 0};
                       }),
            scattered)
      << "directions that jitter";
  EXPECT_EQ(extents_of(4, [&](auto& fact,
                              std::size_t i) { fact.columns += static_cast<std::uint32_t>(i); }),
            scattered)
      << "sizes that differ";
}

TEST(Extent, TrustsManyPicturesOfOnePlace) {
  const std::set<Extent> thin{Extent::thin_transverse};
  const auto own_series = [](auto& fact, std::size_t i) {
    fact.series_uid = base::Phi<std::string>("1.7." + std::to_string(i));
  };
  EXPECT_EQ(extents_of(0, own_series), thin);
  EXPECT_EQ(extents_of(0.8, own_series), thin) << "a slab of less than 25 mm";
  const auto at_two_places = [&](auto& fact, std::size_t i) {
    own_series(fact, i);
    fact.planes[0].position[2] += i % 2 == 0 ? 0 : 60;
  };
  EXPECT_EQ(extents_of(0, at_two_places), thin) << "a vessel watched at two levels";
}

TEST(TimePoints, AreTheFirstTheMiddleAndTheLast) {
  using Points = std::vector<std::size_t>;
  EXPECT_EQ(representative_time_points(0), Points{});
  EXPECT_EQ(representative_time_points(1), Points{0});
  EXPECT_EQ(representative_time_points(2), (Points{0, 1}));
  EXPECT_EQ(representative_time_points(3), (Points{0, 1, 2}));
  EXPECT_EQ(representative_time_points(200), (Points{0, 100, 199}));
}

}  // namespace
}  // namespace efface::study::test
