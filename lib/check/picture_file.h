// What a JPEG, PNG, TIFF, BMP, GIF or WebP file carries beside its picture: EXIF (who, where, with
// which camera), thumbnails, comments, texts of PNG, XMP and IPTC. Reads bytes, decodes no picture:
// what the picture shows is not looked at.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "findings/finding.h"

namespace efface::check {

/// Nothing where the bytes are none of these. Damaged structures end where they end: what stands
/// behind is not found. Sources: JEITA CP-3451 (EXIF 2.3), CIPA DC-007 (MPF), ITU-T T.81 annex B,
/// ITU-T T.871 (JFIF), PNG 1.2 and its EXIF extension, TIFF 6.0, GIF89a, RFC 9649 (WebP).
std::optional<std::vector<findings::Finding>> find_in_picture(std::span<const std::byte> bytes);

}  // namespace efface::check
