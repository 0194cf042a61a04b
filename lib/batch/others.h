// Files that are no images: sidecars and tables are cleaned, everything else is recorded and
// withheld.
#pragma once

#include <filesystem>
#include <string>

#include "audit/record.h"
#include "batch/context.h"
#include "batch/index.h"
#include "sidecar/clean.h"

namespace efface::batch {

/// Cleans one sidecar into staging and fills its record. `lists_others`: it may be a table of
/// files, subjects or sessions that are all done, and loses the rows of what is not released. What
/// is not what its name says becomes Outcome::failed; errors of the disk and cancellation are
/// thrown.
void clean_sidecar(const IndexedFile& file, const std::string& output,
                   const std::filesystem::path& staging, bool lists_others, const Context& context,
                   audit::InputRecord& record);

/// Adds what was done to a sidecar to its record.
void describe(const sidecar::Cleaned& cleaned, audit::InputRecord& record);

/// The files of one folder that belong to no image. They are written under their own names alone:
/// with keyed names they would stand beside nothing.
audit::StudyRecord process_others(const StudyFiles& study, const std::filesystem::path& staging,
                                  const Context& context);

}  // namespace efface::batch
