#include "qc/raster.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace efface::qc {

Colour grey(double brightness) {
  const auto level = static_cast<std::uint8_t>(std::lround(255 * std::clamp(brightness, 0.0, 1.0)));
  return {level, level, level};
}

Raster::Raster(std::size_t columns, std::size_t rows, Colour fill)
    : width(columns), height(rows), rgb(3 * columns * rows) {
  for (std::size_t y = 0; y < height; ++y) {
    for (std::size_t x = 0; x < width; ++x) set(x, y, fill);
  }
}

Colour Raster::at(std::size_t x, std::size_t y) const {
  const std::uint8_t* pixel = &rgb[3 * (x + width * y)];
  return {pixel[0], pixel[1], pixel[2]};
}

void Raster::set(std::size_t x, std::size_t y, Colour colour) {
  std::uint8_t* pixel = &rgb[3 * (x + width * y)];
  pixel[0] = colour.red;
  pixel[1] = colour.green;
  pixel[2] = colour.blue;
}

void paste(const Raster& tile, std::size_t x, std::size_t y, Raster& onto) {
  if (x + tile.width > onto.width || y + tile.height > onto.height) {
    throw base::Error(base::Fault::internal, "a tile does not fit into its picture");
  }
  for (std::size_t row = 0; row < tile.height; ++row) {
    const auto from = tile.rgb.begin() + static_cast<std::ptrdiff_t>(3 * tile.width * row);
    std::copy(from, from + static_cast<std::ptrdiff_t>(3 * tile.width),
              onto.rgb.begin() + static_cast<std::ptrdiff_t>(3 * (x + onto.width * (y + row))));
  }
}

}  // namespace efface::qc
