// Attributes of free text (VR LO, SH and kin) that by their definition name a technique, a product
// or a rule, never a person or a visit. They stay as they are, even when a removed value (a private
// copy of the sequence name, say) equals or is contained in theirs.
#pragma once

#include "dicom/tag.h"

namespace efface::deid {

bool names_a_technique(dicom::Tag tag);

}  // namespace efface::deid
