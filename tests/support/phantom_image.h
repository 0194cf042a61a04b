// Pictures of the head phantom as a scanner might give them: contrast, partial volume, a smooth
// coil shading and Rician noise. Knows nothing of files.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "tests/support/phantom.h"

namespace efface::support {

enum class Contrast : std::uint8_t { t1, t2 };

/// Voxel (i, j, k) lies at origin + i * step_i + j * step_j + k * step_k (LPS, mm); i runs fastest.
struct ImageGrid {
  std::array<std::size_t, 3> size{};
  Point origin, step_i, step_j, step_k;

  std::size_t voxel_count() const { return size[0] * size[1] * size[2]; }
  Point place(double i, double j, double k) const {
    return origin + step_i * i + step_j * j + step_k * k;
  }
};

/// Rows run to the back, columns down, slices from right to left: a usual sagittal 3D scan.
ImageGrid sagittal_grid(std::array<std::size_t, 3> size, double spacing_mm);
/// Rows run to the left, columns to the back, slices up.
ImageGrid transverse_grid(std::array<std::size_t, 3> size, double pixel_mm, double slice_mm);

/// How the subject lies in the scanner and how large the head is; drawn from a seed.
struct Pose {
  double yaw = 0, pitch = 0, roll = 0;  ///< radians
  Point shift_mm;
  double scale = 1;

  static Pose from_seed(std::uint64_t seed);
  /// From patient space (LPS, mm) to the phantom's own coordinates, and back.
  Point to_phantom(Point patient_mm) const;
  Point to_patient(Point phantom_mm) const;
};

/// Voxels of 0..4095 in the grid's order. The same arguments give the same voxels.
std::vector<std::uint16_t> image_of_head(const ImageGrid& grid, const Pose& pose, Contrast contrast,
                                         std::uint64_t seed);

}  // namespace efface::support
