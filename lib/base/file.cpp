#include "base/file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/map_guard.h"

namespace efface::base {

namespace {

std::string quoted(const std::filesystem::path& path) {
  return "'" + path.string() + "'";
}

std::size_t size_of(const FileDescriptor& file, const std::filesystem::path& path) {
  struct stat status {};
  if (::fstat(file.number(), &status) != 0)
    throw system_error("cannot stat " + quoted(path), errno);
  return static_cast<std::size_t>(status.st_size);
}

/// The first bytes of a file, whatever was read before.
void read_from_start(const FileDescriptor& file, std::span<std::byte> bytes,
                     const std::filesystem::path& path) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t count =
        ::pread(file.number(), bytes.data() + done, bytes.size() - done, static_cast<off_t>(done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw system_error("cannot read " + quoted(path), errno);
    if (count == 0) throw Error(Fault::io, quoted(path) + " became shorter while it was read");
    done += static_cast<std::size_t>(count);
  }
}

/// 0 at the end of the file.
std::size_t read_some(const FileDescriptor& file, std::span<std::byte> bytes,
                      const std::filesystem::path& path) {
  for (;;) {
    const ssize_t count = ::read(file.number(), bytes.data(), bytes.size());
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR) throw system_error("cannot read " + quoted(path), errno);
  }
}

/// Files up to this size are read, not mapped: a map costs its own system calls, a fault and, with
/// several threads, an interruption of all of them when it goes. Of larger ones often only the head
/// is wanted; where all is, a map costs a fault for every few pages, too, and only beyond the size
/// of a processor's cache it is cheaper than a copy.
constexpr std::size_t largest_read = std::size_t{1} << 16, largest_whole = std::size_t{1} << 20;

/// A thread's memory for one such file: memory that is new to the process costs a fault a page.
thread_local std::unique_ptr<std::byte[]> spare;

}  // namespace

FileDescriptor::FileDescriptor(FileDescriptor&& other) noexcept
    : number_(std::exchange(other.number_, -1)) {}

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  std::swap(number_, other.number_);
  return *this;
}

FileDescriptor::~FileDescriptor() {
  if (number_ >= 0) ::close(number_);
}

FileDescriptor open_for_reading(const std::filesystem::path& path, bool follow_links) {
  const int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | (follow_links ? 0 : O_NOFOLLOW);
  FileDescriptor file(::open(path.c_str(), flags));
  if (!file.is_open()) throw system_error("cannot open " + quoted(path), errno);
  return file;
}

FileDescriptor create_file(const std::filesystem::path& path, unsigned mode) {
  FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
  if (!file.is_open()) throw system_error("cannot create " + quoted(path), errno);
  return file;
}

void write_all(const FileDescriptor& file, std::span<const std::byte> bytes,
               const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(file.number(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw system_error("cannot write " + quoted(path), errno);
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
}

void append_file(const FileDescriptor& file, const std::filesystem::path& from,
                 const std::filesystem::path& path) {
  const FileDescriptor source = open_for_reading(from);
  std::vector<std::byte> buffer(1 << 18);
  for (;;) {
    const std::size_t count = read_some(source, buffer, from);
    if (count == 0) return;
    write_all(file, std::span(buffer).first(count), path);
  }
}

void make_directories(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) throw system_error("cannot create " + quoted(path), error.value());
}

std::uint64_t visit_file(const std::filesystem::path& path, std::size_t piece,
                         const std::function<void(std::span<const std::byte>)>& show) {
  thread_local std::vector<std::byte> buffer;
  const FileDescriptor file = open_for_reading(path);
  if (buffer.size() < piece) buffer.resize(piece);
  std::uint64_t shown = 0;
  for (bool is_at_end = false; !is_at_end;) {
    std::size_t filled = 0;
    while (filled < piece && !is_at_end) {
      const std::size_t count =
          read_some(file, std::span(buffer).subspan(filled, piece - filled), path);
      filled += count;
      is_at_end = count == 0;
    }
    if (filled > 0) show(std::span(buffer).first(filled));
    shown += filled;
  }
  return shown;
}

MappedFile::MappedFile(const std::filesystem::path& path, Extent wanted)
    : MappedFile(open_for_reading(path), path, wanted) {}

MappedFile::MappedFile(const FileDescriptor& file, const std::filesystem::path& path,
                       Extent wanted) {
  size_ = size_of(file, path);
  if (size_ == 0) return;
  if (size_ <= (wanted == Extent::whole ? largest_whole : largest_read)) {
    read(file, path, wanted);
  } else {
    map(file, path);
  }
}

void MappedFile::map(const FileDescriptor& file, const std::filesystem::path& path) {
  void* map = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file.number(), 0);
  if (map == MAP_FAILED) throw system_error("cannot map " + quoted(path), errno);
  data_ = static_cast<const std::byte*>(map);
  guard_map(data_, size_);
}

void MappedFile::read(const FileDescriptor& file, const std::filesystem::path& path,
                      Extent wanted) {
  is_reused_ = wanted == Extent::whole;
  if (is_reused_) buffer_ = std::move(spare);
  if (!buffer_) {
    buffer_ = std::make_unique_for_overwrite<std::byte[]>(is_reused_ ? largest_whole : size_);
  }
  read_from_start(file, {buffer_.get(), size_}, path);
  data_ = buffer_.get();
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      buffer_(std::move(other.buffer_)),
      is_reused_(other.is_reused_) {}

MappedFile::~MappedFile() {
  const bool is_map = data_ != nullptr && !buffer_;
  if (is_reused_ && buffer_) spare = std::move(buffer_);
  if (!is_map) return;
  unguard_map(data_);
  ::munmap(const_cast<std::byte*>(data_), size_);
}

void MappedFile::release(std::span<const std::byte> part) const {
  static const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const auto begin = static_cast<std::size_t>(part.data() - data_);
  const std::size_t first = (begin + page - 1) / page * page;
  const std::size_t end = (begin + part.size()) / page * page;
  if (buffer_ || part.empty() || first >= end) return;
  // Read-only pages of a file: nothing can be lost, and a refusal costs only memory.
  ::madvise(const_cast<std::byte*>(data_) + first, end - first, MADV_DONTNEED);
}

FileHead read_head(const std::filesystem::path& path, std::size_t limit) {
  const FileDescriptor file = open_for_reading(path);
  FileHead head;
  head.file_size = size_of(file, path);
  head.bytes.resize(std::min<std::uint64_t>(head.file_size, limit));
  read_from_start(file, head.bytes, path);
  return head;
}

std::string read_text_file(const std::filesystem::path& path, std::uint64_t limit) {
  const FileDescriptor file = open_for_reading(path);
  std::string text;
  std::array<char, 1 << 16> buffer;
  for (;;) {
    const std::size_t count = read_some(file, std::as_writable_bytes(std::span(buffer)), path);
    if (count == 0) return text;
    text.append(buffer.data(), count);
    if (text.size() > limit) throw Error(Fault::bad_input, quoted(path) + " is too large");
  }
}

void write_atomically(const std::filesystem::path& path, std::string_view content, unsigned mode) {
  std::filesystem::path temporary = path;
  temporary += ".partial-" + std::to_string(::getpid());
  ::unlink(temporary.c_str());
  try {
    const FileDescriptor file = create_file(temporary, mode);
    write_all(file, std::as_bytes(std::span(content)), temporary);
    if (::fsync(file.number()) != 0) throw system_error("cannot sync " + quoted(temporary), errno);
  } catch (...) {
    ::unlink(temporary.c_str());
    throw;
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) {
    const int number = errno;
    ::unlink(temporary.c_str());
    throw system_error("cannot rename to " + quoted(path), number);
  }
  const std::filesystem::path parent = path.parent_path();
  sync_path(parent.empty() ? "." : parent);
}

void sync_path(const std::filesystem::path& path) {
  const FileDescriptor file = open_for_reading(path);
  if (::fsync(file.number()) != 0) throw system_error("cannot sync " + quoted(path), errno);
}

}  // namespace efface::base
