// Whether the inputs of a study stayed as they were found while outputs were made of them. A file
// that is written to meanwhile could be read half as one and half as another: what was checked
// would not be what is released. Looks at status, not at content.
#pragma once

#include <cstdint>

#include "audit/record.h"

struct stat;

namespace efface::batch {

struct StudyFiles;

/// Changes when a file is replaced, written to or truncated: a hash of device, inode, size, times
/// of change.
std::uint64_t version_of(const struct stat& status);

/// Whether some file failed for an error of reading or writing ("io") although it can be read now:
/// it was the output that failed, or passed, and another try is worth it.
bool failed_in_passing(const StudyFiles& study, const audit::StudyRecord& record);

class InputWatch {
 public:
  /// From here on. `study` must outlive this.
  explicit InputWatch(const StudyFiles& study);
  /// All files are those that walk() found, and no page of any mapped file could not be read since.
  bool is_undisturbed() const;

 private:
  const StudyFiles& study_;
  std::uint64_t unreadable_pages_;
};

}  // namespace efface::batch
