// Names of files and folders: do they say who or when?
#pragma once

#include <string_view>

#include "findings/finding.h"

namespace efface::check {

/// file-name.identifying, or a finding without a rule. `name`: the path below the inputs. Two
/// frequent names side by side count, whatever their case, and all that free text would give away.
findings::Finding find_in_name(std::string_view name);

}  // namespace efface::check
