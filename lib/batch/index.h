// The first look at every file: what it is, by content, and which study it belongs to. Keeps a few
// hundred bytes a file, so that hundreds of thousands of files fit.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "batch/observer.h"
#include "batch/options.h"
#include "batch/task_pool.h"
#include "batch/walk.h"
#include "deid/pseudonyms.h"

namespace efface::batch {

enum class ContentKind : std::uint8_t { dicom, image, companion, other, not_a_file };

struct IndexedFile {
  std::filesystem::path path;
  std::string token;    ///< keyed hash of its name: the manifest's name for it
  std::string name;     ///< path below the inputs (carries patients' names: never printed)
  std::string kind;     ///< for the manifest: "dicom", "nifti1", "other", "symbolic link" …
  std::string problem;  ///< why it cannot be handled, or empty
  std::uint64_t bytes = 0;
  ContentKind content = ContentKind::other;
};

/// Files that are handled, committed and recorded together.
struct StudyFiles {
  std::string token;
  ContentKind content = ContentKind::other;
  std::vector<IndexedFile> files;  ///< sorted by token
};

/// Probes all files (in parallel) and groups them: DICOM by study, every image file (with its
/// companion) alone, everything else by directory. Sorted by token.
std::vector<StudyFiles> index_files(std::vector<FoundFile> found,
                                    const deid::Pseudonyms& pseudonyms, TaskPool& pool);

}  // namespace efface::batch
