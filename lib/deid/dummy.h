// Values that identify no one and are valid for a value representation (PS3.5 section 6.2). All are
// plain ASCII, so they are the same in every specific character set. Fixed: a second run changes
// nothing.
#pragma once

#include <string>

#include "dicom/tag.h"
#include "dicom/vr.h"

namespace efface::deid {

/// A dummy for an attribute whose value was `original` (raw bytes; empty when it was too long to be
/// loaded). Dates, times, ages, numbers and codes keep the number of values; binary values become
/// zeros of the same length, 2 to 4096 bytes; text becomes one word. `vr` must not be SQ or UI.
std::string dummy_value(dicom::Tag tag, dicom::Vr vr, const std::string& original);

/// Whether a single value is one of those.
bool is_dummy(const std::string& value);

}  // namespace efface::deid
