#include "burned_in/picture.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "tests/unit/burned_in/layouts.h"

namespace efface::burned_in::test {
namespace {

TEST(Picture, ShowsEveryLayoutAlike) {
  for (const Sample& sample : all_layouts()) {
    const Picture picture = render(sample.frame, sample.layout);
    ASSERT_EQ(picture.grey.size(), std::size_t{columns} * rows) << sample.name;
    for (std::uint32_t y = 0; y < rows; ++y) {
      for (std::uint32_t x = 0; x < columns; ++x) {
        const int grey = picture.at(static_cast<int>(x), static_cast<int>(y));
        EXPECT_EQ(grey, is_white(x, y) ? 255 : 0) << sample.name << ' ' << x << ' ' << y;
      }
    }
  }
}

TEST(Picture, LeavesOutBitsThatAreNotStored) {
  SampleLayout layout = layout_of("MONOCHROME2", 1, 16);
  Sample sample = one_sample("overlay", layout, 0, 4095);
  sample.frame[1] |= std::byte{0xF0};
  EXPECT_EQ(render(sample.frame, layout).at(0, 0), 0);
}

TEST(Picture, StretchesTheUsualValues) {
  SampleLayout layout = layout_of("MONOCHROME2", 1, 16);
  layout.columns = 100;
  layout.rows = 100;
  std::vector<std::byte> frame;
  for (int i = 0; i < 10000; ++i) put(frame, i == 0 ? 4000 : i % 2 == 0 ? 100 : 200, 16);
  EXPECT_LT(render(frame, layout).at(1, 0), 10) << "one bright pixel takes the whole range";
  EXPECT_EQ(render(frame, layout, Stretch::middle).at(1, 0), 255);
  EXPECT_EQ(render(frame, layout, Stretch::middle).at(2, 0), 0);
}

TEST(Picture, GuessesNoPhotometricInterpretation) {
  for (const char* unknown : {"", "HSV", "ARGB", "CMYK", "YBR_PARTIAL_420"}) {
    Sample sample = colour("RGB", false, {0, 0, 0}, {9, 9, 9});
    sample.layout.photometric_interpretation = unknown;
    EXPECT_THROW(render(sample.frame, sample.layout), base::Error) << unknown;
  }
  Sample sample = palette();
  sample.layout.palette.reset();
  EXPECT_THROW(render(sample.frame, sample.layout), base::Error);
  sample.frame.pop_back();
  EXPECT_THROW(render(sample.frame, sample.layout), base::Error);
}

TEST(Picture, IsEnlargedBetweenItsPixels) {
  const Picture picture{2, 1, {0, 200}};
  const Picture large = enlarged(picture, {0, 0, 2, 1}, 2);
  EXPECT_EQ(large.columns, 4);
  EXPECT_EQ(large.rows, 2);
  EXPECT_EQ(large.at(0, 0), 0);
  EXPECT_EQ(large.at(1, 1), 50);
  EXPECT_EQ(large.at(2, 0), 150);
  EXPECT_EQ(large.at(3, 1), 200);
}

}  // namespace
}  // namespace efface::burned_in::test
