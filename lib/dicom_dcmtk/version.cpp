#include "dicom_dcmtk/version.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcuid.h>

namespace efface::dicom_dcmtk {

std::string library_version() {
  return OFFIS_DCMTK_VERSION_STRING;
}

}  // namespace efface::dicom_dcmtk
