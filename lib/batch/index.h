// The first look at every file: what it is, by content, and which study it belongs to. Keeps a few
// hundred bytes a file, so that hundreds of thousands of files fit.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "batch/observer.h"
#include "batch/options.h"
#include "batch/task_pool.h"
#include "batch/walk.h"
#include "deid/pseudonyms.h"

namespace efface::batch {

enum class ContentKind : std::uint8_t {
  dicom,
  image,
  companion,  ///< the voxels of a NIfTI pair
  sidecar,    ///< text, a table or JSON, see lib/sidecar
  other,
  not_a_file
};

struct IndexedFile {
  std::string path;
  std::string token;                ///< keyed hash of its name: the manifest's name for it
  std::string problem;              ///< why it cannot be handled, or empty
  std::string_view kind = "other";  ///< for the manifest: "dicom", "symbolic link"; static text
  std::uint64_t bytes = 0;
  std::uint64_t version = 0;      ///< see input_watch.h
  std::uint32_t name_length = 0;  ///< of the end of `path` that is the name
  ContentKind content = ContentKind::other;
  bool is_name_taken = false;  ///< see taken_names.h; only where names are kept

  /// The path below the inputs (carries patients' names: never printed).
  std::string_view name() const { return std::string_view(path).substr(path.size() - name_length); }
};

/// Files that are handled, committed and recorded together.
struct StudyFiles {
  std::string token;
  /// Those of a later turn wait for all of earlier ones, since tables among them list what these
  /// release: images come first, then folders of subjects, deeper ones first, then other folders.
  std::uint32_t turn = 0;
  ContentKind content = ContentKind::other;
  std::vector<IndexedFile> files;       ///< sorted by token
  std::vector<std::uint64_t> subjects;  ///< whose files they are, see shard.h; sorted
  /// Of an image in a BIDS data set: paths of the other structural images of its session, T1
  /// first.
  std::vector<std::string> structural;
};

/// Probes all files (in parallel) and groups them: DICOM by study, every image file with its
/// companion and its sidecars, everything else by directory. Sorted by turn, then by token.
std::vector<StudyFiles> index_files(std::vector<FoundFile> found,
                                    const deid::Pseudonyms& pseudonyms, TaskPool& pool);

}  // namespace efface::batch
