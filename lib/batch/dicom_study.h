// One DICOM study from its files to staged, checked outputs and a record: facts, classification,
// stacks, faces, edits, writing. Everything of a study is decided before anything of it is written.
#pragma once

#include <filesystem>
#include <string>

#include "audit/record.h"
#include "batch/context.h"
#include "batch/index.h"

namespace efface::batch {

/// Writes below `staging` (ignored in a dry run). Errors of single files become Outcome::failed
/// records; what concerns the disk or cancellation is thrown.
audit::StudyRecord process_dicom_study(const StudyFiles& study,
                                       const std::filesystem::path& staging,
                                       const Context& context);

}  // namespace efface::batch
