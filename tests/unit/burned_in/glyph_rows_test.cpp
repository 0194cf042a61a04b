#include "burned_in/glyph_rows.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "tests/support/block_letters.h"

namespace efface::burned_in::test {
namespace {

using efface::test::draw;
using efface::test::plain;

bool holds(const std::vector<GlyphRow>& rows, const Box& text, int least_glyphs) {
  return std::any_of(rows.begin(), rows.end(), [&](const GlyphRow& row) {
    return row.glyphs >= least_glyphs && covered_part(text, {grown(row.box, 1, 9999, 9999)}) == 1;
  });
}

TEST(GlyphRows, AreFoundInBothPolarities) {
  for (const int scale : {1, 2, 4}) {
    for (const bool is_bright : {true, false}) {
      Picture picture = plain(400, 100, is_bright ? 20 : 230);
      const Box text = draw(picture, 30, 40, "GARRISON", is_bright ? 240 : 15, scale);
      EXPECT_TRUE(holds(find_glyphs(picture).rows, text, 8)) << scale << is_bright;
    }
  }
}

TEST(GlyphRows, AreFoundOnAnUnevenGround) {
  Picture picture = plain(400, 200, 0);
  for (std::size_t i = 0; i < picture.grey.size(); ++i) {
    const auto x = static_cast<double>(i % 400), y = static_cast<double>(i / 400);
    picture.grey[i] = static_cast<std::uint8_t>(110 + 70 * std::sin(x / 9) * std::cos(y / 7));
  }
  const Box text = draw(picture, 30, 90, "SON 1974", 255);
  EXPECT_TRUE(holds(find_glyphs(picture).rows, text, 6));
}

TEST(GlyphRows, OfLinesAndBlocksHaveFewShapes) {
  Picture picture = plain(300, 200, 0);
  for (int x = 20; x < 280; ++x) picture.grey[static_cast<std::size_t>(50 * 300 + x)] = 255;
  for (int y = 80; y < 110; ++y) {
    for (int x = 20; x < 120; ++x) picture.grey[static_cast<std::size_t>(y * 300 + x)] = 255;
  }
  for (const GlyphRow& row : find_glyphs(picture).rows) EXPECT_LT(row.shapes, 3);
  EXPECT_TRUE(find_glyphs(plain(300, 200, 128)).rows.empty());
}

TEST(GlyphRows, OfNoiseAreUneven) {
  Picture picture = plain(256, 256, 0);
  std::mt19937 random(3);
  std::normal_distribution<double> noise(90, 25);
  for (std::uint8_t& grey : picture.grey) {
    grey = static_cast<std::uint8_t>(std::clamp(noise(random), 0.0, 255.0));
  }
  for (const GlyphRow& row : find_glyphs(picture).rows) {
    EXPECT_FALSE(row.glyphs >= 5 && row.spread <= 6 && row.contrast >= 80);
  }
}

}  // namespace
}  // namespace efface::burned_in::test
