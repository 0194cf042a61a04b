// The whole facial surface, from brow to chin and from ear to ear, of the canonical head: what
// goes beside the parts when more than they shall go. Its inner border is the same smooth surface
// in every head, so that it tells nothing of the skin that lay before it. Geometry only.
#pragma once

#include <array>
#include <vector>

#include "face/pose.h"

namespace efface::face {

/// Signed distance in mm (negative inside, exact enough near the border) to the facial surface of a
/// head in `pose`, on `grid`; the region reaches into the air to planes of the canonical head.
std::vector<float> facial_surface(const volume::RegularGrid& grid, const HeadPose& pose);

/// The corners of the box, in patient space (LPS mm), that the region lies in.
std::array<volume::Vec3, 8> facial_surface_corners(const HeadPose& pose);

}  // namespace efface::face
