// The formats one by one, and what they share. As read_picture(), for files that begin as theirs
// do.
#pragma once

#include <cstdint>

#include "picture_codecs/read_picture.h"

namespace efface::picture_codecs {

using Bytes = std::span<const std::byte>;

std::vector<Page> read_png(Bytes file);
std::vector<Page> read_jpeg(Bytes file);
std::vector<Page> read_tiff(Bytes file);
std::vector<Page> read_bmp(Bytes file);

[[noreturn]] void refuse(const char* what);  ///< unsupported
[[noreturn]] void is_damaged();              ///< bad_input

/// A page with room for its samples; refuses sizes beyond most_pixels less `pixels_before`.
Page new_page(std::uint64_t columns, std::uint64_t rows, unsigned samples, unsigned bits,
              std::size_t pixels_before = 0);

}  // namespace efface::picture_codecs
