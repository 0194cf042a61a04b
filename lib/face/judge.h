// The whole way from a volume to what is decided of its face: looks, decides, and looks again at
// the head turned upright, when it may lie otherwise than the header says.
#pragma once

#include <optional>

#include "face/decide.h"
#include "face/model.h"
#include "volume/volume.h"

namespace efface::face {

struct Judged {
  FaceDecision decision;
  /// Of a tilted head: what would go of it as the header has it, and goes, too.
  std::optional<FaceRegion> region_as_given;
  std::optional<double> agreement;  ///< see Sight
  volume::Field air;                ///< see Sight; in the patient's system
};

/// As the header has it. A head that is seen to be tilted is laid upright by its pose and looked at
/// again; both regions go. What is uncertain in a view that is longer than a head is looked at
/// again in the head's part of it, and a face that both networks are sure of there is removed. What
/// is uncertain in a view that ends within a head is looked at again with the view continued.
/// Throws what Segmenter::segment throws.
Judged judge(volume::Volume volume, const Networks& networks, const DecideOptions& options);

/// Heads may lie in any way: where a volume stays uncertain as its header has it, or shows a face
/// on which the networks agree less than on one that is seen right
/// (FaceDecision::may_lie_otherwise), the head is turned, by the pose of what was seen of it and by
/// the rotation of axis upon axis under which the first network sees most of a face. A face that
/// both networks are sure of then is removed; a turned view never says that there is none. A face
/// that was found as given gives way to one on which they agree far more. Gives back `as_given`
/// where turning cannot help. Throws what Segmenter::segment throws.
Judged judge_in_any_position(volume::Volume volume, const Networks& networks,
                             const DecideOptions& options, Judged as_given);

}  // namespace efface::face
