// Pictures as cameras, screens and plots make them (PNG, JPEG, TIFF, BMP), decoded for those who
// look for text in their pixels. Writes nothing; metadata, colour profiles and transparency are
// left out. Made for hostile files: sizes are known before anything is decoded, and nothing is
// printed.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "dicom/sample_layout.h"

namespace efface::picture_codecs {

struct Page {
  dicom::SampleLayout layout;  ///< MONOCHROME2 or RGB; 8 or 16 bits
  std::vector<std::byte> samples;
};

/// Of all pages together; a pixel takes at most 4 bytes while it is decoded.
inline constexpr std::size_t most_pixels = std::size_t{1} << 26;
inline constexpr std::size_t most_pages = 256;

/// The pages of a TIFF, else one. Throws base::Error: unsupported for other formats, kinds of
/// pixels that are not handled, and more than the above; bad_input for what is damaged or cut
/// short.
std::vector<Page> read_picture(std::span<const std::byte> file);

}  // namespace efface::picture_codecs
