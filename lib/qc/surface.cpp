#include "qc/surface.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>

#include "face/pieces.h"

namespace efface::qc {

using volume::operator+;
using volume::operator-;
using volume::operator*;
using volume::RegularGrid;
using volume::Vec3;

namespace {

constexpr double finest_mm = 2, most_voxels = 2.5e6;
constexpr double smoothing_mm = 1.2;
constexpr std::size_t border = 2;  // voxels of air around the field of view: cut surfaces close
constexpr std::size_t most_samples = 400'000;
constexpr float no_hit = std::numeric_limits<float>::infinity();

/// The value below which `share` of the values lie; reorders them.
float quantile(std::vector<float>& values, double share) {
  const auto k = static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + k, values.end());
  return values[static_cast<std::size_t>(k)];
}

RegularGrid grid_around(const volume::StackGrid& stack) {
  const auto [low, high] = stack.bounds();
  double space = 1;
  for (std::size_t a = 0; a < 3; ++a) space *= high[a] - low[a] + 2 * border * finest_mm;
  RegularGrid grid;
  grid.spacing_mm = std::max(finest_mm, std::cbrt(space / most_voxels));
  for (std::size_t a = 0; a < 3; ++a) {
    const double steps = std::ceil((high[a] - low[a]) / grid.spacing_mm);
    grid.size[a] = static_cast<std::size_t>(steps) + 1 + 2 * border;
    grid.origin[a] = low[a] - static_cast<double>(border) * grid.spacing_mm;
  }
  return grid;
}

face::Bits largest_piece(const RegularGrid& grid, const std::vector<float>& values,
                         double threshold) {
  face::Bits above(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    above[i] = static_cast<double>(values[i]) > threshold ? 1 : 0;
  }
  const auto pieces = face::components(grid, above);
  std::fill(above.begin(), above.end(), std::uint8_t{0});
  if (!pieces.empty()) {
    for (const std::uint32_t at : pieces.front()) above[at] = 1;
  }
  return above;
}

/// Parallel rays in voxel coordinates: where each first meets the body.
class Rays {
 public:
  Rays(const Surface& surface, const Frame& frame, double yaw_degrees, std::size_t pixels)
      : surface_(surface), frame_(frame), pixel_mm_(frame.side_mm / static_cast<double>(pixels)) {
    const double yaw = yaw_degrees * std::numbers::pi / 180;
    forward_ = {-std::sin(yaw), std::cos(yaw), 0};
    right_ = {std::cos(yaw), std::sin(yaw), 0};
    half_ = static_cast<double>(pixels) / 2 - 0.5;
  }

  /// mm behind the plane through the frame's centre; no_hit when nothing is met.
  float depth(std::size_t x, std::size_t y) const {
    const double across = (static_cast<double>(x) - half_) * pixel_mm_;
    const double up = (half_ - static_cast<double>(y)) * pixel_mm_;
    const Vec3 middle = frame_.centre + across * right_ + up * Vec3{0, 0, 1};
    double first = 0, last = 0;
    if (!enter(middle, first, last)) return no_hit;
    const double step = 0.7 * surface_.grid.spacing_mm;
    // In voxels, half of one further on: cutting the fraction off gives the nearest voxel.
    Vec3 v = face::voxel_of(surface_.grid, middle + first * forward_) + Vec3{0.5, 0.5, 0.5};
    const Vec3 stride = (step / surface_.grid.spacing_mm) * forward_;
    for (double t = first; t <= last; t += step) {
      if (is_body(v)) return refined(middle, t);
      for (std::size_t a = 0; a < 2; ++a) v[a] += stride[a];
    }
    return no_hit;
  }

 private:
  /// The part of a ray that lies in the grid.
  bool enter(const Vec3& middle, double& first, double& last) const {
    first = -std::numeric_limits<double>::infinity();
    last = -first;
    for (std::size_t a = 0; a < 3; ++a) {
      const double low = surface_.grid.origin[a];
      const double high =
          low + static_cast<double>(surface_.grid.size[a] - 1) * surface_.grid.spacing_mm;
      if (std::abs(forward_[a]) < 1e-9) {
        if (middle[a] < low || middle[a] > high) return false;
        continue;
      }
      const double p = (low - middle[a]) / forward_[a], q = (high - middle[a]) / forward_[a];
      first = std::max(first, std::min(p, q));
      last = std::min(last, std::max(p, q));
    }
    return first <= last;
  }

  bool is_body(const Vec3& v) const {
    const std::array<std::size_t, 3>& size = surface_.grid.size;
    const auto cut = [](double index) {
      return static_cast<std::size_t>(static_cast<std::int32_t>(index));
    };
    const std::size_t x = cut(v[0]), y = cut(v[1]), z = cut(v[2]);
    return x < size[0] && y < size[1] && z < size[2] &&
           surface_.body[x + size[0] * (y + size[1] * z)] != 0;
  }

  /// Where the values cross the threshold near `t`, at which the body was met.
  float refined(const Vec3& middle, double t) const {
    const double step = surface_.grid.spacing_mm / 4;
    double before = value(middle + (t - 6 * step) * forward_);
    for (int n = -5; n <= 4; ++n) {
      const double here = value(middle + (t + n * step) * forward_);
      if (here > surface_.levels.threshold) {
        const double rise = here - before;
        const double part = rise > 0 ? (here - surface_.levels.threshold) / rise : 0;
        return static_cast<float>(t + (n - std::clamp(part, 0.0, 1.0)) * step);
      }
      before = here;
    }
    return static_cast<float>(t);
  }

  double value(const Vec3& point) const {
    const Vec3 v = face::voxel_of(surface_.grid, point);
    return static_cast<double>(face::sample(surface_.grid, surface_.values.data(), v[0], v[1], v[2],
                                            static_cast<float>(surface_.levels.background)));
  }

  const Surface& surface_;
  const Frame& frame_;
  double pixel_mm_, half_ = 0;
  Vec3 forward_{}, right_{};
};

/// The median of each hit's neighbourhood, then Gaussian; misses lie behind everything.
std::vector<float> smoothed(const std::vector<float>& depth, std::size_t pixels, double pixel_mm) {
  float deepest = 0;
  bool is_any = false;
  for (const float d : depth) {
    if (d == no_hit) continue;
    deepest = is_any ? std::max(deepest, d) : d;
    is_any = true;
  }
  std::vector<float> result(depth.size(), deepest + 20);
  for (std::size_t y = 1; y + 1 < pixels; ++y) {
    for (std::size_t x = 1; x + 1 < pixels; ++x) {
      if (depth[x + pixels * y] == no_hit) continue;
      std::array<float, 9> near{};
      std::size_t count = 0;
      for (std::size_t b = y - 1; b <= y + 1; ++b) {
        for (std::size_t a = x - 1; a <= x + 1; ++a) {
          if (depth[a + pixels * b] != no_hit) near[count++] = depth[a + pixels * b];
        }
      }
      const auto middle = near.begin() + static_cast<std::ptrdiff_t>(count / 2);
      std::nth_element(near.begin(), middle, near.begin() + static_cast<std::ptrdiff_t>(count));
      result[x + pixels * y] = *middle;
    }
  }
  face::smooth(RegularGrid{{pixels, pixels, 1}, {}, pixel_mm}, result, 1.2);
  return result;
}

/// Lambert's law with the light above the viewer's right, and a fade with depth.
Raster shaded(const std::vector<float>& depth, const std::vector<float>& hits, std::size_t pixels,
              double pixel_mm) {
  constexpr std::array light{0.21, 0.36, 0.91};
  constexpr double fade_mm = 180;
  double nearest = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < depth.size(); ++i) {
    if (hits[i] != no_hit) nearest = std::min(nearest, static_cast<double>(depth[i]));
  }
  Raster raster(pixels, pixels, empty_colour);
  for (std::size_t y = 1; y + 1 < pixels; ++y) {
    for (std::size_t x = 1; x + 1 < pixels; ++x) {
      const std::size_t i = x + pixels * y;
      if (hits[i] == no_hit) continue;
      // The height towards the viewer rises to the right and upwards by:
      const double across = static_cast<double>(depth[i - 1] - depth[i + 1]) / (2 * pixel_mm);
      const double up = static_cast<double>(depth[i + pixels] - depth[i - pixels]) / (2 * pixel_mm);
      const double lambert =
          (light[2] - across * light[0] - up * light[1]) / std::sqrt(1 + across * across + up * up);
      const double away = (static_cast<double>(depth[i]) - nearest) / fade_mm;
      const double fade = 0.4 + 0.6 * std::clamp(1 - away, 0.0, 1.0);
      raster.set(x, y, grey(0.06 + 0.94 * std::max(0.0, lambert) * fade));
    }
  }
  return raster;
}

}  // namespace

Levels levels_of(std::vector<float> values, bool is_hounsfield) {
  if (is_hounsfield) return {-1000, -400, -300, 400};
  if (values.empty()) return {};
  Levels levels;
  levels.low = quantile(values, 0.01);
  levels.high = std::max(levels.low + 1e-6, static_cast<double>(quantile(values, 0.995)));
  const float most = quantile(values, 0.99);
  for (float& value : values) value = std::min(value, most);
  const double otsu = face::otsu_threshold(values);
  std::erase_if(values, [&](float value) { return static_cast<double>(value) >= otsu; });
  levels.background = values.empty() ? otsu : static_cast<double>(quantile(values, 0.5));
  levels.threshold = levels.background + 0.4 * (otsu - levels.background);
  return levels;
}

Surface find_surface(const volume::Volume& image, unsigned threads) {
  Surface surface;
  surface.grid = grid_around(image.grid);
  volume::Resampled sampled = volume::resample(image, surface.grid, threads);
  std::vector<float> seen;
  const std::size_t stride = std::max<std::size_t>(1, sampled.values.size() / most_samples);
  for (std::size_t i = 0; i < sampled.values.size(); i += stride) {
    if (sampled.inside[i] != 0) seen.push_back(sampled.values[i]);
  }
  surface.levels = levels_of(std::move(seen), image.is_hounsfield);
  surface.values = std::move(sampled.values);
  for (std::size_t i = 0; i < surface.values.size(); ++i) {
    if (sampled.inside[i] == 0) surface.values[i] = static_cast<float>(surface.levels.background);
  }
  face::smooth(surface.grid, surface.values, smoothing_mm);
  surface.body = largest_piece(surface.grid, surface.values, surface.levels.threshold);
  return surface;
}

Raster render(const Surface& surface, const Frame& frame, double yaw_degrees, std::size_t pixels) {
  const Rays rays(surface, frame, yaw_degrees, pixels);
  std::vector<float> hits(pixels * pixels);
  for (std::size_t y = 0; y < pixels; ++y) {
    for (std::size_t x = 0; x < pixels; ++x) hits[x + pixels * y] = rays.depth(x, y);
  }
  const double pixel_mm = frame.side_mm / static_cast<double>(pixels);
  return shaded(smoothed(hits, pixels, pixel_mm), hits, pixels, pixel_mm);
}

}  // namespace efface::qc
