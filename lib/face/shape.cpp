#include "face/shape.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace efface::face {
namespace {

using volume::RegularGrid;
using volume::Vec3;

// Around the labels, mm. The network's outline is good to about a voxel (3 mm); 6 mm covers that
// and the partial-volume layer of the skin. Ears are thin: a little more. Pieces out of place are
// only dilated.
constexpr double face_margin_mm = 6, ear_margin_mm = 7, stray_margin_mm = 8;
// Gaps up to twice this are bridged: the bridge of the nose, the cheek between nose, eye and mouth.
constexpr double face_bridge_mm = 15, ear_bridge_mm = 8;
// How far the region reaches into the air, and the steps in which it does so: the plane's place
// then tells the length of the nose to no better than a step.
constexpr double face_reach_mm = 30, ear_reach_mm = 20, reach_step_mm = 10;
// Corners are rounded with this, so that the surface has no features.
constexpr double smoothing_mm = 4;
// The brain label is protected with this margin: one voxel.
constexpr double brain_margin_mm = 3, brain_smoothing_mm = 2;
// After smoothing the labels keep at least this margin.
constexpr float least_margin_mm = 3;
// Room around the parts for closing and smoothing.
constexpr double room_mm = 24;
constexpr double infinity = std::numeric_limits<double>::infinity();

/// A direction in which a part is drawn out, and how far parts and region reach along it.
struct Sweep {
  Vec3 direction{};
  double first = infinity;  ///< of the part's voxels, mm along the direction
  double last = -infinity;
  double end = 0;  ///< of the region
};

Vec3 place(const RegularGrid& grid, std::size_t offset) {
  return grid.patient_mm(offset % grid.size[0], offset / grid.size[0] % grid.size[1],
                         offset / (grid.size[0] * grid.size[1]));
}

/// All parts of the face that are drawn out together, or one ear, or one stray piece.
struct Body {
  std::vector<const ShapePart*> parts;
  bool is_ear = false, in_place = true;
  Sweep sweep;
};

void measure(Body& body, const RegularGrid& model, const Vec3& direction, double reach) {
  body.sweep.direction = direction;
  for (const ShapePart* part : body.parts)
    for (const std::uint32_t v : part->voxels) {
      const double s = dot(place(model, v), direction);
      body.sweep.first = std::min(body.sweep.first, s);
      body.sweep.last = std::max(body.sweep.last, s);
    }
  body.sweep.end = body.sweep.last + reach;
}

/// `end` moved outwards to the next step counted from the canonical head, not from this one's skin.
void quantise(Sweep& sweep, const Vec3& origin) {
  const double from = dot(origin, sweep.direction);
  sweep.end = from + std::ceil((sweep.end - from) / reach_step_mm) * reach_step_mm;
}

std::vector<Body> bodies_of(const RegularGrid& model, std::span<const ShapePart> parts,
                            const HeadPose& pose) {
  Body face;
  std::vector<Body> bodies;
  for (const ShapePart& part : parts) {
    if (part.voxels.empty()) continue;
    if (part.in_place && part.feature != Feature::ears) {
      face.parts.push_back(&part);
      continue;
    }
    Body body{{&part}, part.feature == Feature::ears, part.in_place, {}};
    Vec3 centre{};
    for (const std::uint32_t v : part.voxels) centre = centre + place(model, v);
    centre = (1.0 / static_cast<double>(part.voxels.size())) * centre;
    const double side = dot(centre - pose.origin, pose.left) < 0 ? -1 : 1;
    measure(body, model, side * pose.left, body.in_place ? ear_reach_mm : 0);
    if (body.in_place) quantise(body.sweep, pose.origin);
    bodies.push_back(std::move(body));
  }
  if (!face.parts.empty()) {
    measure(face, model, -1.0 * pose.back, face_reach_mm);
    quantise(face.sweep, pose.origin);
    bodies.push_back(std::move(face));
  }
  return bodies;
}

/// The grid around all bodies and what they are drawn out to, on the lattice of `model`.
RegularGrid grid_around(const RegularGrid& model, const std::vector<Body>& bodies) {
  Vec3 low{infinity, infinity, infinity}, high{-infinity, -infinity, -infinity};
  const auto include = [&](const Vec3& p) {
    for (std::size_t a = 0; a < 3; ++a) {
      low[a] = std::min(low[a], p[a]);
      high[a] = std::max(high[a], p[a]);
    }
  };
  for (const Body& body : bodies)
    for (const ShapePart* part : body.parts)
      for (const std::uint32_t v : part->voxels) {
        const Vec3 p = place(model, v);
        include(p);
        if (body.in_place)
          include(p + (body.sweep.end - dot(p, body.sweep.direction)) * body.sweep.direction);
      }
  RegularGrid grid;
  grid.spacing_mm = model.spacing_mm;
  for (std::size_t a = 0; a < 3; ++a) {
    const double from = std::floor((low[a] - room_mm - model.origin[a]) / model.spacing_mm);
    const double to = std::ceil((high[a] + room_mm - model.origin[a]) / model.spacing_mm);
    grid.origin[a] = model.origin[a] + from * model.spacing_mm;
    grid.size[a] = static_cast<std::size_t>(to - from) + 1;
  }
  return grid;
}

/// Offset in `grid` of the model's voxel, or voxel_count() when it lies outside.
std::size_t carried(const RegularGrid& model, const RegularGrid& grid, std::size_t offset) {
  const Vec3 v = voxel_of(grid, place(model, offset));
  std::array<std::size_t, 3> index{};
  for (std::size_t a = 0; a < 3; ++a) {
    const double rounded = std::round(v[a]);
    if (rounded < 0 || rounded >= static_cast<double>(grid.size[a])) return grid.voxel_count();
    index[a] = static_cast<std::size_t>(rounded);
  }
  return index[0] + grid.size[0] * (index[1] + grid.size[1] * index[2]);
}

Bits bits_of(const RegularGrid& model, const RegularGrid& grid,
             std::span<const std::uint32_t> voxels) {
  Bits bits(grid.voxel_count(), 0);
  for (const std::uint32_t v : voxels) {
    const std::size_t at = carried(model, grid, v);
    if (at < bits.size()) bits[at] = 1;
  }
  return bits;
}

/// Everything in front of the body, up to the sweep's end.
Bits drawn_out(const RegularGrid& grid, const std::vector<float>& body, double margin,
               const Sweep& sweep) {
  Bits bits(grid.voxel_count(), 0);
  const Vec3 step = sweep.direction;  // one voxel's length a step
  for (std::size_t i = 0; i < bits.size(); ++i) {
    const double s = dot(place(grid, i), sweep.direction);
    if (s > sweep.end || s < sweep.first - margin - grid.spacing_mm) continue;
    const Vec3 v = voxel_of(grid, place(grid, i));
    const auto steps = static_cast<int>((s - sweep.first + margin) / grid.spacing_mm) + 1;
    for (int t = 0; t <= steps && !bits[i]; ++t)
      if (static_cast<double>(sample(grid, body.data(), v[0] - t * step[0], v[1] - t * step[1],
                                     v[2] - t * step[2], no_distance_mm)) <= margin)
        bits[i] = 1;
  }
  return bits;
}

/// The signed distance of one body's region.
std::vector<float> body_shape(const RegularGrid& model, const RegularGrid& grid, const Body& body) {
  Bits core(grid.voxel_count(), 0);
  for (const ShapePart* part : body.parts) {
    const Bits bits = bits_of(model, grid, part->voxels);
    for (std::size_t i = 0; i < core.size(); ++i) core[i] |= bits[i];
  }
  std::vector<float> core_sdf = signed_distance(grid, core);
  const bool is_face = body.in_place && !body.is_ear;
  std::vector<float> shape;
  if (body.in_place) {
    const Bits swept =
        drawn_out(grid, core_sdf, is_face ? face_margin_mm : ear_margin_mm, body.sweep);
    shape =
        signed_distance(grid, close_gaps(grid, swept, is_face ? face_bridge_mm : ear_bridge_mm));
  } else {
    shape = core_sdf;
    for (float& d : shape) d -= static_cast<float>(stray_margin_mm);
  }
  smooth(grid, shape, smoothing_mm);
  for (std::size_t i = 0; i < shape.size(); ++i)
    shape[i] = std::min(shape[i], core_sdf[i] - least_margin_mm);
  return shape;
}

void unite(std::vector<float>& to, const std::vector<float>& from) {
  if (to.empty()) {
    to = from;
    return;
  }
  for (std::size_t i = 0; i < to.size(); ++i) to[i] = std::min(to[i], from[i]);
}

/// Gives each feature its share of the face's region: what is nearest to it, with enough overlap
/// that the union of the interpolated shares is the interpolated region.
void share_out(FaceRegion& region, const RegularGrid& model, const Body& face,
               const std::vector<float>& shape) {
  const auto overlap = static_cast<float>(3.5 * region.grid.spacing_mm);
  std::array<std::vector<float>, feature_count> distance;
  for (const ShapePart* part : face.parts)
    unite(distance[static_cast<std::size_t>(part->feature)],
          distance_to(region.grid, bits_of(model, region.grid, part->voxels)));
  for (std::size_t f = 0; f < feature_count; ++f) {
    if (distance[f].empty()) continue;
    std::vector<float> share = shape;
    for (std::size_t i = 0; i < shape.size(); ++i) {
      float other = no_distance_mm;
      for (std::size_t g = 0; g < feature_count; ++g)
        if (g != f && !distance[g].empty()) other = std::min(other, distance[g][i]);
      share[i] = std::max(shape[i], (distance[f][i] - other) / 2 - overlap);
    }
    unite(region.feature_sdf[f], share);
  }
}

std::vector<float> brain_shape(const RegularGrid& model, const RegularGrid& grid,
                               const Bits& brain) {
  std::vector<std::uint32_t> voxels;
  for (std::size_t i = 0; i < brain.size(); ++i)
    if (brain[i]) voxels.push_back(static_cast<std::uint32_t>(i));
  const std::vector<float> exact = signed_distance(grid, bits_of(model, grid, voxels));
  std::vector<float> shape = exact;
  smooth(grid, shape, brain_smoothing_mm);
  const float half = static_cast<float>(grid.spacing_mm) / 2;
  for (std::size_t i = 0; i < shape.size(); ++i)
    shape[i] = std::min(shape[i], exact[i] + half) - static_cast<float>(brain_margin_mm);
  return shape;
}

}  // namespace

FaceRegion shape_region(const RegularGrid& model, std::span<const ShapePart> parts,
                        const Bits& brain, const HeadPose& pose) {
  const std::vector<Body> bodies = bodies_of(model, parts, pose);
  FaceRegion region;
  if (bodies.empty()) return region;
  region.grid = grid_around(model, bodies);
  for (const Body& body : bodies) {
    const std::vector<float> shape = body_shape(model, region.grid, body);
    if (body.in_place && !body.is_ear)
      share_out(region, model, body, shape);
    else
      unite(region.feature_sdf[static_cast<std::size_t>(body.parts.front()->feature)], shape);
  }
  region.brain_sdf = brain_shape(model, region.grid, brain);
  return region;
}

double collision_ml(const FaceRegion& region) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < region.brain_sdf.size(); ++i) {
    if (region.brain_sdf[i] > 0) continue;
    for (const auto& sdf : region.feature_sdf)
      if (!sdf.empty() && sdf[i] <= 0) {
        ++count;
        break;
      }
  }
  return static_cast<double>(count) * std::pow(region.grid.spacing_mm, 3) / 1000;
}

}  // namespace efface::face
