// The bodies that a region is made of: parts that go together, the directions in which they are
// drawn out into the air, and the planes around them. Geometry only; sees no grid but the one the
// parts' voxels are counted in.
#pragma once

#include <algorithm>
#include <limits>
#include <span>
#include <vector>

#include "face/decide.h"
#include "face/pose.h"
#include "face/shape.h"

namespace efface::face {

/// A direction in which a part is drawn out, and how far parts and region reach along it.
struct Sweep {
  volume::Vec3 direction{};
  double last =
      -std::numeric_limits<double>::infinity();  ///< of the part's voxels, mm along the direction
  double end = 0;                                ///< of the region
};

/// A half space: inside where dot(p, normal) <= limit.
struct Plane {
  volume::Vec3 normal{};
  double limit = 0;
};

/// Parts that share a hull: those of the face, or one ear, or one stray piece.
struct Body {
  std::vector<const ShapePart*> parts;
  bool is_ear = false, in_place = true;
  Sweep sweep;
  bool leans = false;  ///< its walls lean outwards ...
  Plane top;           ///< ... no higher than this
};

/// The bodies of all parts; `features`: those that were chosen to go.
std::vector<Body> bodies_of(const volume::RegularGrid& model, std::span<const ShapePart> parts,
                            const HeadPose& pose, std::span<const Feature> features);

/// Along the axes of the patient, LPS mm.
struct Box {
  static constexpr double far = std::numeric_limits<double>::infinity();
  volume::Vec3 low{far, far, far}, high{-far, -far, -far};

  void include(const volume::Vec3& p) {
    for (std::size_t a = 0; a < 3; ++a) {
      low[a] = std::min(low[a], p[a]);
      high[a] = std::max(high[a], p[a]);
    }
  }
};

/// A body's voxels and what they are drawn out to.
void include_body(Box& box, const volume::RegularGrid& model, const Body& body);

/// The convex hull of a body, a margin wider; drawn out along the sweep when the body is in place:
/// the planes that would end it there give way to the sweep's end, and those that would be steep
/// walls of a body that leans, to walls that lean.
std::vector<Plane> hull_of(const volume::RegularGrid& model, const Body& body);

/// Where a voxel of the grid lies, LPS mm.
volume::Vec3 place(const volume::RegularGrid& grid, std::size_t offset);

}  // namespace efface::face
