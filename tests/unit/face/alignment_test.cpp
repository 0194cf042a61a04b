#include "face/alignment.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "face/grid_ops.h"
#include "tests/support/textured_head.h"

namespace efface::face::test {
namespace {

using volume::RigidMove;
using volume::Vec3;

const ModelInput& t1() {
  static const ModelInput image = image_of_head(t1_of, {}, all_low, all_high);
  return image;
}

RigidMove moved_by(const Vec3& shift, double pitch = 0, double yaw = 0) {
  const Vec3 about{0, 10, 5};
  return {after(volume::turn_about(0, pitch, about), volume::turn_about(2, yaw, about)), shift};
}

/// The most that points of a head are from where they should be, when `found` takes them from the
/// image back to where they were before `move`.
double farthest(const Alignment& found, const RigidMove& move) {
  double most = 0;
  for (const Vec3& point : {Vec3{0, -95, -30}, Vec3{70, 10, -20}, Vec3{0, 90, 0}, Vec3{0, 0, 75}})
    most = std::max(most, norm(found.move.point(move.point(point)) - point));
  return most;
}

TEST(Align, FindsNoMoveWhereThereIsNone) {
  const auto found = align(image_of_head(epi_of, {}, all_low, all_high), t1());
  ASSERT_TRUE(found);
  EXPECT_LT(farthest(*found, {}), 1);
  EXPECT_GT(found->sharpness, 0.02);
}

TEST(Align, FindsSmallMovesAcrossContrastsAndInPartOfTheView) {
  for (const RigidMove& move :
       {moved_by({3, -4, 2}), moved_by({0, 0, 0}, 5, -3), moved_by({-2, 5, -4}, -4, 2)}) {
    const auto whole = align(image_of_head(epi_of, move, all_low, all_high), t1());
    ASSERT_TRUE(whole);
    EXPECT_LT(farthest(*whole, move), 1.5);
    const auto slab = align(image_of_head(epi_of, move, {-200, -200, -10}, {200, 200, 60}), t1());
    ASSERT_TRUE(slab);
    EXPECT_LT(farthest(*slab, move), 2.5);
  }
}

TEST(Align, DoesNotBelieveInLargeMoves) {
  EXPECT_FALSE(align(image_of_head(epi_of, moved_by({0, 25, 0}), all_low, all_high), t1()));
  EXPECT_FALSE(align(image_of_head(epi_of, moved_by({0, 0, 16}), all_low, all_high), t1()));
  EXPECT_FALSE(align(image_of_head(epi_of, moved_by({}, 25), all_low, all_high), t1()));
}

TEST(Align, OfImagesThatTellNothingOfEachOtherThereIsNone) {
  ModelInput disorder = image_of_head(epi_of, {}, all_low, all_high);
  std::shuffle(disorder.values.begin(), disorder.values.end(), std::mt19937(3));
  EXPECT_FALSE(align(disorder, t1()));
  ModelInput constant = disorder;
  std::fill(constant.values.begin(), constant.values.end(), 0.5F);
  EXPECT_FALSE(align(constant, t1()));
  EXPECT_FALSE(align(t1(), constant));
}

TEST(Align, OfImagesThatHardlyOverlapThereIsNone) {
  const ModelInput upper = image_of_head(t1_of, {}, {-200, -200, 40}, all_high);
  EXPECT_FALSE(align(image_of_head(epi_of, {}, all_low, {200, 200, 55}), upper));
  ModelInput unseen = upper;
  std::fill(unseen.inside.begin(), unseen.inside.end(), std::uint8_t{0});
  EXPECT_FALSE(align(unseen, upper));
}

}  // namespace
}  // namespace efface::face::test
