// Can a value that an option keeps be kept? What has a fixed form must have it, so that no name
// hides in a date or a number. For lib/deid only; it looks and makes no edits.
#pragma once

#include <string>

#include "dicom/dataset.h"

namespace efface::deid::internal {

enum class Keeping : std::uint8_t {
  as_it_is,         ///< a value of a fixed form that it has
  if_nobodys_name,  ///< text: only when no removed value stands in it
  not_at_all
};

/// `known`: the VR that the attribute should have, which decides; `vr`: the one that the file
/// states. Binary values of bytes and words are not kept, but for the Frame Origin Timestamp:
/// nobody looks into them. Ages are not judged here (ages.h), nor UIDs.
Keeping keeping_of(const dicom::Attribute& attribute, dicom::Vr vr, dicom::Vr known);

}  // namespace efface::deid::internal
