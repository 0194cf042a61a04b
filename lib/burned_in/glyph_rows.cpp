#include "burned_in/glyph_rows.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <tuple>

namespace efface::burned_in {

namespace {

constexpr int least_height = 5, greatest_height = 56;
constexpr int least_contrast = 32;          // grey levels from the ground to the stroke
constexpr double greatest_spread = 36;      // grey levels between the characters of a row
constexpr std::size_t most_shapes = 20000;  // of one layer: beyond, it is texture
constexpr std::size_t most_rows = 80;

/// One way to tell strokes from the ground.
struct Layer {
  bool is_bright;
  int threshold;  ///< grey level, or 0: what stands out of the mean of its surroundings
  int radius;     ///< of these
};
// Text of one brightness over a picture of many is alone above some level.
constexpr std::array layers{Layer{true, 250, 0},  Layer{true, 225, 0}, Layer{true, 185, 0},
                            Layer{true, 140, 0},  Layer{true, 0, 8},   Layer{true, 0, 24},
                            Layer{false, 5, 0},   Layer{false, 30, 0}, Layer{false, 70, 0},
                            Layer{false, 115, 0}, Layer{false, 0, 8},  Layer{false, 0, 24}};

/// A connected piece of strokes.
struct Shape {
  Box box;
  long pixels = 0;
  int level = 0;     ///< its strokes' brightness
  int contrast = 0;  ///< to the ground
};

/// Means over squares around each pixel, from an integral image.
class LocalMean {
 public:
  LocalMean(const Picture& picture, int radius)
      : columns_(picture.columns), rows_(picture.rows), radius_(radius) {
    const auto width = static_cast<std::size_t>(columns_) + 1;
    sums_.assign(width * (static_cast<std::size_t>(rows_) + 1), 0);
    for (int y = 0; y < rows_; ++y) {
      std::uint32_t line = 0;
      for (int x = 0; x < columns_; ++x) {
        line += picture.at(x, y);
        const std::size_t at =
            (static_cast<std::size_t>(y) + 1) * width + static_cast<std::size_t>(x) + 1;
        sums_[at] = sums_[at - width] + line;
      }
    }
  }

  int at(int x, int y) const {
    const int left = std::max(0, x - radius_), right = std::min(columns_, x + radius_ + 1);
    const int top = std::max(0, y - radius_), bottom = std::min(rows_, y + radius_ + 1);
    const std::uint32_t sum =
        sum_at(right, bottom) - sum_at(left, bottom) - sum_at(right, top) + sum_at(left, top);
    return static_cast<int>(sum / static_cast<std::uint32_t>((right - left) * (bottom - top)));
  }

 private:
  std::uint32_t sum_at(int x, int y) const {
    return sums_[static_cast<std::size_t>(y) * (static_cast<std::size_t>(columns_) + 1) +
                 static_cast<std::size_t>(x)];
  }
  int columns_, rows_, radius_;
  std::vector<std::uint32_t> sums_;
};

/// 1 where a pixel belongs to a stroke.
std::vector<std::uint8_t> strokes(const Picture& picture, const Layer& layer) {
  std::vector<std::uint8_t> mask(picture.grey.size(), 0);
  if (layer.threshold > 0) {
    for (std::size_t i = 0; i < mask.size(); ++i) {
      const int grey = picture.grey[i];
      mask[i] = (layer.is_bright ? grey >= layer.threshold : grey <= layer.threshold) ? 1 : 0;
    }
    return mask;
  }
  const LocalMean mean(picture, layer.radius);
  std::size_t i = 0;
  for (int y = 0; y < picture.rows; ++y) {
    for (int x = 0; x < picture.columns; ++x, ++i) {
      const int difference = picture.grey[i] - mean.at(x, y);
      mask[i] = (layer.is_bright ? difference : -difference) > least_contrast / 2 ? 1 : 0;
    }
  }
  return mask;
}

/// Collects one 8-connected piece from `mask`, which loses it.
Shape take_shape(const Picture& picture, std::vector<std::uint8_t>& mask, int x, int y,
                 std::vector<int>& stack, std::array<int, 256>& levels, bool is_bright) {
  levels.fill(0);
  stack.assign(1, y * picture.columns + x);
  mask[static_cast<std::size_t>(stack.front())] = 0;
  Shape shape{{x, y, 1, 1}, 0, 0, 0};
  while (!stack.empty()) {
    const int place = stack.back();
    stack.pop_back();
    const int px = place % picture.columns, py = place / picture.columns;
    shape.box = around(shape.box, {px, py, 1, 1});
    ++shape.pixels;
    ++levels[picture.grey[static_cast<std::size_t>(place)]];
    for (int ny = std::max(0, py - 1); ny <= std::min(picture.rows - 1, py + 1); ++ny) {
      for (int nx = std::max(0, px - 1); nx <= std::min(picture.columns - 1, px + 1); ++nx) {
        const int next = ny * picture.columns + nx;
        if (mask[static_cast<std::size_t>(next)] == 0) continue;
        mask[static_cast<std::size_t>(next)] = 0;
        stack.push_back(next);
      }
    }
  }
  // The stroke's own level: a quarter of its pixels are further from the ground.
  long rest = shape.pixels / 4;
  for (int n = 0; n < 256; ++n) {
    const int level = is_bright ? 255 - n : n;
    rest -= levels[static_cast<std::size_t>(level)];
    shape.level = level;
    if (rest <= 0) break;
  }
  return shape;
}

/// The ground's level just outside a shape's box: the median of the border.
int ground_level(const Picture& picture, const Box& box) {
  const Box frame = grown(box, 1, picture.columns, picture.rows);
  std::vector<std::uint8_t> levels;
  for (int x = frame.x; x < frame.right(); ++x) {
    levels.push_back(picture.at(x, frame.y));
    levels.push_back(picture.at(x, frame.bottom() - 1));
  }
  for (int y = frame.y; y < frame.bottom(); ++y) {
    levels.push_back(picture.at(frame.x, y));
    levels.push_back(picture.at(frame.right() - 1, y));
  }
  const auto middle = levels.begin() + static_cast<std::ptrdiff_t>(levels.size() / 2);
  std::nth_element(levels.begin(), middle, levels.end());
  return *middle;
}

/// Characters that touch make a wide shape.
bool is_like_characters(const Shape& shape) {
  const Box& box = shape.box;
  if (box.height < least_height || box.height > greatest_height) return false;
  if (box.width > 9 * box.height || shape.pixels < box.height) return false;
  const double fill = static_cast<double>(shape.pixels) / static_cast<double>(box.area());
  if (fill > 0.85 && box.width > box.height / 2) return false;  // a filled block
  return fill > 0.1;                                            // not a long curve
}

std::vector<Shape> find_shapes(const Picture& picture, const Layer& layer) {
  std::vector<std::uint8_t> mask = strokes(picture, layer);
  std::vector<Shape> shapes;
  std::vector<int> stack;
  std::array<int, 256> levels{};
  for (int y = 0; y < picture.rows; ++y) {
    for (int x = 0; x < picture.columns; ++x) {
      const auto place = static_cast<std::size_t>(y) * static_cast<std::size_t>(picture.columns) +
                         static_cast<std::size_t>(x);
      if (mask[place] == 0) continue;
      Shape shape = take_shape(picture, mask, x, y, stack, levels, layer.is_bright);
      if (!is_like_characters(shape)) continue;
      const int ground = ground_level(picture, shape.box);
      shape.contrast = layer.is_bright ? shape.level - ground : ground - shape.level;
      if (shape.contrast < least_contrast) continue;
      shapes.push_back(shape);
      if (shapes.size() >= most_shapes) return {};
    }
  }
  return shapes;
}

int characters_in(const Shape& shape) {
  return std::max(1, (10 * shape.box.width + 4 * shape.box.height) / (9 * shape.box.height));
}

/// Whether `next` may be the character after `last`.
bool follows(const Shape& last, const Shape& next) {
  const int tall = std::max(last.box.height, next.box.height);
  const int small = std::min(last.box.height, next.box.height);
  if (2 * small < tall) return false;
  const int gap = next.box.x - last.box.right();
  if (gap > tall + tall / 4 || gap < -small / 2) return false;
  const int common =
      std::min(last.box.bottom(), next.box.bottom()) - std::max(last.box.y, next.box.y);
  if (4 * common < 3 * small) return false;
  return std::abs(last.level - next.level) <= greatest_spread;
}

double share_near(std::vector<int> values, double tolerance) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  const int median = *middle;
  const auto near = std::count_if(values.begin(), values.end(),
                                  [&](int v) { return std::abs(v - median) <= tolerance; });
  return static_cast<double>(near) / static_cast<double>(values.size());
}

/// A row of characters, or one without glyphs when its shapes do not stand on one line.
GlyphRow to_row(const std::vector<Shape>& shapes, const std::vector<std::size_t>& members,
                bool is_bright) {
  GlyphRow row;
  row.is_bright = is_bright;
  row.shapes = static_cast<int>(members.size());
  int glyphs = 0;
  std::vector<int> heights, feet, contrasts;
  double sum = 0, squares = 0;
  for (const std::size_t m : members) {
    const Shape& shape = shapes[m];
    row.box = around(row.box, shape.box);
    heights.push_back(shape.box.height);
    feet.push_back(shape.box.bottom());
    contrasts.push_back(shape.contrast);
    glyphs += characters_in(shape);
    sum += shape.level;
    squares += static_cast<double>(shape.level) * shape.level;
  }
  const auto count = static_cast<double>(members.size());
  row.spread = std::sqrt(std::max(0.0, squares / count - sum / count * sum / count));
  std::vector<int> sorted = heights;
  std::sort(sorted.begin(), sorted.end());
  row.height = sorted[sorted.size() / 2];
  const double tolerance = std::max(1.5, 0.2 * row.height);
  const bool is_line = share_near(feet, tolerance) >= 0.6 &&
                       share_near(heights, std::max(1.5, 0.35 * row.height)) >= 0.6;
  std::sort(contrasts.begin(), contrasts.end());
  row.contrast = contrasts[contrasts.size() / 2];
  row.level = static_cast<int>(std::lround(sum / count));
  row.glyphs = is_line && row.spread <= greatest_spread ? glyphs : 0;
  return row;
}

void add_rows(std::vector<Shape> shapes, bool is_bright, std::vector<GlyphRow>& rows) {
  std::sort(shapes.begin(), shapes.end(),
            [](const Shape& a, const Shape& b) { return a.box < b.box; });
  std::vector<char> is_taken(shapes.size(), 0);
  for (std::size_t first = 0; first < shapes.size(); ++first) {
    if (is_taken[first] != 0) continue;
    std::vector<std::size_t> members{first};
    is_taken[first] = 1;
    for (std::size_t next = first + 1; next < shapes.size(); ++next) {
      const Shape& last = shapes[members.back()];
      if (shapes[next].box.x > last.box.right() + 2 * greatest_height) break;
      if (is_taken[next] != 0 || !follows(last, shapes[next])) continue;
      is_taken[next] = 1;
      members.push_back(next);
    }
    const GlyphRow row = to_row(shapes, members, is_bright);
    if (row.glyphs >= 2) rows.push_back(row);
  }
}

/// How much a row is like printed text: many characters, of one brightness, well set off.
double likeness(const GlyphRow& row) {
  return std::min(row.glyphs, 12) * (1 - row.spread / (2 * greatest_spread)) *
         std::min(1.0, row.contrast / 100.0);
}

bool repeats(const GlyphRow& row, const GlyphRow& better) {
  const int tall = std::max(row.height, better.height), small = std::min(row.height, better.height);
  return 3 * small >= 2 * tall && covered_part(row.box, {better.box}) > 0.8;
}

/// Of rows that lie in each other the one that is most like text; the best of all.
std::vector<GlyphRow> without_repeated(std::vector<GlyphRow> rows) {
  std::sort(rows.begin(), rows.end(), [](const GlyphRow& a, const GlyphRow& b) {
    return std::tuple(-likeness(a), a.box) < std::tuple(-likeness(b), b.box);
  });
  std::vector<GlyphRow> kept;
  for (const GlyphRow& row : rows) {
    if (kept.size() >= most_rows) break;
    const bool is_repeated = std::any_of(
        kept.begin(), kept.end(), [&](const GlyphRow& better) { return repeats(row, better); });
    if (!is_repeated) kept.push_back(row);
  }
  return kept;
}

}  // namespace

Glyphs find_glyphs(const Picture& picture) {
  Glyphs found;
  std::vector<GlyphRow> rows;
  for (const Layer& layer : layers) {
    const std::vector<Shape> shapes = find_shapes(picture, layer);
    for (const Shape& shape : shapes) {
      found.single.push_back({shape.box, shape.level, shape.contrast, layer.is_bright});
    }
    add_rows(shapes, layer.is_bright, rows);
  }
  std::sort(found.single.begin(), found.single.end(),
            [](const Glyph& a, const Glyph& b) { return a.box < b.box; });
  found.rows = without_repeated(std::move(rows));
  return found;
}

}  // namespace efface::burned_in
