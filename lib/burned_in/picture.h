// A frame as grey levels, for reading text in it: from stored samples of any photometric
// interpretation to brightness as a viewer would show it. For no other use: colour is lost and the
// contrast stretched.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "burned_in/box.h"
#include "dicom/sample_layout.h"

namespace efface::burned_in {

struct Picture {
  int columns = 0, rows = 0;
  std::vector<std::uint8_t> grey;  ///< row by row from the top, 0 is black

  std::uint8_t at(int x, int y) const {
    return grey[static_cast<std::size_t>(y) * static_cast<std::size_t>(columns) +
                static_cast<std::size_t>(x)];
  }
};

/// What of the stored range becomes black to white.
enum class Stretch : std::uint8_t {
  full,   ///< the least to the greatest value
  middle  ///< the values but for the least and the greatest half percent: black and white
};

/// `frame` as `layout` says, little endian. MONOCHROME1 is inverted, palettes are looked up, YBR
/// and RGB give luminance; 8-bit colour is not stretched. Throws base::Error: unsupported for a
/// photometric interpretation that is not known, a palette that is missing, and bits allocated
/// other than 8, 16 or 32 (colour: 8 and 16); internal when the sizes do not agree.
Picture render(std::span<const std::byte> frame, const dicom::SampleLayout& layout,
               Stretch stretch = Stretch::full);

/// A part of a picture, enlarged by a whole factor with linear interpolation.
Picture enlarged(const Picture& picture, const Box& part, int factor);

}  // namespace efface::burned_in
