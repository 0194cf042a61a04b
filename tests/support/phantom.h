// A head with a face, made of analytic bodies: for demonstrations and tests, never from a person.
// Coordinates: mm, x to the subject's left, y to the back, z up, origin in the middle of the brain.
// It is anatomy for a segmentation network and for the eye, not for measurement.
#pragma once

#include <cstdint>

#include "tests/support/sdf.h"

namespace efface::support {

enum class Tissue : std::uint8_t {
  air,
  skin,
  fat,
  muscle,
  bone,
  marrow,
  csf,
  grey_matter,
  white_matter,
  vitreous,
  lens,
  mucosa
};
inline constexpr std::size_t tissue_count = 12;

/// Distance to the outer skin, mm, negative inside the head.
double skin_distance(Point p);

/// What lies at a point. Deterministic; safe to call from many threads.
Tissue tissue_at(Point p);

/// Landmarks of the phantom, for tests that ask whether a face was found or removed.
namespace landmark {
inline constexpr Point eye_left{31, -71, -43}, eye_right{-31, -71, -43};
inline constexpr Point nose_tip{0, -113, -73};
inline constexpr Point mouth{0, -97, -101};
inline constexpr Point chin{0, -94, -140};
inline constexpr Point ear_left{75, 8, -48}, ear_right{-75, 8, -48};
}  // namespace landmark

}  // namespace efface::support
