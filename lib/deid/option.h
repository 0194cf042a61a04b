// The options of PS3.15 annex E by name, with their codes of PS3.16 CID 7050. Names and codes only:
// what an option does to a row is in table.h, what a user chose in profile.h.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "deid/table.h"

namespace efface::deid {

/// A profile or option of CID 7050 De-identification Method (2026d).
struct Method {
  std::string_view name;         ///< as users write it, e.g. "retain-uids"
  std::string_view code;         ///< DCM
  std::string_view meaning;      ///< as CID 7050 has it
  std::optional<Option> option;  ///< its column in Table E.1-1; nothing for the first three
};

/// All thirteen, ascending by code: the Basic Profile, Clean Pixel Data and Clean Recognizable
/// Visual Features, which have no column, and the ten that have one.
std::span<const Method> methods();
const Method& method_of(Option option);
/// By its name, or nullptr.
const Method* find_method(std::string_view name);

}  // namespace efface::deid
