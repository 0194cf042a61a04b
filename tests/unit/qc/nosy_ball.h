// A ball with a nose in front and noise around it, as an image that the pictures can show.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "face/decide.h"
#include "volume/volume.h"

namespace efface::qc::test {

struct NosyBall {
  volume::Vec3 centre{5, -10, 20};
  double radius_mm = 70, nose_mm = 25;  ///< the nose reaches so far out of the ball
  double left_mm = 0;                   ///< a second nose to the patient's left, when positive
  bool is_hounsfield = false;

  bool is_tissue(const volume::Vec3& p) const {
    const double x = p[0] - centre[0], y = p[1] - centre[1], z = p[2] - centre[2];
    if (x * x + y * y + z * z <= radius_mm * radius_mm) return true;
    if (x * x + z * z <= 100 && y < 0 && y >= -radius_mm - nose_mm) return true;
    return left_mm > 0 && y * y + z * z <= 100 && x > 0 && x <= radius_mm + left_mm;
  }

  /// Voxels of 2 mm in slices that are stored in a sagittal order, so that axes must be minded.
  volume::Volume image() const {
    volume::Volume image;
    image.is_hounsfield = is_hounsfield;
    image.grid.columns = 110;  // i runs to posterior
    image.grid.rows = 110;     // j runs to inferior
    image.grid.step_i = {0, 2, 0};
    image.grid.step_j = {0, 0, -2};
    for (int k = 0; k < 110; ++k) {  // k runs to the patient's right, as cross(i, j) does
      image.grid.slice_origin.push_back(
          {centre[0] + 109 - 2 * k, centre[1] - 109, centre[2] + 109});
    }
    std::uint32_t state = 1;
    for (std::size_t k = 0; k < 110; ++k) {
      for (std::size_t j = 0; j < 110; ++j) {
        for (std::size_t i = 0; i < 110; ++i) {
          state = state * 1664525U + 1013904223U;
          const float noise = static_cast<float>(state >> 28U);
          const bool is_in =
              is_tissue(image.grid.patient_mm(static_cast<double>(i), static_cast<double>(j), k));
          image.values.push_back(is_hounsfield ? (is_in ? 40.F : -1000.F) + noise
                                               : (is_in ? 100.F : 0.F) + noise);
        }
      }
    }
    return image;
  }
};

/// A box as the region of the nose.
inline face::FaceRegion box_region(const volume::Vec3& low, const volume::Vec3& high) {
  face::FaceRegion region;
  region.grid.spacing_mm = 3;
  for (std::size_t a = 0; a < 3; ++a) {
    region.grid.origin[a] = low[a] - 15;
    region.grid.size[a] = static_cast<std::size_t>((high[a] - low[a] + 30) / 3) + 1;
  }
  auto& sdf = region.feature_sdf[static_cast<std::size_t>(face::Feature::nose)];
  for (std::size_t z = 0; z < region.grid.size[2]; ++z) {
    for (std::size_t y = 0; y < region.grid.size[1]; ++y) {
      for (std::size_t x = 0; x < region.grid.size[0]; ++x) {
        const volume::Vec3 p = region.grid.patient_mm(x, y, z);
        double outside = -1e9;
        for (std::size_t a = 0; a < 3; ++a) {
          outside = std::max({outside, low[a] - p[a], p[a] - high[a]});
        }
        sdf.push_back(static_cast<float>(outside));
      }
    }
  }
  return region;
}

}  // namespace efface::qc::test
