// The journal's file: opened, locked, read line by line, appended to durably. Knows lines, not
// studies.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "base/file.h"

namespace efface::audit {

/// Where a line stands.
struct LinePlace {
  std::uint64_t number = 0, offset = 0, size = 0;  ///< size with the line break
};

/// Throws Error{usage}: another run holds the output directory.
[[noreturn]] void throw_output_busy();

class JournalFile {
 public:
  /// Opens or creates and locks; see Journal for the errors.
  explicit JournalFile(std::filesystem::path path);

  /// Calls back with the members of every whole line, once, before anything is appended; then cuts
  /// off a torn last line. Throws Error{bad_input} for a damaged line before the last.
  void read_all(const std::function<void(const LinePlace&, std::string_view members)>& visit);

  /// Appends one line with one write and syncs it. Not thread-safe.
  LinePlace append(std::string_view members);

  /// The members of one line, read again. Thread-safe.
  std::string read(const LinePlace& place) const;

  const std::filesystem::path& path() const { return path_; }

 private:
  bool take_line(std::string_view line, bool is_last,
                 const std::function<void(const LinePlace&, std::string_view)>& visit);
  /// Throws unless a damaged last line can come from a write that was cut short.
  void check_torn(std::string_view line) const;
  [[noreturn]] void throw_damaged() const;
  void cut_at_end();

  std::filesystem::path path_;
  base::FileDescriptor file_;
  std::uint64_t end_ = 0;    ///< of the last whole line
  std::uint64_t lines_ = 0;  ///< whole lines
  bool is_broken_ = false;
};

}  // namespace efface::audit
