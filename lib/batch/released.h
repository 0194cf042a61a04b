// Which files of a run are released, by the path of the output: what a table that lists files,
// subjects or sessions asks.
#pragma once

#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "audit/record.h"

namespace efface::batch {

/// Holds the paths of images that are no DICOM alone: of those a data set has thousands at most.
/// Of the folders of subjects and sessions (BIDS: sub-LABEL, ses-LABEL) it holds all. Thread-safe.
class Released {
 public:
  /// Every file that was found, by the path that its output would have: whose folders there are.
  void found(std::string_view output);
  /// The same for every image that this run, or its shard, will handle.
  void expect(std::string_view output);
  void add(const audit::StudyRecord& study);

  bool contains(const std::string& output) const;
  /// Whether images of the subject or session whose folder this is were expected, and none of them
  /// is released.
  bool lacks_images_of(std::string_view folder) const;
  bool found_in(std::string_view folder) const { return found_.contains(folder); }
  /// Whether files were found in the folder, and it does not lack its images.
  bool has(std::string_view folder) const;
  /// Whether any file was found in the folder of a subject.
  bool knows_folders() const { return !found_.empty(); }

 private:
  mutable std::mutex mutex_;
  std::set<std::string> outputs_;
  std::set<std::string, std::less<>> found_, with_images_, released_;  ///< folders
};

/// The folders of subjects and sessions that a path lies in: "a/sub-1", "a/sub-1/ses-2".
std::vector<std::string_view> labelled_folders(std::string_view path);

}  // namespace efface::batch
