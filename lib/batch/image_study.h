// One NIfTI, NRRD or MetaImage file from its voxels to a staged, checked output and a record.
#pragma once

#include <filesystem>

#include "audit/record.h"
#include "batch/context.h"
#include "batch/index.h"

namespace efface::batch {

audit::StudyRecord process_image(const StudyFiles& study, const std::filesystem::path& staging,
                                 const Context& context);

/// Everything that is neither DICOM nor an image file: recorded and withheld.
audit::StudyRecord withhold_others(const StudyFiles& study, const Context& context);

}  // namespace efface::batch
