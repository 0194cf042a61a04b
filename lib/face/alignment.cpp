#include "face/alignment.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include "face/grid_ops.h"
#include "face/prepare.h"

namespace efface::face {
namespace {

using volume::RigidMove;
using volume::Turn;
using volume::Vec3;

/// Millimetres along and degrees about the patient's axes.
using Parameters = std::array<double, 6>;

constexpr std::size_t bins = 32;
constexpr double most = 10, far = 10;
// Beside the T1 of their session a T2 0.069, a field map 0.048, perfusion images 0.028; a map of
// perfusion in which hardly anything is seen 0.0085; values in disorder 0.0002.
constexpr double least_sharpness = 0.01;
constexpr double least_shared = 0.5;
constexpr std::array<double, 4> steps{4, 2, 1, 0.5};
constexpr int most_sweeps = 8;

RigidMove move_by(const Parameters& p, const Vec3& about) {
  RigidMove move{{{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}}, about}, {p[0], p[1], p[2]}};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    if (p[axis + 3] == 0) continue;
    move.turn = after(move.turn, volume::turn_about(axis, p[axis + 3], about));
  }
  return move;
}

/// Compares one pair of images under many moves.
class Comparison {
 public:
  Comparison(const ModelInput& image, const ModelInput& other) : image_(image), other_(other) {
    const auto& size = image.grid.size;
    double count = 0;
    for (std::size_t z = 0, v = 0; z < size[2]; ++z)
      for (std::size_t y = 0; y < size[1]; ++y)
        for (std::size_t x = 0; x < size[0]; ++x, ++v) {
          if (image.inside[v] == 0 || (x + y + z) % 2 != 0) continue;  // half of them tell enough
          points_.push_back({image.grid.patient_mm(x, y, z), bin_of(image.values[v])});
          const auto weight = static_cast<double>(image.values[v]);
          middle_ = middle_ + weight * points_.back().at;
          count += weight;
        }
    if (count > 0) middle_ = (1 / count) * middle_;
  }

  const Vec3& middle() const { return middle_; }

  /// Normalised mutual information; 1, which is none at all, where they share too little.
  double information(const Parameters& p) const {
    const RigidMove move = move_by(p, middle_);
    std::array<double, bins * bins> joint{};
    double shared = 0;
    for (const Point& point : points_) {
      const Vec3 there = move.point(point.at);
      if (!is_in_view(other_, there)) continue;
      const Vec3 at = voxel_of(other_.grid, there);
      const float value = sample(other_.grid, other_.values.data(), at[0], at[1], at[2], 0);
      // Shared among two bins, so that the sum changes smoothly with the move.
      const double place = static_cast<double>(value) * (bins - 1);
      const auto low = std::min(static_cast<std::size_t>(place), bins - 2);
      const double share = place - static_cast<double>(low);
      joint[point.bin * bins + low] += 1 - share;
      joint[point.bin * bins + low + 1] += share;
      ++shared;
    }
    if (shared < least_shared * static_cast<double>(points_.size())) return 1;
    return normalised(joint, shared);
  }

 private:
  struct Point {
    Vec3 at;
    std::size_t bin;
  };

  static std::size_t bin_of(float value) {
    return std::min(static_cast<std::size_t>(value * static_cast<float>(bins)), bins - 1);
  }

  static double normalised(const std::array<double, bins * bins>& joint, double sum) {
    std::array<double, bins> rows{}, columns{};
    double both = 0, each = 0;
    const auto entropy = [sum](double count) {
      return count > 0 ? -count / sum * std::log(count / sum) : 0;
    };
    for (std::size_t r = 0; r < bins; ++r)
      for (std::size_t c = 0; c < bins; ++c) {
        const double count = joint[r * bins + c];
        rows[r] += count;
        columns[c] += count;
        both += entropy(count);
      }
    for (std::size_t b = 0; b < bins; ++b) each += entropy(rows[b]) + entropy(columns[b]);
    return both > 0 ? each / both : 1;
  }

  const ModelInput& image_;
  const ModelInput& other_;
  std::vector<Point> points_;
  Vec3 middle_{};
};

/// Improves one parameter: to the top of the parabola through three values. True when it moved.
bool climb(const Comparison& comparison, Parameters& p, double& value, std::size_t i, double step) {
  Parameters low = p, high = p;
  low[i] -= step;
  high[i] += step;
  const double below = comparison.information(low), above = comparison.information(high);
  const double curvature = below + above - 2 * value;
  double shift = above > below ? step : -step;
  if (curvature < 0) shift = std::clamp(step * (below - above) / (2 * curvature), -step, step);
  Parameters moved = p;
  moved[i] = std::clamp(p[i] + shift, -most, most);
  const double better = comparison.information(moved);
  if (better <= value) return false;
  const bool is_step = std::abs(moved[i] - p[i]) > step / 4;
  p = moved;
  value = better;
  return is_step;
}

}  // namespace

std::optional<Alignment> align(const ModelInput& image, const ModelInput& other) {
  const Comparison comparison(image, other);
  Parameters p{};
  double value = comparison.information(p);
  for (const double step : steps) {
    for (int sweep = 0; sweep < most_sweeps; ++sweep) {
      bool has_moved = false;
      for (std::size_t i = 0; i < p.size(); ++i)
        has_moved = climb(comparison, p, value, i, step) || has_moved;
      if (!has_moved) break;
    }
  }
  double around = 0;
  for (std::size_t i = 0; i < p.size(); ++i)
    for (const double side : {-far, far}) {
      Parameters away = p;
      away[i] += side;
      around += comparison.information(away) / (2 * static_cast<double>(p.size()));
    }
  Alignment found{move_by(p, comparison.middle()), value - around};
  const bool is_at_limit =
      std::any_of(p.begin(), p.end(), [](double v) { return std::abs(v) >= most; });
  if (is_at_limit || !(found.sharpness >= least_sharpness)) return std::nullopt;
  return found;
}

}  // namespace efface::face
