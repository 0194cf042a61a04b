// From an affine to our grid, and whether that grid can be of a patient. Shared by all formats.
#pragma once

#include <array>
#include <cstddef>

#include "volume/geometry.h"

namespace efface::volume_itk {

/// `columns`: LPS mm from voxel to voxel along i, j, k, then the centre of voxel (0, 0, 0).
volume::StackGrid stack_grid(const std::array<std::size_t, 3>& extent,
                             const std::array<volume::Vec3, 4>& columns);

/// Whether the axes span space and the diagonal lies between 1 cm and 4 m: otherwise the unit of
/// length or the axes must be wrong, and where a face would be is unknown.
bool is_of_human_size(const volume::StackGrid& grid);

}  // namespace efface::volume_itk
