// DCMTK's version.
#pragma once

#include <string>

namespace efface::dicom_dcmtk {

std::string library_version();

}  // namespace efface::dicom_dcmtk
