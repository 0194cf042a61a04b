// Files that are no DICOM objects, checked: the headers and voxels of NIfTI, NRRD and MetaImage
// files, pictures with their pixels, and any text, compressed too. What is none is said to be
// unchecked.
#pragma once

#include "batch/check.h"
#include "batch/check_sink.h"
#include "batch/context.h"
#include "batch/index.h"

namespace efface::batch {

void check_image(const StudyFiles& study, const CheckOptions& options, const Context& context,
                 CheckSink& sink);
void check_other_file(const IndexedFile& file, const CheckOptions& options, const Context& context,
                      CheckSink& sink);

}  // namespace efface::batch
