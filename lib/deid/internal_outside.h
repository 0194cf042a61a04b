// What the walk knows of single tags beyond the tables: what is never kept, what must stay
// distinct. For lib/deid only.
#pragma once

#include "dicom/tag.h"
#include "dicom/vr.h"

namespace efface::deid::internal {

/// Never kept, whatever table, option or user says: what nobody defined or nobody looks at (groups
/// 0000 to 0006, curves, overlays, variable pixel data, pixel data in items). Private attributes
/// are not judged here.
bool is_outside(dicom::Tag tag, bool is_top_level);

/// Identifiers that must stay distinct within an object: a keyed value instead of one word.
bool is_identifier(dicom::Tag tag);

/// Text that may hold a UID as one of its values.
bool may_hold_uid(dicom::Vr vr);

}  // namespace efface::deid::internal
