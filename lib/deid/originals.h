// Which originals of a de-identified instance its envelope keeps (PS3.15 E.1.1): what the plan
// removes or replaces, but no pictures, so that what was erased from pixel data stays erased. Pure;
// it encodes and encrypts nothing.
#pragma once

#include <string_view>
#include <vector>

#include "dicom/dataset.h"
#include "dicom/edit.h"

namespace efface::deid {

/// Attributes of the top level that `plan` edits there or anywhere below, ascending, each once.
/// With them, edited or not: the SOP instance UID (re-identifiers ask for it) and what says that an
/// object was de-identified before. Without (0028,0302), which speaks of the pixel data.
std::vector<dicom::Tag> original_tags(const dicom::DataSet& data_set, const dicom::EditPlan& plan);

/// Pixel data, curves, overlays, icons and encapsulated documents; and what may be a picture for
/// all one knows: private attributes and ones that the standard does not define, of a binary VR,
/// whose value is not text and longer than 4096 bytes.
bool may_be_picture(dicom::Tag tag, dicom::Vr vr, std::string_view value);

}  // namespace efface::deid
