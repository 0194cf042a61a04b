// Files by their raw bytes: descriptors that close themselves, read-only maps, and writing that
// shows a file only when it is whole. Knows nothing of DICOM or NIfTI. All failures throw
// base::Error (Fault::io or Fault::no_space) and quote the path.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace efface::base {

/// An owned POSIX file descriptor.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int number) : number_(number) {}
  FileDescriptor(FileDescriptor&& other) noexcept;
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor();

  int number() const { return number_; }
  bool is_open() const { return number_ >= 0; }

 private:
  int number_ = -1;
};

/// Opens for reading only, close-on-exec, without following a link in the last component unless
/// `follow_links`.
FileDescriptor open_for_reading(const std::filesystem::path& path, bool follow_links = true);

/// Creates a new file (fails when it exists), mode 0666 less the umask unless `mode` says
/// otherwise.
FileDescriptor create_file(const std::filesystem::path& path, unsigned mode = 0666);

/// Writes all bytes, retrying short writes. `path` is for the message only.
void write_all(const FileDescriptor& file, std::span<const std::byte> bytes,
               const std::filesystem::path& path);

/// Writes all bytes of the file `from` behind what was written to `file`, without holding them all.
void append_file(const FileDescriptor& file, const std::filesystem::path& from,
                 const std::filesystem::path& path);

/// Makes a directory and those above it; no error when it is there.
void make_directories(const std::filesystem::path& path);

/// Shows a file from its start, `piece` bytes at a time (the last may be fewer), and returns how
/// many it showed. The pieces lie in memory of the thread that it reads into again and again: what
/// is to be seen once is read faster than it is mapped. `show` must not call this function.
std::uint64_t visit_file(const std::filesystem::path& path, std::size_t piece,
                         const std::function<void(std::span<const std::byte>)>& show);

/// How much of a file will be looked at.
enum class Extent : std::uint8_t {
  parts,  ///< perhaps little of it
  whole   ///< every byte
};

/// A whole file, read-only: mapped, or read at once when it is small (64 KiB, or 1 MiB where the
/// whole of it is wanted). An empty file gives an empty span.
class MappedFile {
 public:
  explicit MappedFile(const std::filesystem::path& path, Extent wanted = Extent::parts);
  /// Maps an open file; `path` is for messages.
  MappedFile(const FileDescriptor& file, const std::filesystem::path& path,
             Extent wanted = Extent::parts);
  MappedFile(MappedFile&& other) noexcept;
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  MappedFile& operator=(MappedFile&&) = delete;
  ~MappedFile();

  std::span<const std::byte> bytes() const { return {data_, size_}; }

  /// Gives the memory of a part of the map back, whole pages of it; the part can be read again.
  void release(std::span<const std::byte> part) const;

  /// Shows the map piece by piece, `piece` bytes at most, and releases what was shown now and then:
  /// a file of any size takes little memory.
  template <class Visit>
  void visit(std::size_t piece, const Visit& show) const {
    visit_part(bytes(), piece, show);
  }
  template <class Visit>
  void visit_part(std::span<const std::byte> part, std::size_t piece, const Visit& show) const {
    std::size_t done = 0, released = 0;
    while (done < part.size()) {
      const auto shown = part.subspan(done, std::min(piece, part.size() - done));
      show(shown);
      done += shown.size();
      if (done - released < release_step) continue;
      release(part.subspan(released, done - released));
      released = done;
    }
  }

 private:
  static constexpr std::size_t release_step = std::size_t{1} << 26;

  void map(const FileDescriptor& file, const std::filesystem::path& path);
  void read(const FileDescriptor& file, const std::filesystem::path& path, Extent wanted);

  const std::byte* data_ = nullptr;
  std::size_t size_ = 0;
  std::unique_ptr<std::byte[]> buffer_;  ///< what data_ shows, where it is no map
  bool is_reused_ = false;               ///< buffer_ goes back to the thread
};

/// The first bytes of a file, at most `limit`.
struct FileHead {
  std::vector<std::byte> bytes;
  std::uint64_t file_size = 0;
};
FileHead read_head(const std::filesystem::path& path, std::size_t limit);

/// Reads a whole file of at most `limit` bytes; throws bad_input when it is larger.
std::string read_text_file(const std::filesystem::path& path, std::uint64_t limit);

/// Writes to a temporary name in the same directory, fsyncs, renames over `path`, fsyncs the
/// directory.
void write_atomically(const std::filesystem::path& path, std::string_view content,
                      unsigned mode = 0666);

/// fsync of a file or directory by name.
void sync_path(const std::filesystem::path& path);

}  // namespace efface::base
