// What a JPEG, PNG or TIFF file carries beside its picture: EXIF (who, where, with which camera),
// thumbnails, comments, texts of PNG, XMP and IPTC. Reads bytes, decodes no picture: what the
// picture shows is not looked at.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "findings/finding.h"

namespace efface::check {

/// Nothing where the bytes are none of the three. Damaged structures end where they end: what
/// stands behind is not found. Sources: JEITA CP-3451 (EXIF 2.3), ITU-T T.81 annex B, PNG 1.2 and
/// its EXIF extension, TIFF 6.0.
std::optional<std::vector<findings::Finding>> find_in_picture(std::span<const std::byte> bytes);

}  // namespace efface::check
