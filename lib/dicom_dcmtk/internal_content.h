// The bytes of a DICOM file as one read-only map, with gzip and the deflated transfer syntax
// already undone (into an unlinked temporary file). Knows nothing of elements.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "base/file.h"

namespace efface::dicom_dcmtk {

/// The most that a compressed input may unfold to.
inline constexpr std::uint64_t max_inflated_bytes = 4ULL << 30;

/// True for the two bytes that open every gzip stream (RFC 1952).
bool is_gzip(std::span<const std::byte> bytes);

/// How compressed bytes are wrapped.
enum class Packing : std::uint8_t {
  gzip,        ///< RFC 1952
  raw_deflate  ///< RFC 1951, as in PS3.5 section A.5
};

/// At most `limit` bytes of the stream that begins in `bytes`; empty when it is damaged at once.
std::vector<std::byte> inflate_head(std::span<const std::byte> bytes, std::size_t limit,
                                    Packing packing = Packing::gzip);

/// Raw deflate (RFC 1951), as PS3.5 section A.5 wants it, padded to an even length.
std::vector<std::byte> deflate_raw(std::span<const std::byte> bytes);

class Content {
 public:
  /// Maps `path`; gzip content is inflated. Throws io, or bad_input when a gzip stream is damaged
  /// or unfolds beyond max_inflated_bytes.
  explicit Content(const std::filesystem::path& path, base::Extent wanted = base::Extent::parts);

  std::span<const std::byte> bytes() const { return map_->bytes(); }
  /// The file as it lies on the disk.
  std::span<const std::byte> source() const { return source_ ? source_->bytes() : bytes(); }
  /// Shows source() piece by piece, in little memory.
  template <class Visit>
  void visit_source(const Visit& show) const {
    (source_ ? *source_ : *map_).visit(piece_bytes, show);
  }
  /// Shows a part of bytes() piece by piece, in little memory.
  template <class Visit>
  void visit(std::uint64_t begin, std::uint64_t end, const Visit& show) const {
    map_->visit_part(bytes().subspan(begin, end - begin), piece_bytes, show);
  }
  /// Under this name the bytes can be opened again while this object lives.
  const std::filesystem::path& readable_path() const { return readable_path_; }

  /// Replaces the content by its first `offset` bytes followed by the inflated rest (raw deflate).
  void inflate_from(std::size_t offset);

 private:
  static constexpr std::size_t piece_bytes = std::size_t{1} << 24;

  void take(base::FileDescriptor temporary);

  base::FileDescriptor unfolded_;  ///< open only where the content had to be unfolded
  std::filesystem::path readable_path_;
  std::unique_ptr<base::MappedFile> map_;
  std::unique_ptr<base::MappedFile> source_;  ///< null while map_ is it
};

}  // namespace efface::dicom_dcmtk
