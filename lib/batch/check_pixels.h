// Text in the pixels of one DICOM image, or of a picture file, found as run finds what it blanks.
// Changes nothing.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "batch/check_sink.h"
#include "batch/context.h"
#include "dicom/dataset.h"
#include "dicom/facts.h"
#include "dicom_dcmtk/reader.h"

namespace efface::batch {

/// pixels.text where words were surely read, pixels.text-like where something only looks like
/// characters; the claim of (0028,0301). not-checked where the pixels or the text reader cannot be
/// used.
void check_burned_in_text(const std::string& path, dicom_dcmtk::DicomFile& file,
                          const dicom::DataSet& attributes, const dicom::InstanceFacts& facts,
                          const Context& context, CheckSink& sink);

/// The same of a PNG, JPEG, TIFF or BMP file. not-checked for other formats and what cannot be
/// decoded.
void check_text_in_picture(const std::string& path, std::span<const std::byte> content,
                           const Context& context, CheckSink& sink);

}  // namespace efface::batch
