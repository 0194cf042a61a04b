// What is decided of a synthetic head, and where the region that goes lies. For tests.
#pragma once

#include <algorithm>

#include "face/decide.h"
#include "face/grid_ops.h"
#include "tests/support/synthetic_head.h"

namespace efface::face::test {

inline FaceDecision decide_on(const SyntheticHead& head, const DecideOptions& options = {}) {
  return decide(head.probabilities(), head.input(), options);
}

/// Signed distance in mm to the union of the features' regions.
inline double region_at(const FaceRegion& region, const volume::Vec3& patient_mm) {
  float least = no_distance_mm;
  const volume::Vec3 v = voxel_of(region.grid, patient_mm);
  for (const auto& sdf : region.feature_sdf)
    if (!sdf.empty())
      least = std::min(least, sample(region.grid, sdf.data(), v[0], v[1], v[2], 1e3F));
  return static_cast<double>(least);
}

/// Signed distance in mm to what is protected.
inline double brain_at(const FaceRegion& region, const volume::Vec3& patient_mm) {
  const volume::Vec3 v = voxel_of(region.grid, patient_mm);
  return static_cast<double>(sample(region.grid, region.brain_sdf.data(), v[0], v[1], v[2], 1e3F));
}

}  // namespace efface::face::test
