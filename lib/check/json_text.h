// The strings of a JSON document, looked at one by one: hashes and numbers that follow each other
// are no telephone number.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "deid/profile.h"
#include "findings/finding.h"

namespace efface::check {

/// Findings in fields (fields.h; members of an object of the DICOM JSON model are fields of its
/// key) and strings, at their JSON pointers; those of one rule in several elements of an array are
/// one. Keys that give somebody away are numbered. `is_publication`: dataset_description.json,
/// whose authors are the note document.text. Nothing where the text is no JSON, or nested deeper
/// than 100 levels.
std::optional<std::vector<findings::Finding>> find_in_json(std::string_view text,
                                                           const deid::Profile& profile,
                                                           bool is_publication = false);

}  // namespace efface::check
