// What JPEG, JPEG-LS and JPEG 2000 code streams carry besides the image: comments, application
// segments (Exif, thumbnails, profiles), boxes around the stream, bytes behind its end. Found here,
// so that a writer can blank them; nothing is decoded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace efface::dicom {

/// Bytes from `begin` to before `end`.
struct ByteRange {
  std::uint64_t begin = 0, end = 0;
  friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

enum class CodeStream : std::uint8_t {
  none,      ///< carries nothing of the kind: native, RLE
  jpeg,      ///< ISO/IEC 10918-1 and 14495-1
  jpeg2000,  ///< ISO/IEC 15444-1 and -15, bare or in JP2 boxes
  unknown    ///< nothing here can look into it
};

/// By transfer syntax UID (PS3.5 section 10 and annex A); uncompressed ones and RLE are none.
CodeStream code_stream_of(std::string_view transfer_syntax_uid);

/// True where a fragment begins a new stream and does not go on with the one before.
bool begins_stream(CodeStream kind, std::span<const std::byte> fragment);

/// The bytes of one stream that no decoder needs, ascending and apart; blanked (set to 0) they
/// leave every length as it is. Kept: JFIF's header, Adobe's colour transform, HP's of JPEG-LS, and
/// what JP2 says of the image itself. Nothing when the stream cannot be followed from its beginning
/// to its end.
std::optional<std::vector<ByteRange>> removable_ranges(CodeStream kind,
                                                       std::span<const std::byte> stream);

}  // namespace efface::dicom
