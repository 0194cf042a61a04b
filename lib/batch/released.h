// What of a run is released, by the path of the output: what a table that lists files, subjects or
// sessions asks.
#pragma once

#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "audit/record.h"
#include "sidecar/clean.h"

namespace efface::batch {

/// Holds the paths of images that are no DICOM alone: of those a data set has thousands at most.
/// Of the folders of subjects and sessions (BIDS: sub-LABEL, ses-LABEL) it holds all. Thread-safe.
class Released {
 public:
  /// Every file that was found, by any task: whether subjects have folders at all.
  void found(std::string_view path);
  bool knows_folders() const { return knows_folders_; }
  /// Every image that this run, or its shard, will handle, by the path that its output would have.
  void expect(std::string_view output);
  void add(const audit::StudyRecord& study);
  void add(const audit::InputRecord& input);

  /// Whether images of the subject or session whose folder this is were expected, and none of them
  /// is released.
  bool lacks_images_of(std::string_view folder) const;

  /// Whether everything is released that a row of a table names: its file, and anything in the
  /// folder of its subject or session, beside the table or further up ("sub-" may be left out).
  /// `table`, and the names in the row: as outputs.
  bool holds(std::string_view table, const sidecar::ListedRow& row) const;

 private:
  bool has_folder(std::string_view table, std::string_view label) const;

  mutable std::mutex mutex_;
  bool knows_folders_ = false;
  std::set<std::string> images_;
  std::set<std::string, std::less<>> with_images_, with_released_images_, released_;  ///< folders
};

/// The folders of subjects and sessions that a path lies in: "a/sub-1", "a/sub-1/ses-2".
std::vector<std::string_view> labelled_folders(std::string_view path);

}  // namespace efface::batch
