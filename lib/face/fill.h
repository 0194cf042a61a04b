// What takes the place of a removed face: copies of the image's own background voxels, chosen by a
// seeded generator, so that neither the values nor the outline of the fill show where the skin was.
// Nothing is blurred or warped: the fill holds no information about what it replaces.
#pragma once

#include <cstdint>

#include "face/region.h"

namespace efface::face {

enum class Fill : std::uint8_t { noise, constant };

struct FillReport {
  std::uint64_t voxels_changed = 0;
  std::uint64_t background_voxels = 0;  ///< the pool that was drawn from
};

/// Replaces masked voxels in place. `volume` gives the values that tell background from tissue
/// (same grid as `stored`); `air` is the model's probability of air as a field in patient space.
/// Background is what the model calls air and is darker than tissue (for Hounsfield units: -1100 to
/// -500), outside the mask; an image without air lends its darkest hundredth.
/// Noise: each masked voxel becomes a copy of a random background voxel of its own slice, from its
/// neighbourhood when that holds enough, or of the whole stack when its slice has fewer than 200.
/// Constant: the background voxel with the median value.
/// Voxels holding the padding value (valid == 0) are left alone and are never drawn from.
/// The result in the mask does not depend on what was there, and is the same for the same seed.
/// Throws bad_input when no voxel outside the mask can be drawn from.
FillReport fill(const volume::Volume& volume, const volume::Field& air, const VoxelMask& mask,
                Fill how, std::uint64_t seed, volume::StoredVoxels stored);

}  // namespace efface::face
