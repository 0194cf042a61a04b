// Text burned into the pixels of one DICOM image: every frame read, what looks like text blanked
// (PS3.15 E.3.1, Clean Pixel Data). Frame by frame, whatever the image's size. Changes nothing by
// itself: the new pixels go to the writer with the rest of the instance.
#pragma once

#include <span>
#include <vector>

#include "audit/record.h"
#include "batch/context.h"
#include "batch/instance.h"
#include "burned_in/find_text.h"
#include "dicom/dataset.h"
#include "dicom_dcmtk/reader.h"

namespace efface::batch {

/// Reads job.pixels where voxels were changed already, else the file's own; replaces job.pixels
/// when text was found and says in `record` what was done. `file` must live until it is written.
/// Throws base::Error: model when no text reader can be had, unsupported and bad_input when the
/// pixels cannot be read as a picture.
void clean_burned_in_text(dicom_dcmtk::DicomFile& file, const dicom::DataSet& data_set,
                          InstanceJob& job, const Context& context, audit::BurnedInRecord& record);

/// What looks like text in each frame, for who only wants to know. Throws the same.
std::vector<std::vector<burned_in::FoundText>> find_burned_in_text(dicom_dcmtk::DicomFile& file,
                                                                   const dicom::DataSet& data_set,
                                                                   const Context& context);

/// Of one frame: in the contrast of the whole range, and for deep samples in that of the usual
/// values too.
std::vector<burned_in::FoundText> find_text_in_frame(std::span<const std::byte> frame,
                                                     const dicom::SampleLayout& layout,
                                                     const burned_in::Clues& clues,
                                                     burned_in::TextReader& reader);

}  // namespace efface::batch
