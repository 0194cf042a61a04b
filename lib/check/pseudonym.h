// Is it somebody's name, or what stands in its place? Nobody can tell a pseudonym from an original
// by looking, so these say only what can be seen: words that can be a name.
#pragma once

#include <string_view>

namespace efface::check {

/// What tools write where a value stood: empty, "ANONYMIZED", "REMOVED", "N/A", zeros, one
/// character repeated, dates up to 1900.
bool is_placeholder(std::string_view value);

/// A keyed pseudonym of efface: "P-", "ID-" or "AE-" and 12 characters of base 32.
bool is_own_pseudonym(std::string_view value);

/// Whether a value of VR PN, or an identifier, reads as a person's name (UTF-8): words without a
/// digit that are no placeholders ("patient", "subject"). Beside a part with digits ("SUB 012
/// head") only frequent names count.
bool reads_as_name(std::string_view value);

/// Whether a part of it, without digits, is a frequent name.
bool holds_frequent_name(std::string_view value);

}  // namespace efface::check
