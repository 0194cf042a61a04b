#include "face/carry.h"

#include <gtest/gtest.h>

#include "face/prepare.h"
#include "painted_head.h"
#include "tests/support/decided_head.h"
#include "tests/support/textured_head.h"

namespace efface::face::test {
namespace {

using volume::RigidMove;
using volume::Vec3;

constexpr std::size_t nose = static_cast<std::size_t>(Feature::nose);

/// An image of the textured head in 3 mm voxels.
volume::Volume volume_of(const ModelInput& image) {
  volume::Volume v;
  v.grid.columns = image.grid.size[0];
  v.grid.rows = image.grid.size[1];
  v.grid.step_i = {3, 0, 0};
  v.grid.step_j = {0, 3, 0};
  for (std::size_t k = 0; k < image.grid.size[2]; ++k)
    v.grid.slice_origin.push_back(image.grid.patient_mm(0, 0, k));
  v.values = image.values;
  v.valid = image.inside;
  return v;
}

volume::Volume epi(const RigidMove& move = {}, const Vec3& low = all_low) {
  return volume_of(image_of_head(epi_of, move, low, all_high));
}

/// A ball of 20 mm about the tip of the head, and no brain.
FaceRegion region_about(const Vec3& tip) {
  FaceRegion region;
  region.grid = {{40, 40, 40}, tip - Vec3{60, 60, 60}, 3};
  for (std::size_t i = 0; i < region.grid.voxel_count(); ++i) {
    const Vec3 p = region.grid.patient_mm(i % 40, i / 40 % 40, i / 1600);
    region.feature_sdf[nose].push_back(static_cast<float>(norm(p - tip) - 20));
  }
  return region;
}

class CarryTest : public testing::Test {
 protected:
  const Vec3 tip{0, -92, 0};

  /// What the network says of a point of the image that is cleaned.
  Painter network{3, [this](const Vec3& p) {
                    std::array<float, label_count> said{};
                    const bool is_nose = has_nose && norm(p - nose_seen) < 12;
                    said[static_cast<std::size_t>(is_nose ? Label::nose : Label::head)] = 1;
                    return said;
                  }};
  bool has_nose = false;
  Vec3 nose_seen{};

  std::vector<FaceRegion> carry_to(const volume::Volume& image,
                                   std::span<const Feature> features = all_features,
                                   const Vec3& witness_low = all_low) {
    const Witness witness{
        prepare(volume_of(image_of_head(t1_of, {}, witness_low, all_high)), network.card()),
        {region_about(tip)}};
    return carry(witness, image, Networks(network), features);
  }
};

TEST_F(CarryTest, TheRegionGoesWhereTheHeadWent) {
  const RigidMove move{volume::turn_about(0, 5, {0, 0, 0}), {2, -3, 4}};
  const auto regions = carry_to(epi(move));
  ASSERT_EQ(regions.size(), 1U);
  const auto at = [&](const Vec3& p) { return region_at(regions[0], regions[0].turn.point(p)); };
  EXPECT_NEAR(at(move.point(tip)), -23, 2.5) << "3 mm wider";
  EXPECT_NEAR(at(move.point(tip + Vec3{0, 0, 30})), 7, 2.5);
  EXPECT_NEAR(at(move.point(tip + Vec3{30, 0, 0})), 7, 2.5);
}

TEST_F(CarryTest, NothingIsCarriedToAHeadThatLiesElsewhere) {
  EXPECT_TRUE(carry_to(epi({{}, {0, 0, 18}})).empty());
}

TEST_F(CarryTest, NothingIsCarriedToWhatTheWitnessDoesNotShow) {
  EXPECT_TRUE(carry_to(epi(), all_features, {-200, -70, -200}).empty()) << "the front";
  EXPECT_TRUE(carry_to(epi(), all_features, {-200, -200, -30}).empty()) << "the lower third";
  EXPECT_FALSE(carry_to(epi({}, {-200, -200, -20}), all_features, {-200, -200, -30}).empty())
      << "neither shows it";
}

TEST_F(CarryTest, WhatTheNetworkIsSureOfMustLieInTheRegion) {
  has_nose = true;
  nose_seen = tip;
  EXPECT_FALSE(carry_to(epi()).empty());
  nose_seen = {0, -60, -50};
  EXPECT_TRUE(carry_to(epi()).empty());
  const std::array eyes{Feature::eyes};
  EXPECT_FALSE(carry_to(epi(), eyes).empty()) << "no nose was to be removed";
}

}  // namespace
}  // namespace efface::face::test
