// Shows a volume to the model: the whole of it to the first network, the face again and finer to
// the second, where there is one; what the two say is laid together. Decides nothing.
#pragma once

#include <optional>

#include "face/model.h"
#include "volume/volume.h"

namespace efface::face {

/// What the networks saw.
struct Sight {
  /// On the first network's grid; on the second's spacing around the head, when both looked.
  ModelInput input;
  Probabilities probabilities;
  /// 0…1: how far the two networks agree on the face (soft Dice of the facial labels' sums); empty
  /// when only one looked or neither saw any face.
  std::optional<double> agreement;
  volume::Field air;  ///< probability of air over the whole image, by the first network
};

/// `beyond_mm`: the networks are shown a volume that goes on so far beyond its ends as it ends, so
/// that what is cut has surroundings; `input` is that of the volume as it is, on a grid with as
/// much room. Throws what Segmenter::segment throws.
Sight look(const volume::Volume& volume, const Networks& networks, double beyond_mm = 0);

}  // namespace efface::face
