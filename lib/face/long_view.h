// A view that holds much more than a head, such as one of head, neck and chest: the part of it with
// the head. What lies below a neck can look like a brain to a network and hides where the head is.
#pragma once

#include <optional>

#include "face/model.h"
#include "volume/volume.h"

namespace efface::face {

/// Whether a view is longer than a head with its neck: more than 260 mm along an axis.
bool is_long_view(const volume::StackGrid& grid);

/// What of `volume` lies within 150 mm, along the patient's axes, of the one face that `seen` (a
/// network's look at all of it) is sure of. Nothing when there is no such face, when one is seen
/// elsewhere, too, or when that is nearly all of the volume.
std::optional<volume::Volume> head_of_long_view(const volume::Volume& volume,
                                                const Probabilities& seen);

}  // namespace efface::face
