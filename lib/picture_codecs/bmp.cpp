// Windows bitmaps (BITMAPINFOHEADER and longer), uncompressed: what screens are saved as.
#include <cstdlib>

#include "picture_codecs/internal_formats.h"

namespace efface::picture_codecs {

namespace {

class Bmp {
 public:
  explicit Bmp(Bytes file) : file_(file) {
    constexpr std::uint64_t shortest_header = 40, plain = 0, masks = 3;
    if (file.size() < pixels_at + 4 || number(14, 4) < shortest_header) refuse(not_handled);
    bits_ = static_cast<unsigned>(number(28, 2));
    const std::uint64_t compression = number(30, 4);
    const bool is_handled = bits_ == 1 || bits_ == 4 || bits_ == 8 || bits_ == 24 || bits_ == 32;
    if (!is_handled || (compression != plain && !(compression == masks && bits_ == 32))) {
      refuse(not_handled);
    }
  }

  Page read() const {
    const auto columns = static_cast<std::int32_t>(number(18, 4));
    const auto rows = static_cast<std::int32_t>(number(22, 4));  // negative: from the top
    if (columns <= 0 || rows == INT32_MIN) is_damaged();
    Page page = new_page(static_cast<std::uint64_t>(columns),
                         static_cast<std::uint64_t>(std::abs(rows)), 3, 8);
    const std::uint64_t row_bytes = (std::uint64_t{page.layout.columns} * bits_ + 31) / 32 * 4;
    const std::uint64_t first = number(10, 4);
    if (first + row_bytes * page.layout.rows > file_.size()) is_damaged();
    for (std::uint32_t y = 0; y < page.layout.rows; ++y) {
      const std::uint32_t stored = rows < 0 ? y : page.layout.rows - 1 - y;
      for (std::uint32_t x = 0; x < page.layout.columns; ++x) {
        const std::uint64_t blue = colour_at(first + stored * row_bytes, x);
        const std::size_t to = 3 * (std::size_t{y} * page.layout.columns + x);
        for (std::size_t c = 0; c < 3; ++c) page.samples[to + c] = file_[blue + 2 - c];
      }
    }
    return page;
  }

 private:
  static constexpr const char* not_handled = "this kind of bitmap is not decoded";
  static constexpr std::uint64_t pixels_at = 54;

  std::uint64_t number(std::size_t at, std::size_t size) const {
    std::uint64_t value = 0;
    for (std::size_t i = size; i > 0; --i) {
      value = value << 8U | std::to_integer<std::uint64_t>(file_[at + i - 1]);
    }
    return value;
  }

  /// Where blue, green and red of a pixel stand: in its row, or in the palette.
  std::uint64_t colour_at(std::uint64_t row, std::uint32_t x) const {
    if (bits_ >= 24) return row + std::uint64_t{x} * (bits_ / 8);
    const unsigned per_byte = 8 / bits_;
    const unsigned shift = (per_byte - 1 - x % per_byte) * bits_;
    const auto byte = std::to_integer<unsigned>(file_[row + x / per_byte]);
    const std::uint64_t entry = (byte >> shift) & ((1U << bits_) - 1);
    const std::uint64_t at = 14 + number(14, 4) + 4 * entry;
    if (at + 3 > file_.size()) is_damaged();
    return at;
  }

  Bytes file_;
  unsigned bits_ = 0;
};

}  // namespace

std::vector<Page> read_bmp(Bytes file) {
  return {Bmp(file).read()};
}

}  // namespace efface::picture_codecs
