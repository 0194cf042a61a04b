// What a field of data beside images is, by its name: keys of JSON, elements of XML, columns of
// tables. One list for those who clean them (clean.h) and those who check them (lib/check): names
// of DICOM attributes, and those of data/fields.json. Knows nothing of values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "deid/profile.h"
#include "deid/table.h"

namespace efface::sidecar {

enum class Treatment : std::uint8_t {
  clean,  ///< nothing is known of it: numbers stay, text is cleaned
  keep,   ///< the profile or the field's meaning says so
  remove,
  replace_uid,
  shift_date,
  path,     ///< of another file of the data set
  version,  ///< of software: digits and dots
  label,    ///< of a subject, session or sample, as BIDS writes them
  age       ///< of a person, in years
};

struct Field {
  Treatment treatment = Treatment::clean;
  const deid::TableRow* row = nullptr;  ///< of the attribute that it stems from
  std::string_view name;                ///< as this module or the table writes it; empty: unknown
};

/// `is_publication`: in dataset_description.json.
Field field_of(std::string_view name, const deid::Profile& profile, bool is_publication = false);

/// Whether nothing is known of a field: its value is text like any other.
bool is_plain(const Field& field);

/// Every name that field_of() knows by itself, as the list writes it; sorted.
std::vector<std::string> known_names();

}  // namespace efface::sidecar
