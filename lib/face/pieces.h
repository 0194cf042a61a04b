// Which set voxels of a grid hang together, and what they enclose.
#pragma once

#include <cstdint>
#include <vector>

#include "face/grid_ops.h"

namespace efface::face {

/// The 26-connected components as ascending voxel offsets, the largest component first.
std::vector<std::vector<std::uint32_t>> components(const volume::RegularGrid& grid,
                                                   const Bits& bits);

/// Sets unset voxels that no 6-connected path through unset voxels links to a face of the grid.
Bits fill_holes(const volume::RegularGrid& grid, const Bits& bits);

}  // namespace efface::face
