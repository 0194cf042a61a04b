// NRRD and MetaImage files through ITK's ImageIO: the voxels as they are, without conversion, and
// the geometry. No free text is read, so none can be written. ITK's types stay in the .cpp.
#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <span>
#include <vector>

#include "volume_itk/image_file.h"

namespace efface::volume_itk {

struct ItkPicture {
  std::vector<std::size_t> extent;      ///< of all dimensions
  std::vector<double> spacing, origin;  ///< as ITK has them, one for each dimension
  std::vector<std::vector<double>> direction;
  ValueType type = ValueType::other;
  std::size_t components = 1;
  int pixel_type = 0, component_type = 0;  ///< ITK's numbers
  std::size_t bytes_per_voxel = 0;

  /// LPS mm: steps along i, j, k and the centre of voxel (0, 0, 0).
  std::array<volume::Vec3, 4> columns() const;
};

/// `is_nrrd` false: MetaImage. `most_bytes` bounds what the header may claim. Throws base::Error.
/// The voxels are in native byte order.
ItkPicture read_by_itk_io(const std::filesystem::path& path, bool is_nrrd, std::size_t most_bytes,
                          std::vector<std::byte>& voxels);

/// Writes a new file whatever the ending of its name. Every digit of the geometry survives.
void write_by_itk_io(const std::filesystem::path& path, bool is_nrrd, const ItkPicture& picture,
                     std::span<const std::byte> voxels, bool compress);

}  // namespace efface::volume_itk
