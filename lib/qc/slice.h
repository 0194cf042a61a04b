// One plane of an image as a grey picture, with the outline of the removed region in colour.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "face/region.h"
#include "qc/raster.h"
#include "qc/surface.h"
#include "volume/volume.h"

namespace efface::qc {

using Regions = std::span<const face::FaceRegion* const>;

enum class Plane : std::uint8_t {
  sagittal,  ///< anterior is left, superior is up
  axial,     ///< the patient's left is right, anterior is up
  coronal    ///< the patient's left is right, superior is up
};

inline constexpr Colour outline_colour{255, 150, 30};

/// The removed region on a regular grid (see face::mask_of), in the grid's memory order.
face::VoxelMask region_on(const volume::RegularGrid& grid, Regions regions);

/// The plane through `frame.centre` moved to `position_mm` along its normal (LPS), `pixels` square.
/// Pixels of the region that touch one outside it have outline_colour; where the image has no
/// values: empty_colour, without an outline. `threads` changes the speed only.
Raster slice(const volume::Volume& image, Regions regions, const Frame& frame, Plane plane,
             double position_mm, const Levels& levels, std::size_t pixels, unsigned threads);

}  // namespace efface::qc
