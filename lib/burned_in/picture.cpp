#include "burned_in/picture.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "base/error.h"

namespace efface::burned_in {

namespace {

using dicom::SampleLayout;

[[noreturn]] void not_supported(const char* why) {
  throw base::Error(base::Fault::unsupported, why);
}

/// The stored value of one sample (PS3.5 section 8.1.1): bits above and below it left out.
struct SampleValue {
  std::size_t bytes;
  unsigned shift = 0, bits;
  bool is_signed;

  explicit SampleValue(const SampleLayout& layout)
      : bytes(layout.bytes_per_sample()), bits(layout.bits_stored), is_signed(layout.is_signed) {
    if (bits == 0 || bits > layout.bits_allocated) bits = layout.bits_allocated;
    if (layout.high_bit + 1 > bits && layout.high_bit < layout.bits_allocated) {
      shift = layout.high_bit + 1 - bits;
    }
  }

  std::int64_t operator()(const std::byte* at) const {
    std::uint64_t raw = 0;
    for (std::size_t i = 0; i < bytes; ++i) {
      raw |= std::to_integer<std::uint64_t>(at[i]) << (8 * i);
    }
    raw = (raw >> shift) & ((std::uint64_t{1} << bits) - 1);
    const bool is_negative = is_signed && ((raw >> (bits - 1)) & 1) != 0;
    return static_cast<std::int64_t>(raw) - (is_negative ? std::int64_t{1} << bits : 0);
  }
};

float luminance(float red, float green, float blue) {
  return 0.299F * red + 0.587F * green + 0.114F * blue;
}

std::vector<float> monochrome(std::span<const std::byte> frame, const SampleLayout& layout) {
  const SampleValue value(layout);
  std::vector<float> levels(std::size_t{layout.columns} * layout.rows);
  const std::byte* at = frame.data();
  for (float& level : levels) {
    level = static_cast<float>(value(at));
    at += value.bytes;
  }
  return levels;
}

std::vector<float> palette_colour(std::span<const std::byte> frame, const SampleLayout& layout) {
  if (!layout.palette) not_supported("the palette of the image is missing or damaged");
  const dicom::Palette& palette = *layout.palette;
  std::vector<float> levels = monochrome(frame, layout);
  for (float& level : levels) {
    const std::int64_t entry = static_cast<std::int64_t>(level) - palette.first;
    const auto colour = [&](std::size_t c) {
      const auto last = static_cast<std::int64_t>(palette.colours[c].size()) - 1;
      return static_cast<float>(
          palette.colours[c][static_cast<std::size_t>(std::clamp<std::int64_t>(entry, 0, last))]);
    };
    level = luminance(colour(0), colour(1), colour(2));
  }
  return levels;
}

/// Y1 Y2 Cb Cr: the luminance alone.
std::vector<float> subsampled(std::span<const std::byte> frame, std::size_t pixels) {
  std::vector<float> levels(pixels);
  for (std::size_t i = 0; i < pixels; ++i) {
    levels[i] = static_cast<float>(std::to_integer<unsigned>(frame[i / 2 * 4 + i % 2]));
  }
  return levels;
}

std::vector<float> three_colours(std::span<const std::byte> frame, const SampleLayout& layout) {
  const std::size_t pixels = std::size_t{layout.columns} * layout.rows;
  if (layout.is_subsampled()) return subsampled(frame, pixels);
  const SampleValue value(layout);
  const std::size_t next_colour = layout.is_planar ? pixels * value.bytes : value.bytes;
  const std::size_t next_pixel = layout.is_planar ? value.bytes : 3 * value.bytes;
  const bool is_rgb = layout.photometric_interpretation == "RGB";
  std::vector<float> levels(pixels);
  const std::byte* at = frame.data();
  for (float& level : levels) {
    const auto colour = [&](std::size_t c) {
      return static_cast<float>(value(at + c * next_colour));
    };
    level = is_rgb ? luminance(colour(0), colour(1), colour(2)) : colour(0);
    at += next_pixel;
  }
  return levels;
}

std::pair<float, float> percentiles(std::vector<float> levels, double part) {
  const auto place = [&](double p) {
    return levels.begin() + static_cast<std::ptrdiff_t>(p * static_cast<double>(levels.size() - 1));
  };
  std::nth_element(levels.begin(), place(part), levels.end());
  const float low = *place(part);
  std::nth_element(levels.begin(), place(1 - part), levels.end());
  return {low, *place(1 - part)};
}

Picture to_grey(const std::vector<float>& levels, const SampleLayout& layout, float low,
                float high) {
  Picture picture{static_cast<int>(layout.columns), static_cast<int>(layout.rows), {}};
  picture.grey.resize(levels.size());
  const float scale = high > low ? 255.0F / (high - low) : 0;
  const bool is_inverted = layout.photometric_interpretation == "MONOCHROME1";
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const float grey = std::clamp((levels[i] - low) * scale, 0.0F, 255.0F);
    picture.grey[i] = static_cast<std::uint8_t>(std::lround(is_inverted ? 255 - grey : grey));
  }
  return picture;
}

/// How a colour's samples are told from each other; what is not known must not be guessed.
std::vector<float> levels_of(std::span<const std::byte> frame, const SampleLayout& layout) {
  const std::string_view kind = layout.photometric_interpretation;
  if (layout.samples_per_pixel == 1) {
    if (kind == "PALETTE COLOR") return palette_colour(frame, layout);
    if (kind == "MONOCHROME1" || kind == "MONOCHROME2") return monochrome(frame, layout);
  }
  const bool is_colour = kind == "RGB" || kind == "YBR_FULL" || layout.is_subsampled();
  if (layout.samples_per_pixel == 3 && is_colour) {
    if (layout.is_subsampled() && (layout.bits_allocated != 8 || layout.columns % 2 != 0)) {
      not_supported("subsampled colour of more than 8 bits or of odd width");
    }
    if (layout.bits_allocated <= 16) return three_colours(frame, layout);
  }
  not_supported("a photometric interpretation that cannot be shown");
}

}  // namespace

Picture render(std::span<const std::byte> frame, const SampleLayout& layout, Stretch stretch) {
  const std::uint32_t bits = layout.bits_allocated;
  if (bits != 8 && bits != 16 && bits != 32) {
    not_supported("bits allocated other than 8, 16 or 32");
  }
  if (layout.columns == 0 || layout.rows == 0 || frame.size() != layout.frame_bytes()) {
    throw base::Error(base::Fault::internal, "a frame does not have the size of its layout");
  }
  const std::vector<float> levels = levels_of(frame, layout);
  if (stretch == Stretch::middle) {
    const auto [low, high] = percentiles(levels, 0.005);
    return to_grey(levels, layout, low, high);
  }
  const auto [low, high] = std::minmax_element(levels.begin(), levels.end());
  return to_grey(levels, layout, *low, *high);
}

Picture enlarged(const Picture& picture, const Box& part, int factor) {
  Picture large{part.width * factor, part.height * factor, {}};
  large.grey.resize(static_cast<std::size_t>(large.columns) * static_cast<std::size_t>(large.rows));
  const auto place = [factor](int at, int from, int size, int limit, int& first, float& weight) {
    const float exact = (static_cast<float>(at) + 0.5F) / static_cast<float>(factor) - 0.5F;
    const float inside = std::clamp(exact, 0.0F, static_cast<float>(size - 1));
    first = from + static_cast<int>(inside);
    weight = inside - std::floor(inside);
    if (first + 1 >= limit) weight = 0;
  };
  std::size_t out = 0;
  for (int y = 0; y < large.rows; ++y) {
    int top = 0;
    float down = 0;
    place(y, part.y, part.height, picture.rows, top, down);
    const int below = down > 0 ? top + 1 : top;
    for (int x = 0; x < large.columns; ++x, ++out) {
      int left = 0;
      float across = 0;
      place(x, part.x, part.width, picture.columns, left, across);
      const int next = across > 0 ? left + 1 : left;
      const auto mixed = [&](int row) {
        return static_cast<float>(picture.at(left, row)) * (1 - across) +
               static_cast<float>(picture.at(next, row)) * across;
      };
      large.grey[out] =
          static_cast<std::uint8_t>(mixed(top) * (1 - down) + mixed(below) * down + 0.5F);
    }
  }
  return large;
}

}  // namespace efface::burned_in
