// The JSON card beside a model's weights -> face::ModelCards. Validated; unknown schema versions,
// other labels than efface's, missing fields are errors that name the field.
#pragma once

#include <filesystem>

#include "face/model.h"

namespace efface::config {

/// `face_network` of the card, where there is one, is the second network: an object with `file`,
/// `sha256`, `spacing_mm`, `size_multiple` and `normalisation` of its own.
face::ModelCards read_model_card(const std::filesystem::path& card_path);

}  // namespace efface::config
