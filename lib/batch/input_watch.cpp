#include "batch/input_watch.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/map_guard.h"
#include "batch/index.h"
#include "batch/staging.h"

namespace efface::batch {

std::uint64_t version_of(const struct stat& s) {
  const std::array<std::uint64_t, 7> parts{
      static_cast<std::uint64_t>(s.st_dev),          static_cast<std::uint64_t>(s.st_ino),
      static_cast<std::uint64_t>(s.st_size),         static_cast<std::uint64_t>(s.st_mtim.tv_sec),
      static_cast<std::uint64_t>(s.st_mtim.tv_nsec), static_cast<std::uint64_t>(s.st_ctim.tv_sec),
      static_cast<std::uint64_t>(s.st_ctim.tv_nsec)};
  std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a over words, mixed
  for (const std::uint64_t part : parts) {
    hash = (hash ^ part) * 0x100000001b3;
    hash ^= hash >> 29;
  }
  return hash;
}

bool failed_in_passing(const StudyFiles& study, const audit::StudyRecord& record) {
  for (const audit::InputRecord& input : record.inputs) {
    if (input.outcome != audit::Outcome::failed || input.reason != "io") continue;
    const auto file = std::find_if(study.files.begin(), study.files.end(),
                                   [&](const IndexedFile& f) { return f.token == input.token; });
    if (file == study.files.end()) continue;
    try {
      digest_file(file->path);
      return true;
    } catch (const base::Error&) {  // it is the input: the others need not wait for it
    }
  }
  return false;
}

InputWatch::InputWatch(const StudyFiles& study)
    : study_(study), unreadable_pages_(base::unreadable_pages()) {}

bool InputWatch::is_undisturbed() const {
  if (base::unreadable_pages() != unreadable_pages_) return false;
  return std::all_of(study_.files.begin(), study_.files.end(), [](const IndexedFile& file) {
    struct stat status {};
    if (file.content == ContentKind::not_a_file) return true;
    return ::stat(file.path.c_str(), &status) == 0 && version_of(status) == file.version;
  });
}

}  // namespace efface::batch
