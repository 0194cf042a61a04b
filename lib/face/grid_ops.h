// Small image operations on a RegularGrid that the face decision needs: exact distances, connected
// components, smoothing. Works on plain vectors in the grid's memory order; knows nothing of faces.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "volume/geometry.h"

namespace efface::face {

// Vec3 is a std::array: its operators are not found by argument.
using volume::operator+;
using volume::operator-;
using volume::operator*;
using volume::dot;
using volume::norm;

/// One byte a voxel, 0 or 1, in the order of RegularGrid.
using Bits = std::vector<std::uint8_t>;

/// What distance_to() gives everywhere when no voxel is set.
inline constexpr float no_distance_mm = 1e6F;

/// Exact Euclidean distance in mm from each voxel centre to the nearest centre of a set voxel
/// (Felzenszwalb & Huttenlocher, Theory of Computing 8, 2012).
std::vector<float> distance_to(const volume::RegularGrid& grid, const Bits& bits);

/// Signed distance in mm to the surface half-way between set and unset voxels: negative inside.
std::vector<float> signed_distance(const volume::RegularGrid& grid, const Bits& bits);

/// Set voxels closer than `radius_mm` to `bits`, itself included.
Bits dilate(const volume::RegularGrid& grid, const Bits& bits, double radius_mm);

/// Dilation followed by erosion. Exact only where `bits` keeps `radius_mm` from the grid's faces.
Bits close_gaps(const volume::RegularGrid& grid, const Bits& bits, double radius_mm);

/// Separable Gaussian, truncated at three sigmas; beyond the edge the edge value is repeated.
void smooth(const volume::RegularGrid& grid, std::vector<float>& values, double sigma_mm);

/// Trilinear value at fractional voxel coordinates; `outside` beyond the outermost voxel centres.
inline float sample(const volume::RegularGrid& grid, const float* values, double x, double y,
                    double z, float outside) {
  if (!(x >= 0 && y >= 0 && z >= 0) || x > static_cast<double>(grid.size[0] - 1) ||
      y > static_cast<double>(grid.size[1] - 1) || z > static_cast<double>(grid.size[2] - 1))
    return outside;
  const auto ix = static_cast<std::size_t>(x), iy = static_cast<std::size_t>(y),
             iz = static_cast<std::size_t>(z);
  const auto fx = static_cast<float>(x - static_cast<double>(ix)),
             fy = static_cast<float>(y - static_cast<double>(iy)),
             fz = static_cast<float>(z - static_cast<double>(iz));
  const std::size_t dx = ix + 1 < grid.size[0] ? 1 : 0,
                    dy = iy + 1 < grid.size[1] ? grid.size[0] : 0,
                    dz = iz + 1 < grid.size[2] ? grid.size[0] * grid.size[1] : 0;
  const float* v = values + ix + grid.size[0] * (iy + grid.size[1] * iz);
  const auto row = [&](const float* r) { return r[0] + fx * (r[dx] - r[0]); };
  const auto plane = [&](const float* r) {
    const float a = row(r);
    return a + fy * (row(r + dy) - a);
  };
  const float a = plane(v);
  return a + fz * (plane(v + dz) - a);
}

/// Fractional voxel coordinates of a point.
inline volume::Vec3 voxel_of(const volume::RegularGrid& grid, const volume::Vec3& patient_mm) {
  return {(patient_mm[0] - grid.origin[0]) / grid.spacing_mm,
          (patient_mm[1] - grid.origin[1]) / grid.spacing_mm,
          (patient_mm[2] - grid.origin[2]) / grid.spacing_mm};
}

/// Otsu's threshold (IEEE Trans. SMC 9, 1979) of the values, from 256 bins between their extremes.
/// All equal or empty: that value, or 0.
double otsu_threshold(std::span<const float> values);

}  // namespace efface::face
