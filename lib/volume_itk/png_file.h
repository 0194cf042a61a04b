// A PNG file of an RGB picture, by ITK. Knows nothing of what it shows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

namespace efface::volume_itk {

/// Writes width * height * 3 bytes (rows from the top, red green blue) to a temporary name in the
/// same directory, syncs, and renames over `path`: there is never half a picture. The same pixels
/// give the same bytes. Throws base::Error: io or no_space, internal when the sizes do not agree.
void write_png(const std::filesystem::path& path, std::size_t width, std::size_t height,
               std::span<const std::uint8_t> rgb);

}  // namespace efface::volume_itk
