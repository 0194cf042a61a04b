// From face regions in patient space to the voxels of one image. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "face/decide.h"

namespace efface::face {

/// 0 = keep, 1 + Feature = remove, for each voxel in StackGrid's order.
using VoxelMask = std::vector<std::uint8_t>;

struct MaskCounts {
  std::array<std::uint64_t, feature_count> removed{};  ///< voxels by nearest feature
  std::uint64_t brain_overlap = 0;  ///< voxels in a face region that the brain kept
};

/// The voxels of `stack` inside the union of `regions` (all of one frame of reference), less the
/// protected brain of the region from the finest image. Exact at voxel centres by trilinear
/// interpolation of the signed distances; `counts` is added to. `threads` >= 1 changes the speed
/// only.
VoxelMask mask_of(const volume::StackGrid& stack, std::span<const FaceRegion* const> regions,
                  MaskCounts& counts, unsigned threads = 1);

/// The region in an image whose points `move` takes to those of the image that it was found in;
/// what is to be removed is `wider_mm` wider on all sides, the brain that is kept is not.
FaceRegion carried(const FaceRegion& region, const volume::RigidMove& move, double wider_mm);

}  // namespace efface::face
