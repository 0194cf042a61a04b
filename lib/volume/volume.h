// Voxel values on a grid: real-world values for the model (Volume), raw stored bytes for what is
// written back (StoredVoxels). How they are read and written is the adapters' task.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "volume/geometry.h"

namespace efface::volume {

/// Real-world values (rescale slope and intercept applied), float32, in StackGrid's memory order.
struct Volume {
  StackGrid grid;
  std::vector<float> values;
  /// 1 where the file holds a real sample, 0 for padding value or missing data. Empty = all real.
  std::vector<std::uint8_t> valid;
  bool is_hounsfield = false;  ///< CT numbers
};

/// A scalar field on the model's grid, e.g. a signed distance in mm (negative inside).
struct Field {
  RegularGrid grid;
  std::vector<float> values;

  /// Trilinear value at a point; `outside` beyond the outermost voxel centres.
  float at(const Vec3& patient_mm, float outside) const;
};

/// The stored voxels of a stack as bytes, voxel by voxel in StackGrid's order: never interpreted, only
/// copied from one voxel to another, so that filling works for every data type and byte order.
struct StoredVoxels {
  std::size_t bytes_per_voxel = 0;
  std::span<std::byte> bytes;
};

/// Resamples onto a regular grid: mean of n³ trilinear samples in each target voxel, n = 1…4 by the
/// ratio of spacings, so that fine data are not aliased. `inside` (same size as the grid) becomes 1
/// where the source has data and 0 elsewhere, where the value is 0.
/// Thick slices are interpolated linearly along their normal.
struct Resampled {
  RegularGrid grid;
  std::vector<float> values;
  std::vector<std::uint8_t> inside;
};
Resampled resample(const Volume& volume, const RegularGrid& grid);

}  // namespace efface::volume
