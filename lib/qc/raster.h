// An RGB picture in memory. No file formats: see volume_itk/png_file.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace efface::qc {

struct Colour {
  std::uint8_t red = 0, green = 0, blue = 0;
  friend bool operator==(const Colour&, const Colour&) = default;
};

/// A grey from 0 (black) to 1 (white); clamped.
Colour grey(double brightness);

struct Raster {
  std::size_t width = 0, height = 0;
  std::vector<std::uint8_t> rgb;  ///< three bytes a pixel, row by row from the top

  Raster(std::size_t columns, std::size_t rows, Colour fill = {});
  Colour at(std::size_t x, std::size_t y) const;
  void set(std::size_t x, std::size_t y, Colour colour);
};

/// Copies `tile` with its upper left corner at (x, y). Throws base::Error (internal) when it does
/// not fit.
void paste(const Raster& tile, std::size_t x, std::size_t y, Raster& onto);

}  // namespace efface::qc
