// What values of fields look like: numbers, labels, versions, paths. Judges by characters alone;
// what text says is found by lib/text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sidecar/fields.h"

namespace efface::sidecar {

/// Empty, or what tables and JSON write where nothing is: n/a, N/A, NaN.
bool is_absent(std::string_view value);

bool is_number(std::string_view value);

/// A number as JSON or a table writes it; not more than 6 digits when there is no point in it:
/// longer ones may be of a person.
bool is_harmless_number(std::string_view value);

/// Years from 89 on, which BIDS writes 89+.
bool is_high_age(std::string_view value);

/// Whether the first line of a table names its columns: a cell is the name of a field, or none is a
/// number. (pandas leaves the first cell empty, and may number columns.)
bool names_columns(const std::vector<std::string>& cells);

/// Whether a value is written as it is (but for labels that are renamed) because of what its field
/// means, or because it is a number that says nothing. No text that stays this way is searched.
bool stays(const Field& field, std::string_view value);

}  // namespace efface::sidecar
