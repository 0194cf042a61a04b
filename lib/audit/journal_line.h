// The frame of a journal's line: {"crc32":"89abcdef","line":7,…}. The CRC (ISO 3309, as in gzip)
// covers what stands between the comma after it and the closing brace, so that a torn or damaged
// line is seen; the number, that none is missing. Knows nothing of what the members mean.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace efface::audit {

/// CRC-32 with the reflected polynomial 0xEDB88320.
std::uint32_t crc32(std::string_view bytes);

/// One line with its line break. `members`: JSON members without the braces around them.
std::string frame_line(std::uint64_t number, std::string_view members);

/// The members that frame_line was given; nothing when the line (without its break) is damaged or
/// has another number.
std::optional<std::string_view> unframe_line(std::uint64_t number, std::string_view line);

/// Whether this could be the beginning of a line that was torn while it was written.
bool begins_like_a_line(std::string_view text);

/// Whether a line begins inside this one: the break between two lines is gone. Inside a string, the
/// quotation marks of such a beginning would be escaped.
bool holds_another_line(std::string_view line);

}  // namespace efface::audit
