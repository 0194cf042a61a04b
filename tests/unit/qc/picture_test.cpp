#include "qc/picture.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "base/error.h"
#include "nosy_ball.h"

namespace efface::qc {
namespace {

using test::NosyBall;
using volume::operator+;

/// Where a rendering shows a body: bounds and middle of its pixels.
struct Shown {
  std::size_t left = 10000, right = 0, top = 10000, bottom = 0, count = 0;
  double x = 0, y = 0;
};

Shown shown(const Raster& raster) {
  Shown s;
  for (std::size_t y = 0; y < raster.height; ++y) {
    for (std::size_t x = 0; x < raster.width; ++x) {
      if (raster.at(x, y) == empty_colour) continue;
      s.left = std::min(s.left, x);
      s.right = std::max(s.right, x);
      s.top = std::min(s.top, y);
      s.bottom = std::max(s.bottom, y);
      s.x += static_cast<double>(x);
      s.y += static_cast<double>(y);
      ++s.count;
    }
  }
  s.x /= static_cast<double>(s.count);
  s.y /= static_cast<double>(s.count);
  return s;
}

Raster tile_of(const Raster& picture, std::size_t tile) {
  Raster raster(tile_pixels, tile_pixels);
  for (std::size_t y = 0; y < tile_pixels; ++y) {
    for (std::size_t x = 0; x < tile_pixels; ++x) {
      raster.set(x, y, picture.at(tile_pixels * tile + x, y));
    }
  }
  return raster;
}

/// One pixel a millimetre, the ball in the middle.
constexpr std::size_t pixels = 240;
constexpr double half = 119.5;

class Views : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    NosyBall ball;
    ball.left_mm = 12;  // an "ear" on the left alone
    surface_ = new Surface(find_surface(ball.image(), 2));
  }
  static void TearDownTestSuite() { delete surface_; }
  static Raster view(double yaw) {
    return render(*surface_, {NosyBall().centre, double{pixels}}, yaw, pixels);
  }
  static inline Surface* surface_ = nullptr;
};

TEST_F(Views, FrontShowsTheBallCentredAndTheLeftEarOnTheRight) {
  const Shown s = shown(view(0));
  EXPECT_NEAR(static_cast<double>(s.left), half - 70, 3);
  EXPECT_NEAR(static_cast<double>(s.right), half + 82, 3);
  EXPECT_NEAR(s.y, half, 1);
}

TEST_F(Views, NoseIsNearestToTheViewerInFront) {
  const Raster front = view(0);
  const Raster back = view(180);  // where nothing stands out
  std::size_t differing = 0;
  for (std::size_t y = 100; y < 140; ++y) {
    for (std::size_t x = 100; x < 140; ++x) {
      if (std::abs(front.at(x, y).red - back.at(x, y).red) > 20) ++differing;
    }
  }
  EXPECT_GT(differing, 100U);
}

TEST_F(Views, FromTheLeftTheNosePointsLeft) {
  const Shown s = shown(view(90));
  EXPECT_NEAR(static_cast<double>(s.left), half - 95, 3);
  EXPECT_NEAR(static_cast<double>(s.right), half + 70, 3);
  EXPECT_NEAR(s.y, half, 1);
}

TEST_F(Views, FromTheRightTheNosePointsRight) {
  const Shown s = shown(view(-90));
  EXPECT_NEAR(static_cast<double>(s.left), half - 70, 3);
  EXPECT_NEAR(static_cast<double>(s.right), half + 95, 3);
}

TEST_F(Views, ObliqueIsSeenFromTheLeft) {
  // From 35 degrees the nose's tip lies sin 35 of its length to the picture's left.
  const Shown s = shown(view(35));
  EXPECT_LT(s.left, static_cast<std::size_t>(half - 70 + 3));
  EXPECT_NEAR(static_cast<double>(s.right), half + 82 * 0.819 + 10 * 0.574, 4);
}

TEST_F(Views, LightComesFromAbove) {
  const Raster front = view(0);
  const auto at = [&](double up) {
    return front.at(static_cast<std::size_t>(half) - 30, static_cast<std::size_t>(half - up)).red;
  };
  EXPECT_GT(at(45), at(-45));
}

TEST(Surface, KeepsTheLargestPieceOnly) {
  NosyBall ball;
  volume::Volume image = ball.image();
  for (std::size_t k = 2; k < 8; ++k) {  // a bright brick in a corner, 3 voxels and more away
    for (std::size_t j = 2; j < 8; ++j) {
      for (std::size_t i = 2; i < 8; ++i) image.values[i + 110 * (j + 110 * k)] = 100;
    }
  }
  const Surface surface = find_surface(image, 1);
  const Raster raster = render(surface, {ball.centre, double{pixels}}, 0, pixels);
  EXPECT_EQ(raster.at(pixels - 15, 15), empty_colour);
  EXPECT_NE(raster.at(pixels / 2, pixels / 2), empty_colour);
}

TEST(Surface, ThresholdOfHounsfieldUnitsIsFixed) {
  NosyBall ball;
  ball.is_hounsfield = true;
  const Surface surface = find_surface(ball.image(), 1);
  EXPECT_EQ(surface.levels.threshold, -400);
  const Shown s = shown(render(surface, {ball.centre, double{pixels}}, 90, pixels));
  EXPECT_NEAR(static_cast<double>(s.left), half - 95, 3);
}

TEST(Surface, OfAnEmptyImageIsEmpty) {
  NosyBall ball;
  volume::Volume image = ball.image();
  std::fill(image.values.begin(), image.values.end(), 7.F);
  const Raster raster = render(find_surface(image, 1), {ball.centre, double{pixels}}, 0, pixels);
  for (std::size_t y = 0; y < pixels; y += 5) {
    for (std::size_t x = 0; x < pixels; x += 5) EXPECT_EQ(raster.at(x, y), empty_colour);
  }
}

TEST(Levels, LieBetweenNoiseAndTissueAndIgnoreBrightSpecks) {
  std::vector<float> values;
  for (int i = 0; i < 6000; ++i) values.push_back(static_cast<float>(i % 10));
  for (int i = 0; i < 3980; ++i) values.push_back(static_cast<float>(90 + i % 20));
  for (int i = 0; i < 20; ++i) values.push_back(10000);
  const Levels levels = levels_of(values, false);
  EXPECT_NEAR(levels.background, 4.5, 1);
  EXPECT_GT(levels.threshold, 10);
  EXPECT_LT(levels.threshold, 60);
  EXPECT_LT(levels.high, 120);
}

/// Asserts that the outline lies where a box is cut, at one pixel a millimetre.
void expect_box(const Raster& raster, double left, double top, double right, double bottom) {
  std::size_t count = 0;
  for (std::size_t y = 0; y < raster.height; ++y) {
    for (std::size_t x = 0; x < raster.width; ++x) {
      if (raster.at(x, y) != outline_colour) continue;
      ++count;
      const auto px = static_cast<double>(x), py = static_cast<double>(y);
      const double from_edge = std::min(
          {std::abs(px - left), std::abs(px - right), std::abs(py - top), std::abs(py - bottom)});
      EXPECT_LE(from_edge, 2.5) << x << ' ' << y;
      EXPECT_TRUE(px >= left - 2.5 && px <= right + 2.5 && py >= top - 2.5 && py <= bottom + 2.5);
    }
  }
  const double around = 2 * (right - left + bottom - top);
  EXPECT_GT(static_cast<double>(count), 0.85 * around);
}

class Slices : public testing::Test {
 protected:
  // Patient's left of the middle, in front, above: no two axes can be exchanged unseen.
  const NosyBall ball_;
  const volume::Vec3 low_ = ball_.centre + volume::Vec3{10, -80, 20};
  const volume::Vec3 high_ = ball_.centre + volume::Vec3{50, -20, 45};
  const face::FaceRegion region_ = test::box_region(low_, high_);
  const face::FaceRegion* pointer_ = &region_;
  const volume::Volume image_ = ball_.image();

  Raster cut(Plane plane, double position) const {
    return slice(image_, {&pointer_, 1}, {ball_.centre, double{pixels}}, plane, position,
                 {0, 0, 0, 120}, pixels, 1);
  }
};

TEST_F(Slices, SagittalOutlineLiesOnTheRegion) {
  expect_box(cut(Plane::sagittal, ball_.centre[0] + 30), half - 80, half - 45, half - 20,
             half - 20);
}

TEST_F(Slices, AxialOutlineLiesOnTheRegion) {
  expect_box(cut(Plane::axial, ball_.centre[2] + 30), half + 10, half - 80, half + 50, half - 20);
}

TEST_F(Slices, CoronalOutlineLiesOnTheRegion) {
  expect_box(cut(Plane::coronal, ball_.centre[1] - 50), half + 10, half - 45, half + 50, half - 20);
}

TEST_F(Slices, ShowTissueBrightAndNothingOutsideTheImage) {
  const Raster raster = cut(Plane::sagittal, ball_.centre[0]);
  EXPECT_GT(raster.at(120, 120).red, 200);
  EXPECT_LT(raster.at(120, 20).red, 60);
  EXPECT_EQ(raster.at(1, 1), empty_colour);  // 218 mm of image in 240 mm
  std::size_t outline = 0;
  for (std::size_t x = 0; x < pixels; ++x) outline += raster.at(x, 90) == outline_colour;
  EXPECT_EQ(outline, 0U);  // the plane misses the region
}

TEST(Sight, GoesThroughWhatWasRemoved) {
  const NosyBall ball;
  const volume::Vec3 low = ball.centre + volume::Vec3{10, -100, 20},
                     high = ball.centre + volume::Vec3{50, -20, 45};
  const face::FaceRegion region = test::box_region(low, high);
  const face::FaceRegion* pointer = &region;
  const Surface surface = find_surface(ball.image(), 1);
  const Sight sight = sight_of(surface, {&pointer, 1});
  EXPECT_NEAR(sight.planes[0], ball.centre[0] + 30, 3);
  EXPECT_NEAR(sight.planes[1], ball.centre[1] - 60, 3);
  EXPECT_NEAR(sight.planes[2], ball.centre[2] + 32, 3);
  EXPECT_GE(sight.frame.side_mm, 170);
  EXPECT_LE(sight.frame.side_mm, 200);
}

TEST(Picture, ShowsAHeadUprightThatLiesOtherwise) {
  const NosyBall ball;
  volume::Volume image = ball.image();
  face::FaceRegion region = test::box_region(ball.centre + volume::Vec3{10, -100, 20},
                                             ball.centre + volume::Vec3{50, -20, 45});
  const face::FaceRegion* pointer = &region;
  const Raster as_it_should_lie = picture_of(image, {&pointer, 1}, 1);
  for (const std::size_t i : {2U, 5U, 17U}) {
    const volume::Turn lies = volume::axis_turns(ball.centre)[i];
    volume::Volume lying = image;
    lying.grid = volume::turned(image.grid, lies);
    region.turn = lies;  // and back: the inverse of an axis turn is its transpose
    for (std::size_t a = 0; a < 3; ++a)
      for (std::size_t b = 0; b < 3; ++b) region.turn.rows[a][b] = lies.rows[b][a];
    EXPECT_EQ(picture_of(lying, {&pointer, 1}, 1).rgb, as_it_should_lie.rgb) << i;
  }
}

TEST(Picture, IsTheSameForAnyNumberOfThreadsAndHasAllTiles) {
  const NosyBall ball;
  const volume::Volume image = ball.image();
  const Raster one = picture_of(image, {}, 1), three = picture_of(image, {}, 3);
  EXPECT_EQ(one.width, tile_count * tile_pixels);
  EXPECT_EQ(one.height, tile_pixels);
  EXPECT_EQ(one.rgb, three.rgb);
  for (std::size_t tile = 0; tile < tile_count; ++tile) {
    EXPECT_GT(shown(tile_of(one, tile)).count, 10000U) << tile;
  }
  // Of the side views, which stand third and fourth, one is the other's mirror image in outline.
  const Shown left = shown(tile_of(one, 2)), right = shown(tile_of(one, 3));
  EXPECT_NEAR(static_cast<double>(left.left), static_cast<double>(tile_pixels - 1 - right.right),
              2);
  EXPECT_GT(left.x, right.x + 5);  // the nose pushes the ball to the other side
}

TEST(Raster, RefusesATileThatDoesNotFit) {
  Raster raster(10, 10);
  EXPECT_THROW(paste(Raster(4, 4), 7, 0, raster), base::Error);
  paste(Raster(4, 4, {1, 2, 3}), 6, 6, raster);
  EXPECT_EQ(raster.at(9, 9), (Colour{1, 2, 3}));
  EXPECT_EQ(raster.at(5, 6), Colour{});
}

}  // namespace
}  // namespace efface::qc
