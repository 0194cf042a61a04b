// The formats that have fields.
#pragma once

#include <string_view>

#include "sidecar/clean.h"

namespace efface::sidecar {

Cleaned clean_json(std::string_view file_name, std::string_view content, const Rules& rules);

Cleaned clean_xml(std::string_view content, const Rules& rules);

/// `separator`: a tab (BIDS: no quotation, n/a for what is absent) or a comma (RFC 4180). Memory:
/// the table as it comes out, and one row.
Cleaned clean_table(std::string_view content, char separator, const Rules& rules);

}  // namespace efface::sidecar
