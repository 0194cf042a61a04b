// A network's input turned by axis upon axis: voxels change places, no value is made anew.
#pragma once

#include "face/model.h"
#include "volume/turn.h"

namespace efface::face {

/// `turn` must be one of volume::axis_turns.
ModelInput turned(const ModelInput& input, const volume::Turn& turn);

}  // namespace efface::face
