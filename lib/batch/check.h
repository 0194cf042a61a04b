// A check of a data set that any tool made: every file is looked at, nothing is written. The way of
// run.h without its end: the same walk, the same index, the same profile, text reader and model;
// what they would change becomes a finding.
#pragma once

#include <atomic>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "batch/observer.h"
#include "burned_in/reader.h"
#include "deid/profile.h"
#include "face/model.h"
#include "findings/finding.h"

namespace efface::batch {

struct CheckOptions {
  std::vector<std::filesystem::path> inputs;
  deid::Profile profile;  ///< what the data set is held to
  bool reads_pixels = true;
  bool looks_for_faces = true;
  bool follow_links = false;
  std::size_t jobs = 1;
  const std::atomic<bool>* cancelled = nullptr;
};

struct CheckResult {
  std::vector<std::string> files;           ///< as the user named the inputs, sorted
  std::vector<findings::Finding> findings;  ///< sorted by path
};

/// Folders of version control and of efface's own journal (.git, .datalad, .efface) are passed
/// over. A file that cannot be looked into is the finding not-checked. Throws base::Error: usage
/// where an input does not exist, cancelled, and what concerns the machine (a device that was asked
/// for).
CheckResult check(const CheckOptions& options, const face::Networks& networks,
                  burned_in::ReaderPool& text_readers, Observer& observer);

}  // namespace efface::batch
