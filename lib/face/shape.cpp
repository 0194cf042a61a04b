#include "face/shape.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "face/bodies.h"
#include "face/cavity.h"
#include "face/facial_surface.h"

namespace efface::face {
namespace {

using volume::RegularGrid;
using volume::Vec3;

// Corners are rounded with this, so that the surface has no features.
constexpr double smoothing_mm = 4;
// Room around the parts for smoothing.
constexpr double room_mm = 18;
constexpr double infinity = std::numeric_limits<double>::infinity();

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
