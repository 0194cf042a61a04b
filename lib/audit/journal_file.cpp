#include "audit/journal_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <span>
#include <utility>

#include "audit/journal_line.h"
#include "base/error.h"
#include "base/file_lock.h"

namespace efface::audit {

void throw_output_busy() {
  throw base::Error(base::Fault::usage,
                    "another run of efface is writing to the same output directory",
                    "wait for it to end, or give this run a directory of its own");
}

namespace {

using base::Error;
using base::Fault;

std::string quoted(const std::filesystem::path& path) {
  return std::string("'").append(path.string()).append("'");
}

void lock(const base::FileDescriptor& file, const std::filesystem::path& path) {
  if (base::lock_alone(file, path) == base::LockResult::busy) throw_output_busy();
}

/// Whether `path` still names the open file: it may have been removed between open and lock.
bool is_still_named(int file, const std::filesystem::path& path) {
  struct stat by_number {};
  struct stat by_name {};
  return ::fstat(file, &by_number) == 0 && ::stat(path.c_str(), &by_name) == 0 &&
         by_number.st_dev == by_name.st_dev && by_number.st_ino == by_name.st_ino;
}

base::FileDescriptor open_locked(const std::filesystem::path& path) {
  for (;;) {
    base::FileDescriptor file(
        ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file.is_open()) throw base::system_error("cannot open journal " + quoted(path), errno);
    lock(file, path);
    if (is_still_named(file.number(), path)) return file;
  }
}

/// Fills `buffer` from `offset` on; less at the end of the file.
std::size_t read_at(int file, std::span<char> buffer, std::uint64_t offset,
                    const std::filesystem::path& path) {
  std::size_t filled = 0;
  while (filled < buffer.size()) {
    const ssize_t count = ::pread(file, buffer.data() + filled, buffer.size() - filled,
                                  static_cast<off_t>(offset + filled));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw base::system_error("cannot read journal " + quoted(path), errno);
    if (count == 0) break;
    filled += static_cast<std::size_t>(count);
  }
  return filled;
}

}  // namespace

JournalFile::JournalFile(std::filesystem::path path)
    : path_(std::move(path)), file_(open_locked(path_)) {}

bool JournalFile::take_line(std::string_view line, bool is_last,
                            const std::function<void(const LinePlace&, std::string_view)>& visit) {
  const auto members = unframe_line(lines_, line);
  if (!members && is_last) {
    check_torn(line);
    return false;
  }
  if (!members) throw_damaged();
  visit({lines_, end_, line.size() + 1}, *members);
  ++lines_;
  end_ += line.size() + 1;
  return true;
}

void JournalFile::check_torn(std::string_view line) const {
  if (lines_ == 0 ? !begins_like_a_line(line) : holds_another_line(line)) throw_damaged();
}

void JournalFile::throw_damaged() const {
  throw Error(Fault::bad_input,
              lines_ == 0 ? quoted(path_) + " is not a journal of efface, or is damaged"
                          : "journal " + quoted(path_) + " is damaged in line " +
                                std::to_string(lines_ + 1),
              "write to a new output directory");
}

void JournalFile::read_all(const std::function<void(const LinePlace&, std::string_view)>& visit) {
  struct stat status {};
  if (::fstat(file_.number(), &status) != 0) {
    throw base::system_error("cannot stat journal " + quoted(path_), errno);
  }
  const auto size = static_cast<std::uint64_t>(status.st_size);
  std::string waiting, piece(1 << 18, '\0');
  std::uint64_t read_to = 0;
  bool is_whole = true;
  while (is_whole && read_to < size) {
    const std::size_t count = read_at(file_.number(), piece, read_to, path_);
    if (count == 0) break;
    read_to += count;
    std::size_t searched = waiting.size(), start = 0;
    waiting.append(piece, 0, count);
    for (std::size_t stop; is_whole && (stop = waiting.find('\n', searched)) != std::string::npos;
         start = searched = stop + 1) {
      const std::string_view line = std::string_view(waiting).substr(start, stop - start);
      is_whole = take_line(line, end_ + line.size() + 1 == size, visit);
    }
    waiting.erase(0, start);
  }
  if (is_whole) check_torn(waiting);
  if (end_ < size) cut_at_end();
}

void JournalFile::cut_at_end() {
  if (::ftruncate(file_.number(), static_cast<off_t>(end_)) != 0 ||
      ::fdatasync(file_.number()) != 0) {
    is_broken_ = true;
    throw base::system_error("cannot cut a torn line off journal " + quoted(path_), errno);
  }
}

LinePlace JournalFile::append(std::string_view members) {
  if (is_broken_) {
    throw Error(Fault::io, "journal " + quoted(path_) + " could not be written before",
                "run the same command again: it resumes");
  }
  const std::string line = frame_line(lines_, members);
  try {
    base::write_all(file_, std::as_bytes(std::span(line)), path_);
  } catch (...) {
    cut_at_end();
    throw;
  }
  if (::fdatasync(file_.number()) != 0) {
    is_broken_ = true;
    throw base::system_error("cannot sync journal " + quoted(path_), errno);
  }
  if (lines_ == 0) {
    const std::filesystem::path parent = path_.parent_path();
    base::sync_path(parent.empty() ? "." : parent);
  }
  const LinePlace place{lines_, end_, line.size()};
  ++lines_;
  end_ += line.size();
  return place;
}

std::string JournalFile::read(const LinePlace& place) const {
  std::string line(place.size, '\0');
  const std::size_t count = read_at(file_.number(), line, place.offset, path_);
  const auto members =
      count < line.size() ? std::nullopt
                          : unframe_line(place.number, std::string_view(line).substr(0, count - 1));
  if (!members) {
    throw Error(Fault::bad_input, "journal " + quoted(path_) + " changed while it was in use");
  }
  return std::string(*members);
}

}  // namespace efface::audit
