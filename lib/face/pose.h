// Where a head would have its face: a canonical head with the centres of the model's labels, and
// the similarity transform that lays it onto what was found. Works on points only; sees no voxels.
#pragma once

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

/// Label centres of an average adult head, mm from the centre of the brain label; x to the
/// patient's left, y to the back, z up. Eyes and the brain's box: median of 18 adult label maps
/// (SynthSeg's; standard deviation 5 mm, 12 mm up and down from nodding); the rest by landmarks of
/// five scans.
namespace canonical {
inline constexpr volume::Vec3 brain{0, 0, 0};
inline constexpr volume::Vec3 eye_left{32, -81, -37};
inline constexpr volume::Vec3 eye_right{-32, -81, -37};
inline constexpr volume::Vec3 nose{0, -103, -67};
inline constexpr volume::Vec3 mouth{0, -92, -103};
inline constexpr volume::Vec3 ear_left{75, 10, -42};
inline constexpr volume::Vec3 ear_right{-75, 10, -42};
inline constexpr double brain_front_y = -89;  ///< of the brain label's box
inline constexpr double brain_top_z = 66;
}  // namespace canonical

/// A canonical point seen at a place in the patient.
struct PosePoint {
  volume::Vec3 canonical{};
  volume::Vec3 found{};
  double weight = 1;
};

struct HeadPose {
  volume::Vec3 left{1, 0, 0}, back{0, 1, 0}, up{0, 0, 1};  ///< the head's unit axes in LPS
  double scale = 1;
  volume::Vec3 origin{};  ///< where the canonical brain centre lies, LPS mm

  volume::Vec3 patient_mm(const volume::Vec3& canonical) const;
  volume::Vec3 canonical_mm(const volume::Vec3& patient) const;  ///< its inverse
  /// Angle between the head's axes and those of the patient system, degrees.
  double rotation_degrees() const;
};

/// Weighted least-squares similarity (Horn, J. Opt. Soc. Am. A 4, 1987), pulled towards "upright,
/// as the header says, of average size" so that two points suffice. Needs at least one point.
HeadPose fit_pose(std::span<const PosePoint> points);

/// Distance in mm between where the pose puts a point and where it was found.
double misfit_mm(const HeadPose& pose, const PosePoint& point);

}  // namespace efface::face
