// Where the DICOM content of a file begins.
#pragma once

#include <optional>

#include "dicom_dcmtk/internal_element.h"

namespace efface::dicom_dcmtk {

struct Start {
  std::uint64_t offset = 0;  ///< of the first element
  bool has_meta = false;     ///< group 0002 stands there
};

/// From the first bytes of a file of `size` bytes: behind "DICM" at offset 128 or 0, or offset 0
/// when a plausible data set begins there. Nothing when it is not DICOM.
std::optional<Start> find_start(Bytes bytes, std::uint64_t size);

/// Whether a deflated data set begins at once, without meta information that says so.
bool is_bare_deflated(Bytes bytes);

}  // namespace efface::dicom_dcmtk
