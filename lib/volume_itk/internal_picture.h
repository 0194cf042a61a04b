// NRRD and MetaImage pictures: what their text headers promise, strictly read (ITK's own readers
// print, hang or read on when a header lies), and writing through ITK's ImageIO, which gets no free
// text that it could write. ITK's types stay in the .cpp.
#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <span>
#include <vector>

#include "volume_itk/image_file.h"
#include "volume_itk/internal_bytes.h"
#include "volume_itk/internal_text_header.h"

namespace efface::volume_itk {

struct Picture {
  std::vector<std::size_t> extent;             ///< of all dimensions
  std::vector<double> spacing, origin;         ///< one for each dimension
  std::vector<std::vector<double>> direction;  ///< of axis, in patient space; LPS
  bool is_placed = false;                      ///< the header says where the voxels are
  ValueType type = ValueType::other;
  std::size_t components = 1;
  std::size_t bytes_per_voxel = 0;
  bool is_big_endian = false;
  Packing packing = Packing::none;

  std::size_t voxel_bytes() const;
  /// LPS mm: steps along i, j, k and the centre of voxel (0, 0, 0).
  std::array<volume::Vec3, 4> columns() const;
};

/// Throw base::Error: bad_input for what cannot be, unsupported for other encodings than raw and
/// gzip, skipped bytes, and dimensions that cannot be written back without loss (NRRD: other than
/// two or three).
Picture picture_of_nrrd(const TextHeader& header);
Picture picture_of_metaimage(const TextHeader& header);

/// Writes a new file, whatever the ending of its name, from voxels in native byte order. Every
/// digit of the geometry survives.
void write_by_itk(const std::filesystem::path& path, bool is_nrrd, const Picture& picture,
                  std::span<const std::byte> voxels);

}  // namespace efface::volume_itk
