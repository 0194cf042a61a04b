// What is to be done with a field or column, by its name.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

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

}  // namespace efface::sidecar
