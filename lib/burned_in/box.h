// Rectangles of pixels in a frame. No pixels here.
#pragma once

#include <compare>
#include <vector>

namespace efface::burned_in {

/// Columns x to x + width - 1, rows y to y + height - 1, from the top left.
struct Box {
  int x = 0, y = 0, width = 0, height = 0;

  int right() const { return x + width; }
  int bottom() const { return y + height; }
  long area() const { return static_cast<long>(width) * height; }
  bool is_empty() const { return width <= 0 || height <= 0; }
  friend auto operator<=>(const Box&, const Box&) = default;
};

Box intersection(const Box& a, const Box& b);
/// The smallest box around both.
Box around(const Box& a, const Box& b);
/// Larger by a margin on each side, cut at the borders of a frame.
Box grown(const Box& box, int margin, int columns, int rows);
/// How much of `box` one of the others covers alone, 0 to 1.
double covered_part(const Box& box, const std::vector<Box>& others);
/// Sorted, without those that lie inside another.
std::vector<Box> without_contained(std::vector<Box> boxes);

}  // namespace efface::burned_in
