#include "face/shape.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "face/cavity.h"
#include "face/facial_surface.h"

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
// Corners are rounded with this, so that the surface has no features.
constexpr double smoothing_mm = 4;
// Room around the parts for smoothing.
constexpr double room_mm = 18;
constexpr int hull_directions = 162, hull_ring = 24;
constexpr double infinity = std::numeric_limits<double>::infinity();

/// A direction in which a part is drawn out, and how far parts and region reach along it.
struct Sweep {
  Vec3 direction{};
  double last = -infinity;  ///< of the part's voxels, mm along the direction
  double end = 0;           ///< of the region
};

Vec3 place(const RegularGrid& grid, std::size_t offset) {
  return grid.patient_mm(offset % grid.size[0], offset / grid.size[0] % grid.size[1],
                         offset / (grid.size[0] * grid.size[1]));
}

/// A half space: inside where dot(p, normal) <= limit.
struct Plane {
  Vec3 normal{};
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

struct Box {
  Vec3 low{infinity, infinity, infinity}, high{-infinity, -infinity, -infinity};

  void include(const Vec3& p) {
    for (std::size_t a = 0; a < 3; ++a) {
      low[a] = std::min(low[a], p[a]);
      high[a] = std::max(high[a], p[a]);
    }
  }
};

/// A body's voxels and what they are drawn out to.
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

/// The grid around all bodies, what they are drawn out to, and `corners`, on the lattice of
/// `model`.
RegularGrid grid_around(const RegularGrid& model, const std::vector<Body>& bodies,
                        std::span<const Vec3> corners) {
  Box box;
  for (const Body& body : bodies) include_body(box, model, body);
  for (const Vec3& corner : corners) box.include(corner);
  RegularGrid grid;
  grid.spacing_mm = model.spacing_mm;
  for (std::size_t a = 0; a < 3; ++a) {
    const double from = std::floor((box.low[a] - room_mm - model.origin[a]) / model.spacing_mm);
    const double to = std::ceil((box.high[a] + room_mm - model.origin[a]) / model.spacing_mm);
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

/// Sets what lies in `grid`.
void mark(const RegularGrid& model, const RegularGrid& grid, std::span<const std::uint32_t> voxels,
          Bits& bits) {
  for (const std::uint32_t v : voxels) {
    const std::size_t at = carried(model, grid, v);
    if (at < bits.size()) bits[at] = 1;
  }
}

Bits bits_of(const RegularGrid& model, const RegularGrid& grid,
             std::span<const std::uint32_t> voxels) {
  Bits bits(grid.voxel_count(), 0);
  mark(model, grid, voxels, bits);
  return bits;
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

/// The convex hull of a body, `margin` wider; drawn out along the sweep when the body is in place:
/// the planes that would end it there give way to the sweep's end, and those that would be steep
/// walls of a body that leans, to walls that lean.
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

/// A box of a grid: first and last voxel along each axis, both inside.
struct Range {
  std::array<std::size_t, 3> first{}, last{};
};

/// What of `grid` one body's region and its smooth surroundings can reach.
Range range_of(const RegularGrid& model, const RegularGrid& grid, const Body& body) {
  Box box;
  include_body(box, model, body);
  Range range;
  for (std::size_t a = 0; a < 3; ++a) {
    const double top = static_cast<double>(grid.size[a] - 1);
    const double low = (box.low[a] - room_mm - grid.origin[a]) / grid.spacing_mm;
    const double high = (box.high[a] + room_mm - grid.origin[a]) / grid.spacing_mm;
    range.first[a] = static_cast<std::size_t>(std::clamp(std::floor(low), 0.0, top));
    range.last[a] = static_cast<std::size_t>(std::clamp(std::ceil(high), 0.0, top));
  }
  return range;
}

/// The largest distance from any plane, along one row of voxels.
void row_of_hull(const std::vector<Plane>& planes, const Vec3& start, double step_mm,
                 std::span<float> row) {
  std::fill(row.begin(), row.end(), -static_cast<float>(infinity));
  for (const Plane& plane : planes) {
    const auto from = static_cast<float>(dot(start, plane.normal) - plane.limit);
    const auto step = static_cast<float>(step_mm * plane.normal[0]);
    for (std::size_t x = 0; x < row.size(); ++x)
      row[x] = std::max(row[x], from + static_cast<float>(x) * step);
  }
}

/// The signed distance of one body's region, exact near its faces; far from them only "far".
std::vector<float> body_shape(const RegularGrid& model, const RegularGrid& grid, const Body& body) {
  const std::vector<Plane> planes = hull_of(model, body);
  const Range range = range_of(model, grid, body);
  RegularGrid own = grid;
  own.origin = grid.patient_mm(range.first[0], range.first[1], range.first[2]);
  for (std::size_t a = 0; a < 3; ++a) own.size[a] = range.last[a] - range.first[a] + 1;
  std::vector<float> distance(own.voxel_count());
  for (std::size_t z = 0; z < own.size[2]; ++z)
    for (std::size_t y = 0; y < own.size[1]; ++y)
      row_of_hull(planes, own.patient_mm(0, y, z), own.spacing_mm,
                  std::span(distance).subspan(own.size[0] * (y + own.size[1] * z), own.size[0]));
  smooth(own, distance, smoothing_mm);
  std::vector<float> shape(grid.voxel_count(), static_cast<float>(2 * room_mm));
  for (std::size_t z = 0; z < own.size[2]; ++z)
    for (std::size_t y = 0; y < own.size[1]; ++y) {
      const auto row =
          distance.begin() + static_cast<std::ptrdiff_t>(own.size[0] * (y + own.size[1] * z));
      std::copy(row, row + static_cast<std::ptrdiff_t>(own.size[0]),
                shape.begin() +
                    static_cast<std::ptrdiff_t>(
                        range.first[0] +
                        grid.size[0] * (range.first[1] + y + grid.size[1] * (range.first[2] + z))));
    }
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

/// All parts as one body, which shares out what belongs to none of them.
Body all_in(std::span<const ShapePart> parts) {
  Body body;
  for (const ShapePart& part : parts)
    if (!part.voxels.empty()) body.parts.push_back(&part);
  return body;
}

/// The parts that stand against the doubt whether something near them is brain.
Bits sure_face(const RegularGrid& model, const RegularGrid& grid,
               std::span<const ShapePart> parts) {
  Bits face(grid.voxel_count(), 0);
  for (const ShapePart& part : parts)
    if (part.in_place && !part.yields) mark(model, grid, part.voxels, face);
  return face;
}

/// The model's values on a grid of its lattice, 0 beyond the model's.
template <class T>
std::vector<T> carried_values(const RegularGrid& model, const RegularGrid& grid,
                              std::span<const T> values) {
  std::vector<T> there(grid.voxel_count(), T{});
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] == T{}) continue;
    const std::size_t at = carried(model, grid, i);
    if (at < there.size()) there[at] = values[i];
  }
  return there;
}

}  // namespace

FaceRegion shape_region(const RegularGrid& model, std::span<const ShapePart> parts,
                        const BrainLabel& brain, const HeadPose& pose,
                        const DecideOptions& options) {
  const std::vector<Body> bodies = bodies_of(model, parts, pose, options.features);
  FaceRegion region;
  if (bodies.empty()) return region;
  const bool whole_face = options.extent == Extent::face;
  const auto corners = facial_surface_corners(pose);
  region.grid = grid_around(model, bodies,
                            whole_face ? std::span<const Vec3>(corners) : std::span<const Vec3>());
  for (const Body& body : bodies) {
    const std::vector<float> shape = body_shape(model, region.grid, body);
    if (body.in_place && !body.is_ear)
      share_out(region, model, body, shape);
    else
      unite(region.feature_sdf[static_cast<std::size_t>(body.parts.front()->feature)], shape);
  }
  if (whole_face) {
    std::vector<float> surface = facial_surface(region.grid, pose);
    smooth(region.grid, surface, smoothing_mm);
    share_out(region, model, all_in(parts), surface);
  }
  region.brain_sdf = cavity_distance(
      region.grid, carried_values<std::uint8_t>(model, region.grid, brain.bits),
      carried_values(model, region.grid, brain.probability), sure_face(model, region.grid, parts));
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
