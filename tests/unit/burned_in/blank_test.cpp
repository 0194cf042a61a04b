#include "burned_in/blank.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/unit/burned_in/layouts.h"

namespace efface::burned_in::test {
namespace {

TEST(Blank, TakesTheSquareOutOfEveryLayout) {
  for (const Sample& sample : all_layouts()) {
    std::vector<std::byte> frame = sample.frame;
    const Picture before = render(frame, sample.layout);
    blank(frame, sample.layout, before, {{1, 1, 6, 4}});
    const std::vector<std::uint8_t> grey = render(frame, sample.layout).grey;
    EXPECT_EQ(std::set<std::uint8_t>(grey.begin(), grey.end()).size(), 1U) << sample.name;
  }
}

TEST(Blank, ChangesNothingOutside) {
  for (const Sample& sample : all_layouts()) {
    std::vector<std::byte> frame = sample.frame;
    const Picture before = render(frame, sample.layout);
    const Box box{3, 2, 1, 1};
    blank(frame, sample.layout, before, {box});
    const Box whole = blanked_box(box, sample.layout);
    EXPECT_EQ(whole, sample.layout.is_subsampled() ? (Box{2, 2, 2, 1}) : box) << sample.name;
    EXPECT_NE(frame.size(), 0U);
    const Picture after = render(frame, sample.layout);
    for (int y = 0; y < static_cast<int>(rows); ++y) {
      for (int x = 0; x < static_cast<int>(columns); ++x) {
        if (!intersection({x, y, 1, 1}, whole).is_empty()) continue;
        EXPECT_EQ(after.at(x, y), before.at(x, y)) << sample.name << ' ' << x << ' ' << y;
      }
    }
  }
}

TEST(Blank, FillsWithTheGroundAroundTheText) {
  Sample sample = one_sample("white ground", layout_of("MONOCHROME2", 1, 8), 200, 10);
  sample.frame[0] = std::byte{0};  // the darkest pixel lies elsewhere
  std::vector<std::byte> frame = sample.frame;
  blank(frame, sample.layout, render(frame, sample.layout), {{1, 1, 6, 4}});
  EXPECT_EQ(frame[2 + 2 * columns], std::byte{200});
}

TEST(Blank, FillsWithTheDarkestWhereTheGroundIsUneven) {
  SampleLayout layout = layout_of("MONOCHROME1", 1, 8);
  std::vector<std::byte> frame;
  for (std::uint32_t i = 0; i < columns * rows; ++i)
    put(frame, static_cast<std::int32_t>(4 * i), 8);
  blank(frame, layout, render(frame, layout), {{1, 1, 6, 4}});
  EXPECT_EQ(frame[2 + 2 * columns], std::byte{4 * (columns * rows - 1)})
      << "of MONOCHROME1 the greatest value is black";
}

TEST(Blank, KeepsToTheFrame) {
  Sample sample = one_sample("", layout_of("MONOCHROME2", 1, 8), 3, 250);
  const Picture picture = render(sample.frame, sample.layout);
  blank(sample.frame, sample.layout, picture, {{-5, -5, 100, 100}, {50, 50, 5, 5}, {2, 2, 0, 0}});
  for (const std::byte pixel : sample.frame) EXPECT_EQ(pixel, std::byte{3});
}

}  // namespace
}  // namespace efface::burned_in::test
