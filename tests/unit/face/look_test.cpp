#include "face/look.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"
#include "face/grid_ops.h"
#include "face/prepare.h"
#include "tests/support/errors.h"
#include "tests/unit/face/painted_head.h"

namespace efface::face {
namespace {

using test::Opinion;
using test::Painter;
using test::SmoothHead;
using test::volume_around;
using volume::RegularGrid;
using volume::Vec3;

const volume::Volume whole_head = volume_around({-125, -150, -170}, {125, 125, 95});

Vec3 last_of(const RegularGrid& g) {
  return g.patient_mm(g.size[0] - 1, g.size[1] - 1, g.size[2] - 1);
}

bool covers(const RegularGrid& grid, const Vec3& p) {
  const Vec3 last = last_of(grid);
  for (std::size_t a = 0; a < 3; ++a)
    if (p[a] < grid.origin[a] || p[a] > last[a]) return false;
  return true;
}

Vec3 point_of(const RegularGrid& g, std::size_t voxel) {
  return g.patient_mm(voxel % g.size[0], voxel / g.size[0] % g.size[1],
                      voxel / (g.size[0] * g.size[1]));
}

double face_sum(const Probabilities& p, std::size_t voxel) {
  double sum = 0;
  for (const Feature f : all_features) sum += static_cast<double>(p.of(label_of(f), voxel));
  return sum;
}

double facial(const SmoothHead& head, const Vec3& p) {
  const auto said = head.at(p);
  double sum = 0;
  for (const Feature f : all_features)
    sum += static_cast<double>(said[static_cast<std::size_t>(label_of(f))]);
  return sum;
}

/// Everything has the size of its grid, and every voxel's probabilities are such and sum to 1.
void expect_sound(const Sight& sight) {
  const std::size_t n = sight.probabilities.grid.voxel_count();
  ASSERT_EQ(sight.probabilities.grid, sight.input.grid);
  ASSERT_EQ(sight.probabilities.values.size(), label_count * n);
  ASSERT_EQ(sight.input.values.size(), n);
  ASSERT_EQ(sight.input.inside.size(), n);
  ASSERT_EQ(sight.air.values.size(), sight.air.grid.voxel_count());
  for (std::size_t voxel = 0; voxel < n; ++voxel) {
    double sum = 0;
    for (std::size_t label = 0; label < label_count; ++label) {
      const float p = sight.probabilities.values[label * n + voxel];
      ASSERT_TRUE(p >= -1e-5F && p <= 1.0001F) << p;
      sum += static_cast<double>(p);
    }
    ASSERT_NEAR(sum, 1, 1e-3);
  }
}

/// What is surely face, and in view, is in the grid, and its probabilities say so.
void expect_face_seen(const SmoothHead& head, const RegularGrid& view, const Sight& sight) {
  std::size_t seen = 0;
  for (std::size_t i = 0; i < view.voxel_count(); ++i) {
    const Vec3 p = point_of(view, i);
    if (facial(head, p) < 0.9) continue;
    ASSERT_TRUE(covers(sight.input.grid, p));
    const Vec3 v = voxel_of(sight.input.grid, p);
    double sum = 0;
    for (const Feature f : all_features)
      sum += static_cast<double>(
          sample(sight.input.grid,
                 sight.probabilities.values.data() +
                     static_cast<std::size_t>(label_of(f)) * sight.input.grid.voxel_count(),
                 v[0], v[1], v[2], 0));
    ASSERT_GT(sum, 0.6);
    ++seen;
  }
  EXPECT_GT(static_cast<double>(seen) * std::pow(view.spacing_mm, 3), 5000) << "mm³";
}

void expect_within(const RegularGrid& inner, const RegularGrid& outer) {
  const double slack = inner.spacing_mm;
  const Vec3 a = last_of(inner), b = last_of(outer);
  for (std::size_t axis = 0; axis < 3; ++axis) {
    EXPECT_GT(inner.size[axis], 0U);
    EXPECT_GE(inner.origin[axis], outer.origin[axis] - slack);
    EXPECT_LE(a[axis], b[axis] + slack);
  }
}

TEST(Look, OneNetworkIsTakenAtItsWord) {
  const SmoothHead head;
  Painter whole(3, head.opinion());
  const Sight sight = look(whole_head, whole);
  expect_sound(sight);
  EXPECT_EQ(sight.input.grid, model_grid(whole_head.grid, whole.card()));
  EXPECT_EQ(whole.seen.size(), 1U);
  EXPECT_FALSE(sight.agreement.has_value());
  EXPECT_EQ(sight.air.grid, sight.input.grid);
  for (std::size_t i = 0; i < sight.air.values.size(); i += 101) {
    const auto said = head.at(point_of(sight.input.grid, i));
    ASSERT_EQ(sight.air.values[i], said[static_cast<std::size_t>(Label::air)]);
    for (std::size_t label = 0; label < label_count; ++label)
      ASSERT_EQ(sight.probabilities.of(static_cast<Label>(label), i), said[label]);
  }
}

TEST(Look, TwoNetworksThatSayTheSameAgree) {
  const SmoothHead head;
  Painter whole(3, head.opinion()), finer(2, head.opinion());
  const Sight sight = look(whole_head, {whole, &finer});
  expect_sound(sight);
  ASSERT_TRUE(sight.agreement.has_value());
  EXPECT_GT(*sight.agreement, 0.96);
  EXPECT_LE(*sight.agreement, 1);
  EXPECT_EQ(sight.input.grid.spacing_mm, 2);
  expect_face_seen(head, model_grid(whole_head.grid, finer.card()), sight);
}

TEST(Look, TheSecondNetworkIsShownTheFaceOnce) {
  const SmoothHead head;
  Painter whole(3, head.opinion()), finer(2, head.opinion());
  look(whole_head, {whole, &finer});
  ASSERT_EQ(finer.seen.size(), 1U);
  const RegularGrid& box = finer.seen.front();
  EXPECT_EQ(box.spacing_mm, 2);
  for (const std::size_t size : box.size) EXPECT_EQ(size % finer.card().size_multiple, 0U);
  const RegularGrid all = model_grid(whole_head.grid, whole.card());
  for (std::size_t i = 0; i < all.voxel_count(); ++i)
    if (facial(head, point_of(all, i)) > 0.5) {
      ASSERT_TRUE(covers(box, point_of(all, i)));
    }
}

TEST(Look, TheGridHoldsTheHeadWithinTheFirstLook) {
  const SmoothHead head;
  Painter whole(3, head.opinion()), finer(2, head.opinion());
  const Sight sight = look(whole_head, {whole, &finer});
  expect_within(sight.input.grid, whole.seen.front());
  for (const Vec3& end : {Vec3{66, 0, 0}, Vec3{-66, 0, 0}, Vec3{0, 88, 0}, Vec3{0, -88, 0},
                          Vec3{0, 0, 66}, Vec3{0, 0, -66}})
    EXPECT_TRUE(covers(sight.input.grid, end));
}

TEST(Look, AirIsTheFirstNetworksWord) {
  const SmoothHead head;
  Painter whole(3, head.opinion()),
      finer(2, [](const Vec3&) { return std::array<float, label_count>{0, 1, 0, 0, 0, 0, 0}; });
  const Sight sight = look(whole_head, {whole, &finer});
  EXPECT_EQ(sight.air.grid, whole.seen.front());
  for (std::size_t i = 0; i < sight.air.values.size(); ++i)
    ASSERT_EQ(sight.air.values[i], head.at(point_of(sight.air.grid, i))[0]);
}

TEST(Look, WithoutBrainAndFaceThereIsNoSecondLook) {
  SmoothHead body;
  body.has_brain = body.has_face = false;
  Painter whole(3, body.opinion()), finer(2, SmoothHead{}.opinion());
  const Sight sight = look(whole_head, {whole, &finer});
  expect_sound(sight);
  EXPECT_TRUE(finer.seen.empty());
  EXPECT_FALSE(sight.agreement.has_value());
  EXPECT_EQ(sight.input.grid, whole.seen.front());
}

TEST(Look, ABrainAloneIsReasonForASecondLook) {
  SmoothHead brain;
  brain.has_tissue = brain.has_face = false;
  Painter whole(3, brain.opinion()), finer(2, brain.opinion());
  const Sight sight = look(whole_head, {whole, &finer});
  expect_sound(sight);
  ASSERT_EQ(finer.seen.size(), 1U);
  for (const Vec3& place : {canonical::eye_left, canonical::eye_right, canonical::nose,
                            canonical::mouth, canonical::ear_left, canonical::ear_right})
    EXPECT_TRUE(covers(finer.seen.front(), place));
  EXPECT_FALSE(sight.agreement.has_value()) << "neither saw a face";
}

TEST(Look, AFaceThatOneAloneSeesIsADisagreement) {
  SmoothHead faceless;
  faceless.has_face = false;
  Painter sees(3, SmoothHead{}.opinion()), overlooks(2, faceless.opinion());
  const Sight first_sees = look(whole_head, {sees, &overlooks});
  expect_sound(first_sees);
  ASSERT_TRUE(first_sees.agreement.has_value());
  EXPECT_GE(*first_sees.agreement, 0);
  EXPECT_LT(*first_sees.agreement, 0.05);

  Painter blind(3, faceless.opinion()), finer(2, SmoothHead{}.opinion());
  const Sight second_sees = look(whole_head, {blind, &finer});
  expect_sound(second_sees);
  ASSERT_TRUE(second_sees.agreement.has_value());
  EXPECT_LT(*second_sees.agreement, 0.05);
}

TEST(Look, FacesInDifferentPlacesDisagree) {
  SmoothHead turned;
  turned.pose.origin = {0, 40, 60};
  Painter whole(3, SmoothHead{}.opinion()), finer(2, turned.opinion());
  const Sight sight = look(whole_head, {whole, &finer});
  expect_sound(sight);
  ASSERT_TRUE(sight.agreement.has_value());
  EXPECT_LT(*sight.agreement, 0.4);
}

TEST(Look, WhatIsBrainToBothStaysBrain) {
  const SmoothHead head;
  SmoothHead faceless;
  faceless.has_face = false;
  Painter whole(3, faceless.opinion()), finer(2, head.opinion());
  const Sight sight = look(whole_head, {whole, &finer});
  std::size_t brain = 0;
  for (std::size_t i = 0; i < sight.input.grid.voxel_count(); ++i)
    if (head.at(point_of(sight.input.grid, i))[static_cast<std::size_t>(Label::brain)] > 0.9F) {
      ASSERT_GT(sight.probabilities.of(Label::brain, i), 0.8F);
      ASSERT_LT(face_sum(sight.probabilities, i), 0.2);
      ++brain;
    }
  EXPECT_GT(brain * 8, 1'000'000U) << "mm³";
}

TEST(Look, ATurnedSmallHeadIsFound) {
  SmoothHead head;
  test::SyntheticHead frame;
  frame.rotate_degrees(35, -15);
  head.pose = frame.pose;
  head.pose.scale = 0.88;
  Painter whole(3, head.opinion()), finer(2, head.opinion());
  const auto volume = volume_around({-150, -150, -170}, {150, 150, 120});
  const Sight sight = look(volume, {whole, &finer});
  expect_sound(sight);
  ASSERT_TRUE(sight.agreement.has_value());
  EXPECT_GT(*sight.agreement, 0.95);
  expect_face_seen(head, model_grid(volume.grid, finer.card()), sight);
}

TEST(Look, AFaceInACornerOfALargeFieldIsFound) {
  SmoothHead head;
  head.pose.origin = {-150, -110, 260};
  Painter whole(4, head.opinion()), finer(2, head.opinion());
  const auto volume = volume_around({-250, -240, -200}, {250, 240, 340});
  const Sight sight = look(volume, {whole, &finer});
  expect_sound(sight);
  ASSERT_TRUE(sight.agreement.has_value());
  EXPECT_GT(*sight.agreement, 0.95);
  EXPECT_LT(sight.input.grid.voxel_count() * 8, whole.seen.front().voxel_count() * 64 / 2);
  const RegularGrid all = model_grid(volume.grid, whole.card());
  expect_within(sight.input.grid, all);
  expect_face_seen(head, all, sight);
}

TEST(Look, AFaceAtTheEndOfTheFieldIsFoundWithinIt) {
  const SmoothHead head;
  Painter whole(3, head.opinion()), finer(2, head.opinion());
  const auto volume = volume_around({0, -100, -90}, {125, 125, 95});  // the left half, to the lips
  const Sight sight = look(volume, {whole, &finer});
  expect_sound(sight);
  ASSERT_TRUE(sight.agreement.has_value());
  EXPECT_GT(*sight.agreement, 0.9);
  expect_within(sight.input.grid, whole.seen.front());
  const RegularGrid in_view{{25, 45, 37}, {0, -100, -90}, 5};
  for (std::size_t i = 0; i < in_view.voxel_count(); ++i)
    if (facial(head, point_of(in_view, i)) > 0.9) {
      ASSERT_TRUE(covers(sight.input.grid, point_of(in_view, i)));
    }
}

TEST(Look, ANetworksErrorIsPassedOn) {
  const Opinion fails = [](const Vec3&) -> std::array<float, label_count> {
    throw base::Error(base::Fault::resource, "out of memory", "");
  };
  Painter good(3, SmoothHead{}.opinion()), bad(3, fails), bad_face(2, fails);
  EXPECT_EQ(support::fault_of([&] { look(whole_head, bad); }), base::Fault::resource);
  EXPECT_EQ(support::fault_of([&] { look(whole_head, {good, &bad_face}); }), base::Fault::resource);
}

}  // namespace
}  // namespace efface::face
