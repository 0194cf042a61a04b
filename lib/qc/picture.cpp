#include "qc/picture.h"

#include <algorithm>
#include <limits>
#include <vector>

namespace efface::qc {

using volume::operator*;
using volume::operator+;
using volume::operator-;
using volume::RegularGrid;
using volume::Vec3;

namespace {

constexpr double region_grid_mm = 4, margin_mm = 6;
constexpr std::size_t least_voxels = 20;  // of a feature, before its middle is trusted

/// Bounds and middle of a set of points.
struct Extent {
  Vec3 low{}, high{}, sum{};
  std::size_t count = 0;

  void add(const Vec3& p) {
    for (std::size_t a = 0; a < 3; ++a) {
      low[a] = count == 0 ? p[a] : std::min(low[a], p[a]);
      high[a] = count == 0 ? p[a] : std::max(high[a], p[a]);
      sum[a] += p[a];
    }
    ++count;
  }
  void add(const Extent& other) {
    if (other.count == 0) return;
    const Extent before = *this;
    for (std::size_t a = 0; a < 3; ++a) {
      low[a] = count == 0 ? other.low[a] : std::min(before.low[a], other.low[a]);
      high[a] = count == 0 ? other.high[a] : std::max(before.high[a], other.high[a]);
      sum[a] += other.sum[a];
    }
    count += other.count;
  }
  Vec3 middle() const { return (1 / static_cast<double>(count)) * sum; }
};

template <class Values, class Visit>
void for_each_set(const RegularGrid& grid, const Values& values, const Visit& visit) {
  std::size_t at = 0;
  for (std::size_t z = 0; z < grid.size[2]; ++z) {
    for (std::size_t y = 0; y < grid.size[1]; ++y) {
      for (std::size_t x = 0; x < grid.size[0]; ++x, ++at) {
        if (values[at] != 0) visit(grid.patient_mm(x, y, z), values[at]);
      }
    }
  }
}

/// The same space, coarser.
RegularGrid coarse(const RegularGrid& fine) {
  RegularGrid grid = fine;
  grid.spacing_mm = std::max(region_grid_mm, fine.spacing_mm);
  for (std::size_t a = 0; a < 3; ++a) {
    const double length = static_cast<double>(fine.size[a] - 1) * fine.spacing_mm;
    grid.size[a] = static_cast<std::size_t>(length / grid.spacing_mm) + 1;
  }
  return grid;
}

/// What was removed as one feature: all of it, and the part of it that is not the air in front.
struct Removed {
  Extent all, back;
};

/// A region reaches far into the air in front of the body: its last quarter lies in the head.
std::array<Removed, face::feature_count> features_of(const RegularGrid& grid, Regions regions) {
  std::array<Removed, face::feature_count> features;
  if (regions.empty()) return features;
  const face::VoxelMask region = region_on(grid, regions);
  const auto of = [&](std::uint8_t label) -> Removed& { return features[label - std::size_t{1}]; };
  for_each_set(grid, region,
               [&](const Vec3& point, std::uint8_t label) { of(label).all.add(point); });
  for_each_set(grid, region, [&](const Vec3& point, std::uint8_t label) {
    const Extent& all = of(label).all;
    if (point[1] >= 0.25 * all.low[1] + 0.75 * all.high[1]) of(label).back.add(point);
  });
  return features;
}

Frame frame_around(const Extent& seen, const RegularGrid& field) {
  Frame frame;
  Extent whole = seen;
  if (whole.count == 0) {
    whole.add(field.origin);
    whole.add(field.patient_mm(field.size[0] - 1, field.size[1] - 1, field.size[2] - 1));
  }
  for (std::size_t a = 0; a < 3; ++a) {
    frame.centre[a] = 0.5 * (whole.low[a] + whole.high[a]);
    frame.side_mm = std::max(frame.side_mm, whole.high[a] - whole.low[a] + 2 * margin_mm);
  }
  return frame;
}

/// The turn in which all regions found their head upright; none when they differ.
volume::Turn common_turn(Regions regions) {
  if (regions.empty()) return {};
  const volume::Turn& first = regions.front()->turn;
  const bool is_common = std::all_of(regions.begin(), regions.end(), [&](const auto* region) {
    return region->turn.rows == first.rows && region->turn.about == first.about;
  });
  return is_common ? first : volume::Turn{};
}

Raster picture_as_it_lies(const volume::Volume& output, Regions regions, unsigned threads) {
  const Surface surface = find_surface(output, threads);
  const Sight sight = sight_of(surface, regions);
  Raster picture(tile_count * tile_pixels, tile_pixels);
  std::size_t tile = 0;
  const auto add = [&](const Raster& raster) { paste(raster, tile_pixels * tile++, 0, picture); };
  for (const double yaw : {0.0, 35.0, 90.0, -90.0}) {
    add(render(surface, sight.frame, yaw, tile_pixels));
  }
  const auto cut = [&](Plane plane, double position) {
    add(slice(output, regions, sight.frame, plane, position, surface.levels, tile_pixels, threads));
  };
  cut(Plane::sagittal, sight.planes[0]);
  cut(Plane::axial, sight.planes[2]);
  cut(Plane::coronal, sight.planes[1]);
  return picture;
}

}  // namespace

Sight sight_of(const Surface& surface, Regions regions) {
  Extent body, removed;
  for_each_set(surface.grid, surface.body,
               [&](const Vec3& point, std::uint8_t) { body.add(point); });
  const auto features = features_of(coarse(surface.grid), regions);
  for (const Removed& feature : features) removed.add(feature.all);
  Extent seen = body;
  seen.add(removed);
  Sight sight;
  sight.frame = frame_around(seen, surface.grid);
  sight.planes = sight.frame.centre;
  if (removed.count > 0) {
    sight.planes = removed.middle();
    const Extent& eyes = features[static_cast<std::size_t>(face::Feature::eyes)].back;
    const Extent& nose = features[static_cast<std::size_t>(face::Feature::nose)].back;
    if (nose.count >= least_voxels) sight.planes[0] = nose.middle()[0];
    if (eyes.count >= least_voxels) {
      sight.planes[1] = eyes.middle()[1];
      sight.planes[2] = eyes.middle()[2];
    }
  } else if (body.count > 0) {
    sight.planes = body.middle();
    sight.planes[1] = 0.25 * body.high[1] + 0.75 * body.low[1];
  }
  return sight;
}

Raster picture_of(const volume::Volume& output, Regions regions, unsigned threads) {
  const volume::Turn turn = common_turn(regions);
  if (turn.is_none()) return picture_as_it_lies(output, regions, threads);
  volume::Volume upright = output;
  upright.grid = volume::turned(output.grid, turn);
  std::vector<face::FaceRegion> straight;
  for (const face::FaceRegion* region : regions) {
    straight.push_back(*region);
    straight.back().turn = {};
  }
  std::vector<const face::FaceRegion*> pointers;
  for (const face::FaceRegion& region : straight) pointers.push_back(&region);
  return picture_as_it_lies(upright, pointers, threads);
}

}  // namespace efface::qc
