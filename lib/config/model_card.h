// The JSON card beside a model's weights -> face::ModelCard. Validated; unknown schema versions,
// other labels than efface's, missing fields are errors that name the field.
#pragma once

#include <filesystem>

#include "face/model.h"

namespace efface::config {

face::ModelCard read_model_card(const std::filesystem::path& card_path);

}  // namespace efface::config
