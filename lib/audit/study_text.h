// One study as the journal keeps it: compact JSON on one line, from which the same record can be
// read again, byte for byte. Not the manifest's form: counts that many inputs share are stored
// once, and names that are not plain ASCII in hexadecimal.
#pragma once

#include <string>
#include <string_view>

#include "audit/record.h"

namespace efface::audit {

/// Without a line break. A score or spacing that is not finite is read back as NaN.
std::string encode_study(const StudyRecord& study);

/// Throws Error{bad_input} when `text` is not what encode_study gives.
StudyRecord decode_study(std::string_view text);

}  // namespace efface::audit
