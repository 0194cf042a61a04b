// What of a face must go: the parts that were found, sure pieces out of place, and the places of
// parts that were missed although they are in view. Chooses voxels; shapes nothing.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "face/arrangement.h"
#include "face/decide.h"
#include "face/evidence.h"
#include "face/shape.h"

namespace efface::face {

struct ChosenParts {
  std::vector<ShapePart> parts;      ///< of found voxels first; of `evidence` and `guesses`
  std::size_t sure = 0;              ///< so many of them rest on more than an ear's likely place
  std::string refusal;               ///< why nothing can be chosen safely; empty when it can
  std::string placed_by_the_others;  ///< ", nose placed by the others" for each missed part

  std::vector<std::vector<std::uint32_t>> guesses;  ///< voxels of the canonical head's parts
};

/// `tissue_threshold`: the normalised value above which a place holds tissue. `evidence` and what
/// `arrangement` points to must outlive the result.
ChosenParts choose_parts(const Evidence& evidence, const Arrangement& arrangement,
                         const Probabilities& probabilities, const ModelInput& input,
                         std::span<const Feature> features, double tissue_threshold);

}  // namespace efface::face
