// Files that may be gzipped, as bytes: the head of one, the whole of one up to a size that the
// caller expects, and the reverse. Knows nothing of image formats.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace efface::volume_itk {

inline constexpr std::uint64_t most_image_bytes = 16ULL << 30;

/// The first bytes of a file, decompressed when it is gzipped. A damaged or short file gives what
/// can be read.
struct Head {
  std::vector<std::byte> bytes;
  bool gzip = false;
};
Head read_head(const std::filesystem::path& path, std::size_t length);

/// `expected` bytes of a file, decompressed when gzipped (several members are read as one). Memory
/// grows with what the file really holds, whatever was expected. `trailing` holds the first 64 KiB
/// of what follows. Throws bad_input when the file is shorter or damaged, or more than 64 MiB
/// follow.
struct Content {
  std::vector<std::byte> bytes;
  std::string trailing;
  bool gzip = false;
};
Content read_content(const std::filesystem::path& path, std::uint64_t expected);

/// The same for what follows `offset`, with packing as given: `gzip` means gzip or zlib.
enum class Packing : std::uint8_t { none, gzip };
Content read_part(const std::filesystem::path& path, std::uint64_t offset, Packing packing,
                  std::uint64_t expected);

/// The whole of a file (decompressed) of at most `limit` bytes. Throws bad_input when it is larger.
Content read_all(const std::filesystem::path& path, std::uint64_t limit);

/// Writes a new file; gzipped without name and time, so that equal bytes give equal files.
void write_content(const std::filesystem::path& path, std::span<const std::byte> bytes, bool gzip);

}  // namespace efface::volume_itk
