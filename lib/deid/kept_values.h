// Values that stay in the file on purpose, for the residue check: a removed value that equals one
// of them proves nothing when it is found. Free text that stays is not among them: a name left in
// it must be found.
#pragma once

#include <string>
#include <vector>

#include "dicom/dataset.h"
#include "dicom/edit.h"

namespace efface::deid {

/// From attributes that the plan leaves alone, at every depth: code strings, numbers, times of day
/// and UIDs (VR CS, DS, IS, TM, UI), coded entries (code value, scheme, meaning), and what names a
/// technique or product (technical.h); and every new value that the plan writes, but for what is
/// left of cleaned text. Not what an option keeps (EditPlan::retained_values): of that only the
/// very places where it stands are passed over.
std::vector<std::string> kept_values(const dicom::DataSet& data_set, const dicom::EditPlan& plan);

}  // namespace efface::deid
