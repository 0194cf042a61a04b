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

/// The grid without slices, rows and columns at its ends that hold nothing but one and the same
/// value, as where an image was pasted into a larger one; the whole grid when nothing else is
/// there.
StackGrid without_blank_ends(const Volume& volume);

/// A scalar field on the model's grid, e.g. a signed distance in mm (negative inside).
struct Field {
  RegularGrid grid;
  std::vector<float> values;

  /// Trilinear value at a point; `outside` beyond the outermost voxel centres.
  float at(const Vec3& patient_mm, float outside) const;
};

/// The stored voxels of a stack as bytes, voxel by voxel in StackGrid's order: never interpreted,
/// only copied from one voxel to another, so that filling works for every data type and byte order.
struct StoredVoxels {
  std::size_t bytes_per_voxel = 0;
  std::span<std::byte> bytes;
};

/// Resamples onto a regular grid: the mean of trilinear samples in each target voxel, so that fine
/// data are not aliased: 1…4 of them along each axis of the target, as many as source voxels are
/// passed from one target voxel to the next. `inside` (same size as the grid) becomes 1 where the
/// target voxel's centre is in the source's field of view and at least half of what it sees there
/// is valid; elsewhere it is 0 and so is the value. Thick slices are interpolated linearly along
/// their normal. The result does not depend on `threads`. Throws base::Error (bad_input) for
/// singular or empty source grids and for values that do not match the grid.
struct Resampled {
  RegularGrid grid;
  std::vector<float> values;
  std::vector<std::uint8_t> inside;
};
/// Up to `beyond_mm` outside the field of view the nearest voxel of the source goes on; it counts
/// as seen.
Resampled resample(const Volume& volume, const RegularGrid& grid, unsigned threads = 2,
                   double beyond_mm = 0);

}  // namespace efface::volume
