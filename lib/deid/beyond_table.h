// Attributes of the standard on which Table E.1-1 is silent although they name persons, places,
// devices or addresses, or hold content that nothing here inspects. Treated as the nearest row of
// the table would be; the profile allows more to be removed than it asks for. UIDs need no entry:
// see plan_edits.
#pragma once

#include "deid/table.h"
#include "dicom/tag.h"

namespace efface::deid {

/// X, Z or D; Code::none for every tag that is not listed.
Code code_beyond_table(dicom::Tag tag);
/// Whether it is a description or comment that people type in, like those that the table lists
/// under Clean Descriptors: that option cleans it.
bool is_prose_beyond_table(dicom::Tag tag);

}  // namespace efface::deid
