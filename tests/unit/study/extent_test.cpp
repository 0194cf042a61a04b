// What the model can judge of a stack, and which of its time points.
#include "study/stack.h"

#include <gtest/gtest.h>

#include <set>

#include "slices.h"

namespace efface::study::test {
namespace {

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
