// Rotations of the patient's system, for heads that lie otherwise than a header says. A volume is
// turned by turning its grid: no voxel is resampled.
#pragma once

#include <array>

#include "volume/geometry.h"

namespace efface::volume {

/// A rotation about a point: p -> about + R (p - about), R given by its rows.
struct Turn {
  std::array<Vec3, 3> rows{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
  Vec3 about{};

  Vec3 direction(const Vec3& v) const;
  Vec3 point(const Vec3& patient_mm) const;
  bool is_none() const { return rows == Turn{}.rows; }
  double degrees() const;
};

/// First `first`, then `second`, about the point of `first`: both turn about the same one.
Turn after(const Turn& first, const Turn& second);

/// By `degrees` about the patient's axis 0 (L), 1 (P) or 2 (S).
Turn turn_about(std::size_t axis, double degrees, const Vec3& about);

StackGrid turned(const StackGrid& grid, const Turn& turn);

/// A turn, then a shift.
struct RigidMove {
  Turn turn;
  Vec3 shift_mm{};

  Vec3 point(const Vec3& patient_mm) const;
};

/// The 24 rotations that lay axes upon axes: none first, then half turns about an axis, quarter
/// turns, and the others.
std::array<Turn, 24> axis_turns(const Vec3& about);

}  // namespace efface::volume
