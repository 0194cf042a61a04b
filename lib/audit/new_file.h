// A large text file that is written piece by piece and appears under its name when it is whole.
// Knows nothing of what stands in it.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"

namespace efface::audit {

/// Until put_in_place(), or when it is never called, nothing is there under the file's name. It
/// begins under another name, in an output directory below .efface: what a killed program leaves is
/// then no part of a release. All members throw Error{io | no_space}.
class NewFile {
 public:
  explicit NewFile(std::filesystem::path path);
  /// Begins in `scratch`, on the same file system.
  NewFile(std::filesystem::path path, const std::filesystem::path& scratch);
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  ~NewFile();

  void write(std::string_view text);
  /// All that was written to another new file so far.
  void append(NewFile& other);
  /// Synced, then renamed over what was there.
  void put_in_place();

 private:
  void flush();

  std::filesystem::path path_, temporary_;
  base::FileDescriptor file_;
  std::string buffer_;
  bool is_in_place_ = false;
};

/// The items of a JSON array, one a line.
class Lines {
 public:
  void write(NewFile& file, std::string_view line);
  void write(NewFile& file, const std::vector<std::string>& lines);

 private:
  bool is_first_ = true;
};

}  // namespace efface::audit
