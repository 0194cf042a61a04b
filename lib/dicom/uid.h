// DICOM unique identifiers (PS3.5 section 9 and annex B).
#pragma once

#include <string>
#include <string_view>

#include "base/digest.h"

namespace efface::dicom {

/// Under 1.2.840.10008, the root of the standard itself: SOP classes, transfer syntaxes, well-known
/// frames of reference, coding schemes. Such a UID identifies no one and is always kept. Components
/// of more than four digits, which the standard does not register, mark an instance UID that
/// somebody made below a root that is not theirs: false.
bool is_registered_uid(std::string_view uid);

/// Digits and dots, components without leading zeros, at most 64 characters.
bool is_valid_uid(std::string_view uid);

/// "2.25." and the first 128 bits of `digest` as a decimal number (PS3.5 section B.2; the version
/// and variant bits of an RFC 4122 name-based UUID are set). At most 44 characters.
std::string uid_from_digest(const base::Digest& digest);

}  // namespace efface::dicom
