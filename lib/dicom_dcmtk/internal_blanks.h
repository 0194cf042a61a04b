// Where compressed frames carry what is no image, as places in a file's content.
#pragma once

#include <string>
#include <vector>

#include "dicom/code_stream.h"
#include "dicom_dcmtk/internal_element.h"
#include "dicom_dcmtk/reader.h"

namespace efface::dicom_dcmtk {

/// Ascending and apart. Throws unsupported for a compression that cannot be looked into and for a
/// frame that cannot be followed to its end.
std::vector<dicom::ByteRange> blanks_in_frames(Bytes content, const PixelSpan& pixels,
                                               const std::string& transfer_syntax_uid);

}  // namespace efface::dicom_dcmtk
