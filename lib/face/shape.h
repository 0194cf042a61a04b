// From labelled voxels to the region that must go: closed over the gaps between the features, drawn
// out into the air in front of the face, smooth, and free of the brain. Geometry only; the decision
// whether to remove anything is made elsewhere.
#pragma once

#include <span>

#include "face/decide.h"
#include "face/evidence.h"
#include "face/pose.h"

namespace efface::face {

/// The voxels of one feature that shall go.
struct ShapePart {
  Feature feature{};
  std::span<const std::uint32_t> voxels;  ///< offsets in the model grid
  bool in_place = true;  ///< where a head has it: drawn out into the air; else only dilated
  /// Goes only where the brain is not near: more than what was found of an ear.
  bool yields = false;
};

/// Voxel by voxel of the model grid.
struct BrainLabel {
  std::span<const std::uint8_t> bits;    ///< what is brain
  std::span<const float> probability{};  ///< how likely each voxel is
};

/// The region on a grid of its own around the parts, aligned with `model`. The parts' voxels lie
/// inside, unless the brain takes them. In front of the face the region ends in a plane 30 to 40 mm
/// before the outermost voxel, beside an ear in a plane 20 to 30 mm out: the outer surface shows
/// neither. When all of the face was chosen the walls lean outwards in front, up to 24 mm, but no
/// higher than 45 mm above the eyes: the ridge of the brow goes, and the pit looks less like a
/// face. With Extent::face the facial surface of the canonical head goes, too.
FaceRegion shape_region(const volume::RegularGrid& model, std::span<const ShapePart> parts,
                        const BrainLabel& brain, const HeadPose& pose,
                        const DecideOptions& options);

/// Volume in ml of the features' region that the brain keeps.
double collision_ml(const FaceRegion& region);

}  // namespace efface::face
