#include "dicom/code_stream.h"

#include <algorithm>
#include <utility>

namespace efface::dicom {

namespace {

using Bytes = std::span<const std::byte>;

std::uint8_t at(Bytes bytes, std::uint64_t place) {
  return static_cast<std::uint8_t>(bytes[place]);
}

bool holds(Bytes bytes, std::uint64_t place, std::string_view text) {
  if (place > bytes.size() || text.size() > bytes.size() - place) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (at(bytes, place + i) != static_cast<std::uint8_t>(text[i])) return false;
  }
  return true;
}

std::uint64_t number(Bytes bytes, std::uint64_t place, int width) {
  std::uint64_t value = 0;
  for (int i = 0; i < width; ++i) {
    value = value << 8 | at(bytes, place + static_cast<std::uint64_t>(i));
  }
  return value;
}

/// Gathers ranges; empty ones and such as hold nothing but zeros are left out, so that a stream
/// that was blanked has nothing to blank.
class Ranges {
 public:
  explicit Ranges(Bytes bytes) : bytes_(bytes) {}
  void add(std::uint64_t begin, std::uint64_t end) {
    if (begin >= end) return;
    const Bytes part = bytes_.subspan(begin, end - begin);
    const bool is_blank =
        std::all_of(part.begin(), part.end(), [](std::byte b) { return b == std::byte{0}; });
    if (!is_blank) ranges_.push_back({begin, end});
  }
  /// Those of a part that begins at `begin`.
  void add_all(std::uint64_t begin, const std::vector<ByteRange>& of_part) {
    for (const ByteRange& range : of_part)
      ranges_.push_back({begin + range.begin, begin + range.end});
  }
  std::vector<ByteRange> take() { return std::move(ranges_); }

 private:
  Bytes bytes_;
  std::vector<ByteRange> ranges_;
};

/// A segment's marker, 0xFFxx without the FF, and its payload.
struct Segment {
  std::uint8_t marker = 0;
  std::uint64_t begin = 0, end = 0;
};

/// How much of an application segment of JPEG decoders use.
std::uint64_t needed_bytes(Bytes bytes, const Segment& segment) {
  using namespace std::string_view_literals;
  constexpr std::uint64_t jfif = 14, adobe = 12, transform = 5;
  const bool is_jfif = segment.marker == 0xE0 && holds(bytes, segment.begin, "JFIF\0"sv);
  const bool is_adobe = segment.marker == 0xEE && holds(bytes, segment.begin, "Adobe"sv);
  const bool is_transform = segment.marker == 0xE8 && holds(bytes, segment.begin, "mrfx"sv);
  const std::uint64_t needed = is_jfif ? jfif : is_adobe ? adobe : is_transform ? transform : 0;
  return std::min(needed, segment.end - segment.begin);
}

bool is_application_or_comment(std::uint8_t marker) {
  return (marker >= 0xE0 && marker <= 0xEF) || marker == 0xFE;
}

/// The place behind the entropy-coded data that begins at `place`: of the next marker that is not
/// of its own (stuffed bytes are below 0x80, D0 to D7 restart).
std::uint64_t end_of_coded_data(Bytes bytes, std::uint64_t place) {
  for (; place + 1 < bytes.size(); ++place) {
    if (at(bytes, place) != 0xFF) continue;
    const std::uint8_t next = at(bytes, place + 1);
    if (next >= 0x80 && next != 0xFF && !(next >= 0xD0 && next <= 0xD7)) return place;
  }
  return bytes.size();
}

std::optional<std::vector<ByteRange>> jpeg_ranges(Bytes bytes) {
  Ranges ranges(bytes);
  if (!holds(bytes, 0, "\xFF\xD8")) return std::nullopt;
  std::uint64_t place = 2;
  bool has_scan = false;
  for (;;) {
    if (has_scan && place >= bytes.size()) return ranges.take();  // cut short: decoders take it
    if (place + 2 > bytes.size() || at(bytes, place) != 0xFF) return std::nullopt;
    while (place + 1 < bytes.size() && at(bytes, place + 1) == 0xFF) ++place;  // fill bytes
    if (place + 2 > bytes.size()) return std::nullopt;
    Segment segment;
    segment.marker = at(bytes, place + 1);
    place += 2;
    if (segment.marker == 0xD9) break;
    if (segment.marker == 0x01 || (segment.marker >= 0xD0 && segment.marker <= 0xD7)) continue;
    if (place + 2 > bytes.size()) return std::nullopt;
    const std::uint64_t length = number(bytes, place, 2);
    if (length < 2 || length > bytes.size() - place) return std::nullopt;
    segment.begin = place + 2;
    segment.end = place + length;
    if (is_application_or_comment(segment.marker)) {
      ranges.add(segment.begin + needed_bytes(bytes, segment), segment.end);
    }
    place = segment.end;
    if (segment.marker != 0xDA) continue;
    has_scan = true;
    place = end_of_coded_data(bytes, place);
  }
  ranges.add(place, bytes.size());
  return ranges.take();
}

constexpr std::uint8_t start_of_tile = 0x90, start_of_data = 0x93, j2k_comment = 0x64;

bool has_no_length(std::uint8_t marker) {
  return marker >= 0x30 && marker <= 0x3F;
}

/// Segments of a header, from `place` to its end; nothing when it does not end with `last`.
std::optional<std::uint64_t> walk_header(Bytes bytes, std::uint64_t place, std::uint8_t last,
                                         Ranges& ranges) {
  for (;;) {
    if (place + 2 > bytes.size() || at(bytes, place) != 0xFF) return std::nullopt;
    const std::uint8_t marker = at(bytes, place + 1);
    if (marker == last) return place;
    place += 2;
    if (has_no_length(marker)) continue;
    if (place + 2 > bytes.size()) return std::nullopt;
    const std::uint64_t length = number(bytes, place, 2);
    if (length < 2 || length > bytes.size() - place) return std::nullopt;
    const std::uint64_t registration = 4;  // length and Rcom stay
    if (marker == j2k_comment) ranges.add(place + std::min(registration, length), place + length);
    place += length;
  }
}

/// Where the image ends in a last tile-part whose length is not stated: behind the last end-of-code
/// stream marker, or at the end.
std::uint64_t last_end_marker(Bytes bytes, std::uint64_t from) {
  for (std::uint64_t place = bytes.size(); place >= from + 2; --place) {
    if (at(bytes, place - 2) == 0xFF && at(bytes, place - 1) == 0xD9) return place - 2;
  }
  return bytes.size();
}

std::optional<std::vector<ByteRange>> code_stream_ranges(Bytes bytes) {
  constexpr std::uint64_t tile_header = 12;
  Ranges ranges(bytes);
  if (!holds(bytes, 0, "\xFF\x4F")) return std::nullopt;
  std::optional<std::uint64_t> place = walk_header(bytes, 2, start_of_tile, ranges);
  if (!place) return std::nullopt;
  while (holds(bytes, *place, "\xFF\x90")) {
    if (tile_header > bytes.size() - *place) return std::nullopt;
    const std::uint64_t length = number(bytes, *place + 6, 4);
    const auto data = walk_header(bytes, *place + tile_header, start_of_data, ranges);
    if (!data) return std::nullopt;
    if (length == 0) {
      *place = last_end_marker(bytes, *data);
      break;
    }
    const std::uint64_t least = *data + 2 - *place;  // its header up to the start of data
    if (length < least || length > bytes.size() - *place) return std::nullopt;
    *place += length;
  }
  if (*place < bytes.size()) {
    if (!holds(bytes, *place, "\xFF\xD9")) return std::nullopt;
    ranges.add(*place + 2, bytes.size());
  }
  return ranges.take();
}

constexpr std::string_view jp2_signature("\0\0\0\x0CjP  ", 8);

/// The boxes of a JP2 file: what describes the image stays, its code stream is looked into, all
/// others lose their content.
std::optional<std::vector<ByteRange>> box_ranges(Bytes bytes) {
  Ranges ranges(bytes);
  bool has_stream = false;
  for (std::uint64_t place = 0; place < bytes.size();) {
    if (8 > bytes.size() - place) {
      ranges.add(place, bytes.size());  // too short for a box: padding
      break;
    }
    std::uint64_t length = number(bytes, place, 4), header = 8;
    if (length == 1) {
      if (16 > bytes.size() - place) return std::nullopt;
      length = number(bytes, place + 8, 8);
      header = 16;
    }
    if (length == 0) length = bytes.size() - place;
    if (length < header || length > bytes.size() - place) return std::nullopt;
    const std::uint64_t begin = place + header, end = place + length;
    const auto is = [&](std::string_view type) { return holds(bytes, place + 4, type); };
    if (is("jp2c")) {
      const auto inside = code_stream_ranges(bytes.subspan(begin, end - begin));
      if (!inside) return std::nullopt;
      ranges.add_all(begin, *inside);
      has_stream = true;
    } else if (!is("jP  ") && !is("ftyp") && !is("jp2h")) {
      ranges.add(begin, end);
    }
    place = end;
  }
  if (!has_stream) return std::nullopt;
  return ranges.take();
}

}  // namespace

CodeStream code_stream_of(std::string_view uid) {
  constexpr std::string_view implicit = "1.2.840.10008.1.2", family = "1.2.840.10008.1.2.";
  if (uid.empty() || uid == implicit || uid == "1.2.840.113619.5.2") return CodeStream::none;
  if (!uid.starts_with(family)) return CodeStream::unknown;
  const std::string_view kind = uid.substr(family.size());
  if (kind == "1" || kind == "1.99" || kind == "2" || kind == "5") return CodeStream::none;
  if (!kind.starts_with("4.")) return CodeStream::unknown;
  const std::string_view process = kind.substr(2);
  if (process.size() == 2 && process >= "50" && process <= "81") return CodeStream::jpeg;
  const bool is_jpeg2000 = process.size() == 2 && process >= "90" && process <= "93";
  const bool is_high_throughput = process.size() == 3 && process >= "201" && process <= "203";
  return is_jpeg2000 || is_high_throughput ? CodeStream::jpeg2000 : CodeStream::unknown;
}

bool begins_stream(CodeStream kind, std::span<const std::byte> fragment) {
  if (kind == CodeStream::jpeg) return holds(fragment, 0, "\xFF\xD8\xFF");
  return holds(fragment, 0, "\xFF\x4F\xFF\x51") || holds(fragment, 0, jp2_signature);
}

std::optional<std::vector<ByteRange>> removable_ranges(CodeStream kind,
                                                       std::span<const std::byte> stream) {
  switch (kind) {
    case CodeStream::none:
      return std::vector<ByteRange>();
    case CodeStream::jpeg:
      return jpeg_ranges(stream);
    case CodeStream::jpeg2000:
      return holds(stream, 0, jp2_signature) ? box_ranges(stream) : code_stream_ranges(stream);
    case CodeStream::unknown:
      break;
  }
  return std::nullopt;
}

}  // namespace efface::dicom
