// The picture of one volume for the eyes of a reviewer: its surface from four sides and three
// slices. Made from the voxels that are released, never from an original; writes no text into it.
#pragma once

#include <array>
#include <cstddef>

#include "qc/raster.h"
#include "qc/slice.h"
#include "volume/volume.h"

namespace efface::qc {

inline constexpr std::size_t tile_pixels = 256;

/// The tiles from left to right.
inline constexpr std::array tile_captions{
    "front, L at right",   "oblique, 35° from L", "from the left",      "from the right",
    "sagittal, A at left", "axial, L at right",   "coronal, L at right"};
inline constexpr std::size_t tile_count = tile_captions.size();

/// What is looked at: the cube that the tiles show and the three planes through it (LPS mm).
struct Sight {
  Frame frame;
  volume::Vec3 planes{};  ///< x of the sagittal, y of the coronal, z of the axial plane
};

/// The body and the removed region, with a margin. The planes go through the middle of the nose,
/// and of the eyes in height, and through the orbits; where these were not removed, through the
/// middle of what was; where nothing was, through the body's middle, the coronal plane in its front
/// half.
Sight sight_of(const Surface& surface, Regions regions);

/// `output`: one time point as it is released. `regions`: what was removed from it, for the
/// outlines; may be empty. A head that lies otherwise than its header says is shown upright, when
/// the regions know how it lies. tile_count * tile_pixels wide, tile_pixels high. `threads` >= 1
/// changes the speed only. Throws base::Error (bad_input) for a grid that cannot be resampled.
Raster picture_of(const volume::Volume& output, Regions regions, unsigned threads);

}  // namespace efface::qc
