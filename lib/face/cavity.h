// What must stay whatever lies before it: the brain as it was labelled, and the cranial cavity as
// far as that tells it. Geometry only.
#pragma once

#include <vector>

#include "face/grid_ops.h"

namespace efface::face {

/// Signed distance in mm (negative inside, exact near the border) to what is protected. The brain
/// label goes with one voxel around it; beyond, where its network takes the fluid and the membranes
/// over the brain for bone, with what lies near it and may be brain by `probability` (one value a
/// voxel of `grid`), but not beside a part of the face that is sure (`face`).
std::vector<float> cavity_distance(const volume::RegularGrid& grid, const Bits& brain,
                                   const std::vector<float>& probability, const Bits& face);

}  // namespace efface::face
