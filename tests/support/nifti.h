// Writes a picture as NIfTI-1 (single file, int16); gzipped when the name ends in .gz. Nothing else
// of the format: it serves tests only.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/phantom_image.h"

namespace efface::support {

/// `voxels` in the grid's order. The affine (sform and qform codes 1) is that of the grid, turned
/// from LPS to NIfTI's RAS. `description` goes to descrip (at most 79 characters). Throws
/// std::runtime_error when the file cannot be written.
void write_nifti(const std::filesystem::path& path, const ImageGrid& grid,
                 const std::vector<std::uint16_t>& voxels, const std::string& description = "");

}  // namespace efface::support
