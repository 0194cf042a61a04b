#include "face/long_view.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "face/evidence.h"

namespace efface::face {
namespace {

using volume::cross;
using volume::dot;
using volume::RegularGrid;
using volume::StackGrid;
using volume::Vec3;
using volume::operator+;
using volume::operator-;
using volume::operator*;

// Views up to this long hold a head and its neck, and little else.
constexpr double longest_head_mm = 260;
constexpr double around_face_mm = 150;
// Less of a view than this must be left: else the networks would see the same again.
constexpr double most_of_view = 0.9;
// As in decide.cpp: a face has 37 ml and more of sure voxels, what looks like one in a body up
// to 7.
constexpr double least_face_ml = 15, most_elsewhere_ml = 7;

double middle_of(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// Where the sure voxels of facial labels are.
std::vector<Vec3> sure_face(const Probabilities& seen) {
  std::vector<Vec3> points;
  const RegularGrid& g = seen.grid;
  for (std::size_t v = 0; v < g.voxel_count(); ++v) {
    if (face_sum(seen, v) > face_sure)
      points.push_back(
          g.patient_mm(v % g.size[0], v / g.size[0] % g.size[1], v / (g.size[0] * g.size[1])));
  }
  return points;
}

bool is_near(const Vec3& point, const Vec3& centre) {
  for (std::size_t a = 0; a < 3; ++a)
    if (std::abs(point[a] - centre[a]) > around_face_mm) return false;
  return true;
}

/// The one place with a face.
std::optional<Vec3> place_of_face(const Probabilities& seen) {
  const std::vector<Vec3> points = sure_face(seen);
  const double voxel_ml = std::pow(seen.grid.spacing_mm, 3) / 1000;
  if (static_cast<double>(points.size()) * voxel_ml < least_face_ml) return std::nullopt;
  Vec3 centre{};
  for (std::size_t a = 0; a < 3; ++a) {
    std::vector<double> along;
    for (const Vec3& point : points) along.push_back(point[a]);
    centre[a] = middle_of(along);
  }
  const auto near = std::count_if(points.begin(), points.end(),
                                  [&](const Vec3& point) { return is_near(point, centre); });
  const auto elsewhere = static_cast<double>(points.size()) - static_cast<double>(near);
  if (elsewhere * voxel_ml > most_elsewhere_ml) return std::nullopt;
  return centre;
}

struct Range {
  std::size_t first = 0, count = 0;
};

/// The indices from `low` to `high`, widened to whole ones and kept below `extent`.
Range range_of(double low, double high, std::size_t extent) {
  const double last = static_cast<double>(extent) - 1;
  const auto first = static_cast<std::size_t>(std::clamp(std::floor(low), 0.0, last));
  const auto end = static_cast<std::size_t>(std::clamp(std::ceil(high), 0.0, last));
  return {first, end - first + 1};
}

/// Columns, rows and slices that a box around a point meets.
std::array<Range, 3> ranges_around(const StackGrid& grid, const Vec3& centre) {
  const Vec3 normal = grid.normal();
  std::array<double, 3> low{}, high{};
  low.fill(std::numeric_limits<double>::infinity());
  high.fill(-std::numeric_limits<double>::infinity());
  // The plane's axes as rows of the inverse: index = dot(row, point - origin of its slice).
  const Vec3 across_i = cross(grid.step_j, normal), across_j = cross(normal, grid.step_i);
  const Vec3 row_i = (1 / dot(across_i, grid.step_i)) * across_i,
             row_j = (1 / dot(across_j, grid.step_j)) * across_j;
  const auto include = [](double at, double& least, double& most) {
    least = std::min(least, at);
    most = std::max(most, at);
  };
  for (unsigned corner = 0; corner < 8; ++corner) {
    Vec3 point = centre;
    for (std::size_t a = 0; a < 3; ++a)
      point[a] += (corner >> a & 1U) != 0 ? around_face_mm : -around_face_mm;
    include(dot(normal, point), low[2], high[2]);
    for (const Vec3& origin : {grid.slice_origin.front(), grid.slice_origin.back()}) {
      include(dot(row_i, point - origin), low[0], high[0]);
      include(dot(row_j, point - origin), low[1], high[1]);
    }
  }
  std::array<Range, 3> ranges{
      range_of(low[0], high[0], grid.columns), range_of(low[1], high[1], grid.rows), {}};
  for (std::size_t k = 0; k < grid.slices(); ++k) {
    const double along = dot(normal, grid.slice_origin[k]);
    if (along < low[2] || along > high[2]) continue;
    if (ranges[2].count == 0) ranges[2].first = k;
    ++ranges[2].count;
  }
  return ranges;
}

volume::Volume part_of(const volume::Volume& whole, const std::array<Range, 3>& ranges) {
  const auto& [i, j, k] = ranges;
  volume::Volume part;
  part.is_hounsfield = whole.is_hounsfield;
  part.grid = whole.grid;
  part.grid.columns = i.count;
  part.grid.rows = j.count;
  part.grid.slice_origin.clear();
  for (std::size_t slice = k.first; slice < k.first + k.count; ++slice) {
    part.grid.slice_origin.push_back(
        whole.grid.patient_mm(static_cast<double>(i.first), static_cast<double>(j.first), slice));
    for (std::size_t row = j.first; row < j.first + j.count; ++row) {
      const auto from = static_cast<std::ptrdiff_t>(i.first + whole.grid.columns *
                                                                  (row + whole.grid.rows * slice));
      const auto copy = [&](const auto& values, auto& to) {
        if (values.empty()) return;
        to.insert(to.end(), values.begin() + from,
                  values.begin() + from + static_cast<std::ptrdiff_t>(i.count));
      };
      copy(whole.values, part.values);
      copy(whole.valid, part.valid);
    }
  }
  return part;
}

}  // namespace

bool is_long_view(const StackGrid& grid) {
  const auto [low, high] = grid.bounds();
  const Vec3 extent = high - low;
  return *std::max_element(extent.begin(), extent.end()) > longest_head_mm;
}

std::optional<volume::Volume> head_of_long_view(const volume::Volume& volume,
                                                const Probabilities& seen) {
  const std::optional<Vec3> face = place_of_face(seen);
  if (!face) return std::nullopt;
  const std::array<Range, 3> ranges = ranges_around(volume.grid, *face);
  if (ranges[2].count < 2) return std::nullopt;
  const auto kept = static_cast<double>(ranges[0].count * ranges[1].count * ranges[2].count);
  if (kept > most_of_view * static_cast<double>(volume.grid.voxel_count())) return std::nullopt;
  return part_of(volume, ranges);
}

}  // namespace efface::face
