// Do two images of one session show the head in the same place, as their headers say? Found by how
// much the values of one tell of those of the other, which needs neither the same contrast nor the
// same field of view. Pure.
#pragma once

#include <optional>

#include "face/model.h"
#include "volume/turn.h"

namespace efface::face {

struct Alignment {
  volume::RigidMove move;  ///< takes a point of the image to where the other shows it
  /// Normalised mutual information (1…2) after the move, less its mean 10 mm and 10 degrees from
  /// there: how sharp a maximum it is.
  double sharpness = 0;
};

/// The rigid move of at most 10 mm along and 10 degrees about the patient's axes that makes
/// normalised mutual information (Studholme et al., Pattern Recognition 32, 1999) greatest, sought
/// from no move at all. Nothing where that lies at the limit, where it is no sharp maximum, or
/// where the two images share less than half of the smaller one's field of view. Inputs as
/// prepare() makes them, both in patient space. Gives the same for the same inputs, to the bit.
std::optional<Alignment> align(const ModelInput& image, const ModelInput& other);

}  // namespace efface::face
