// Files that are no DICOM objects, checked: the headers of NIfTI, NRRD and MetaImage files, and any
// text. What is neither is said to be unchecked.
#pragma once

#include "batch/check.h"
#include "batch/check_sink.h"
#include "batch/context.h"
#include "batch/index.h"

namespace efface::batch {

void check_image(const StudyFiles& study, const CheckOptions& options, const Context& context,
                 CheckSink& sink);
void check_other_file(const IndexedFile& file, const CheckOptions& options, CheckSink& sink);

}  // namespace efface::batch
