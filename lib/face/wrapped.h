// May a part of the face lie at the other end of the image? In MR what a field of view cuts off
// along the direction of phase encoding appears at its opposite side. Looks at borders; moves
// nothing.
#pragma once

#include "face/arrangement.h"

namespace efface::face {

/// Whether eyes, nose or mouth are cut by the front end of the field of view while tissue reaches
/// its back end behind them: then what was cut may be folded in there. Blank ends of the image are
/// not of the field of view. `tissue_threshold` in normalised values. Never of CT.
bool may_be_wrapped(const Arrangement& arrangement, const ModelInput& input,
                    double tissue_threshold);

}  // namespace efface::face
