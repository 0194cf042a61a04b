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

/// Heads may lie in any way. What is not uncertain as the header has it is taken as it is. Else the
/// head is turned: by the pose of what was seen of it, and by the rotation of axis upon axis under
/// which the first network sees most of a face. A face that both networks are sure of then is
/// removed; a turned view never says that there is none. Throws what Segmenter::segment throws.
/// `in_any_position` = false: the first of it alone, for a volume that others may explain.
Judged judge(volume::Volume volume, const Networks& networks, const DecideOptions& options,
             bool in_any_position = true);

}  // namespace efface::face
