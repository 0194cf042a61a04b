#include "face/bodies.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "face/grid_ops.h"

namespace efface::face {
namespace {

using volume::RegularGrid;
using volume::Vec3;

// Around the labels, mm. The network's outline is good to about a voxel (3 mm); 6 mm covers that,
// the partial-volume layer of the skin and what smoothing takes off corners. Ears are thin: a
// little more.
constexpr double face_margin_mm = 6, ear_margin_mm = 7, stray_margin_mm = 8;
// How far the region reaches into the air, and the steps in which it does so: the plane's place
// then tells the length of the nose to no better than a step.
constexpr double face_reach_mm = 30, ear_reach_mm = 20, reach_step_mm = 10;
// A pit with steep walls below the brow is taken for a face by detectors of faces, eyes and brow
// gone or not. Where the whole face goes its walls lean outwards instead (sine and cosine of the
// angle to the view ahead), until the pit is this much wider, and take the brow's ridge with them;
// not above this height of the canonical head, 45 mm above its eyes.
constexpr double wall_lean = 0.8, wall_rise = 0.6, wall_spread_mm = 24, wall_top_mm = 8;
constexpr int hull_directions = 162, hull_ring = 24;
constexpr double infinity = std::numeric_limits<double>::infinity();

void measure(Body& body, const RegularGrid& model, const Vec3& direction, double reach) {
  body.sweep.direction = direction;
  for (const ShapePart* part : body.parts)
    for (const std::uint32_t v : part->voxels) {
      body.sweep.last = std::max(body.sweep.last, dot(place(model, v), direction));
    }
  body.sweep.end = body.sweep.last + reach;
}

/// `end` moved outwards to the next step counted from the canonical head, not from this one's skin.
void quantise(Sweep& sweep, const Vec3& origin) {
  const double from = dot(origin, sweep.direction);
  sweep.end = from + std::ceil((sweep.end - from) / reach_step_mm) * reach_step_mm;
}

/// The bodies of the face: one over all parts when the nose, which lies between the others, is
/// among them; else eyes and mouth apart, so that a nose which shall stay stays. `leans`: their
/// walls do.
std::vector<Body> face_bodies(std::span<const ShapePart> parts, bool leans) {
  const auto in_face = [](const ShapePart& p) {
    return p.in_place && p.feature != Feature::ears && !p.voxels.empty();
  };
  const bool joined = std::any_of(parts.begin(), parts.end(), [&](const ShapePart& p) {
    return in_face(p) && p.feature == Feature::nose;
  });
  std::array<Body, feature_count> by_feature;
  for (const ShapePart& part : parts)
    if (in_face(part))
      by_feature[joined ? 0 : static_cast<std::size_t>(part.feature)].parts.push_back(&part);
  std::vector<Body> bodies;
  for (Body& body : by_feature) {
    if (body.parts.empty()) continue;
    body.leans = leans;
    bodies.push_back(std::move(body));
  }
  return bodies;
}

/// Whether nothing of the face shall stay.
bool goes_whole(std::span<const Feature> features) {
  return std::ranges::all_of(
      std::array{Feature::eyes, Feature::nose, Feature::mouth},
      [&](Feature f) { return std::ranges::find(features, f) != features.end(); });
}

/// Evenly spread unit vectors (Fibonacci lattice), and a ring around `axis`.
std::vector<Vec3> directions_around(const Vec3& axis) {
  std::vector<Vec3> directions;
  for (int i = 0; i < hull_directions; ++i) {
    const double z = 1 - (2 * i + 1.0) / hull_directions, r = std::sqrt(1 - z * z);
    const double turn = i * std::numbers::pi * (3 - std::sqrt(5.0));
    directions.push_back({r * std::cos(turn), r * std::sin(turn), z});
  }
  const Vec3 other = std::abs(axis[2]) < 0.7 ? Vec3{0, 0, 1} : Vec3{1, 0, 0};
  Vec3 u = volume::cross(axis, other);
  u = (1 / norm(u)) * u;
  const Vec3 v = volume::cross(axis, u);
  for (int i = 0; i < hull_ring; ++i) {
    const double turn = 2 * std::numbers::pi * i / hull_ring;
    directions.push_back(std::cos(turn) * u + std::sin(turn) * v);
  }
  return directions;
}

/// The plane of this direction that the body reaches, `margin` further out.
Plane touching(const RegularGrid& model, const Body& body, const Vec3& direction, double margin) {
  double most = -infinity;
  for (const ShapePart* part : body.parts)
    for (const std::uint32_t v : part->voxels)
      most = std::max(most, dot(place(model, v), direction));
  return {direction, most + margin};
}

}  // namespace

Vec3 place(const RegularGrid& grid, std::size_t offset) {
  return grid.patient_mm(offset % grid.size[0], offset / grid.size[0] % grid.size[1],
                         offset / (grid.size[0] * grid.size[1]));
}

std::vector<Body> bodies_of(const RegularGrid& model, std::span<const ShapePart> parts,
                            const HeadPose& pose, std::span<const Feature> features) {
  std::vector<Body> bodies = face_bodies(parts, goes_whole(features));
  for (Body& face : bodies) {
    measure(face, model, -1.0 * pose.back, face_reach_mm);
    quantise(face.sweep, pose.origin);
    face.top = {pose.up, dot(pose.origin, pose.up) + pose.scale * wall_top_mm};
  }
  for (const ShapePart& part : parts) {
    if (part.voxels.empty() || (part.in_place && part.feature != Feature::ears)) continue;
    Body body{{&part}, part.feature == Feature::ears, part.in_place, {}, false, {}};
    Vec3 centre{};
    for (const std::uint32_t v : part.voxels) centre = centre + place(model, v);
    centre = (1.0 / static_cast<double>(part.voxels.size())) * centre;
    const double side = dot(centre - pose.origin, pose.left) < 0 ? -1 : 1;
    measure(body, model, side * pose.left, ear_reach_mm);
    quantise(body.sweep, pose.origin);
    bodies.push_back(std::move(body));
  }
  return bodies;
}

void include_body(Box& box, const RegularGrid& model, const Body& body) {
  const double spread = body.leans ? wall_spread_mm : 0;
  const Vec3 wider{spread, spread, spread};
  const auto include_before = [&](const Vec3& p, double along) {
    const Vec3 before = p + along * body.sweep.direction;
    box.include(before - wider);
    box.include(before + wider);
  };
  for (const ShapePart* part : body.parts)
    for (const std::uint32_t v : part->voxels) {
      const Vec3 p = place(model, v);
      box.include(p);
      if (!body.in_place) continue;
      const double end = body.sweep.end - dot(p, body.sweep.direction);
      include_before(p, std::min(end, spread * wall_rise / wall_lean));
      include_before(p, end);
    }
}

std::vector<Plane> hull_of(const RegularGrid& model, const Body& body) {
  const double margin = !body.in_place ? stray_margin_mm
                        : body.is_ear  ? ear_margin_mm
                                       : face_margin_mm;
  std::vector<Plane> planes;
  const Vec3& ahead = body.sweep.direction;
  if (body.in_place) planes.push_back({ahead, body.sweep.end});
  if (body.leans) {
    const double straight = touching(model, body, body.top.normal, margin).limit;
    planes.push_back({body.top.normal, std::max(body.top.limit, straight)});
  }
  for (const Vec3& d : directions_around(ahead)) {
    const double forward = dot(d, ahead);
    if (body.in_place && forward > 1e-6) continue;
    if (!body.leans || forward <= -wall_lean) {
      planes.push_back(touching(model, body, d, margin));
    } else if (std::abs(forward) <= 1e-6) {
      planes.push_back(touching(model, body, wall_rise * d - wall_lean * ahead, margin));
      planes.push_back(touching(model, body, d, margin + wall_spread_mm));
    }
  }
  return planes;
}

}  // namespace efface::face
