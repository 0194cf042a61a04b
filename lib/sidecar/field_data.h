// The rules of lib/sidecar/data/fields.json, compiled in.
#pragma once

#include <string_view>

namespace efface::sidecar {

std::string_view field_data();

}  // namespace efface::sidecar
