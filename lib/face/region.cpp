#include "face/region.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <thread>

#include "face/grid_ops.h"

namespace efface::face {
namespace {

using volume::RegularGrid;
using volume::StackGrid;
using volume::Vec3;

/// One region made ready: the minimum over its features says quickly where nothing can be.
struct Ready {
  const FaceRegion* region;
  StackGrid stack;  ///< where the voxels are in the region's system
  std::vector<float> least;
};

StackGrid in_system_of(const FaceRegion& region, const StackGrid& stack) {
  return region.turn.is_none() ? stack : volume::turned(stack, region.turn);
}

Ready make_ready(const FaceRegion& region, const StackGrid& stack) {
  Ready ready{&region, in_system_of(region, stack),
              std::vector<float>(region.grid.voxel_count(), no_distance_mm)};
  for (const auto& sdf : region.feature_sdf)
    for (std::size_t i = 0; i < sdf.size(); ++i) ready.least[i] = std::min(ready.least[i], sdf[i]);
  return ready;
}

/// The feature whose region lies deepest at a point (1 + index), 0 where none does.
std::uint8_t feature_at(const Ready& ready, const Vec3& v, float& depth) {
  const RegularGrid& grid = ready.region->grid;
  if (sample(grid, ready.least.data(), v[0], v[1], v[2], 1) > 0) return 0;
  std::uint8_t best = 0;
  for (std::size_t f = 0; f < feature_count; ++f) {
    const auto& sdf = ready.region->feature_sdf[f];
    if (sdf.empty()) continue;
    const float d = sample(grid, sdf.data(), v[0], v[1], v[2], 1);
    if (d <= 0 && (best == 0 || d < depth)) {
      depth = d;
      best = static_cast<std::uint8_t>(f + 1);
    }
  }
  return best;
}

/// The part [first, last) of a row of voxels that can lie in the grid.
void clip_row(const RegularGrid& grid, const Vec3& start, const Vec3& step, double& first,
              double& last) {
  for (std::size_t a = 0; a < 3; ++a) {
    const double top = static_cast<double>(grid.size[a] - 1);
    if (std::abs(step[a]) < 1e-9) {
      if (start[a] < 0 || start[a] > top) last = first;
      continue;
    }
    const double t0 = -start[a] / step[a], t1 = (top - start[a]) / step[a];
    first = std::max(first, std::floor(std::min(t0, t1)));
    last = std::min(last, std::ceil(std::max(t0, t1)) + 1);
  }
}

class Masker {
 public:
  Masker(const StackGrid& stack, std::span<const FaceRegion* const> regions) : stack_(stack) {
    for (const FaceRegion* region : regions)
      if (region && region->grid.voxel_count() > 0) regions_.push_back(make_ready(*region, stack));
    for (const Ready& r : regions_)
      if (!r.region->brain_sdf.empty()) brains_.push_back(r.region);
    std::stable_sort(brains_.begin(), brains_.end(), [](const auto* a, const auto* b) {
      return a->voxel_volume_mm3 < b->voxel_volume_mm3;
    });
  }

  void run(std::size_t first_slice, std::size_t last_slice, VoxelMask& mask,
           MaskCounts& counts) const {
    for (std::size_t k = first_slice; k < last_slice; ++k)
      for (std::size_t j = 0; j < stack_.rows; ++j)
        for (const Ready& ready : regions_) row(ready, j, k, mask);
    for (std::size_t k = first_slice; k < last_slice; ++k)
      for (std::size_t j = 0; j < stack_.rows; ++j) protect_brain(j, k, mask, counts);
  }

 private:
  std::size_t row_offset(std::size_t j, std::size_t k) const {
    return stack_.columns * (j + stack_.rows * k);
  }

  void row(const Ready& ready, std::size_t j, std::size_t k, VoxelMask& mask) const {
    const RegularGrid& grid = ready.region->grid;
    const StackGrid& stack = ready.stack;
    const Vec3 start = voxel_of(grid, stack.patient_mm(0, static_cast<double>(j), k));
    const Vec3 step = (1 / grid.spacing_mm) * stack.step_i;
    double first = 0, last = static_cast<double>(stack_.columns);
    clip_row(grid, start, step, first, last);
    for (double i = first; i < last; ++i) {
      std::uint8_t& voxel = mask[row_offset(j, k) + static_cast<std::size_t>(i)];
      if (voxel != 0) continue;
      float depth = 0;
      voxel = feature_at(ready, start + i * step, depth);
    }
  }

  void protect_brain(std::size_t j, std::size_t k, VoxelMask& mask, MaskCounts& counts) const {
    std::uint8_t* voxels = mask.data() + row_offset(j, k);
    if (std::all_of(voxels, voxels + stack_.columns, [](std::uint8_t v) { return v == 0; })) return;
    const Vec3 start = stack_.patient_mm(0, static_cast<double>(j), k);
    for (std::size_t i = 0; i < stack_.columns; ++i) {
      if (voxels[i] == 0) continue;
      if (is_brain(start + static_cast<double>(i) * stack_.step_i)) {
        voxels[i] = 0;
        ++counts.brain_overlap;
      } else {
        ++counts.removed[voxels[i] - 1U];
      }
    }
  }

  /// By the finest image whose region reaches the point.
  bool is_brain(const Vec3& patient_mm) const {
    constexpr float beyond = std::numeric_limits<float>::infinity();
    for (const FaceRegion* brain : brains_) {
      const Vec3 v =
          voxel_of(brain->grid, brain->turn.is_none() ? patient_mm : brain->turn.point(patient_mm));
      const float d = sample(brain->grid, brain->brain_sdf.data(), v[0], v[1], v[2], beyond);
      if (d != beyond) return d <= 0;
    }
    return false;
  }

  const StackGrid& stack_;
  std::vector<Ready> regions_;
  std::vector<const FaceRegion*> brains_;  ///< finest image first
};

}  // namespace

VoxelMask mask_of(const StackGrid& stack, std::span<const FaceRegion* const> regions,
                  MaskCounts& counts, unsigned threads) {
  VoxelMask mask(stack.voxel_count(), 0);
  const Masker masker(stack, regions);
  const std::size_t slices = stack.slices();
  const std::size_t parts = std::clamp<std::size_t>(threads, 1, std::max<std::size_t>(1, slices));
  std::vector<MaskCounts> partial(parts);
  std::vector<std::jthread> workers;
  for (std::size_t p = 1; p < parts; ++p)
    workers.emplace_back(
        [&, p] { masker.run(slices * p / parts, slices * (p + 1) / parts, mask, partial[p]); });
  masker.run(0, slices / parts, mask, partial[0]);
  workers.clear();
  for (const MaskCounts& c : partial) {
    for (std::size_t f = 0; f < feature_count; ++f) counts.removed[f] += c.removed[f];
    counts.brain_overlap += c.brain_overlap;
  }
  return mask;
}

FaceRegion carried(const FaceRegion& region, const volume::RigidMove& move, double wider_mm) {
  FaceRegion result = region;
  // One turn about the move's point does for both; what it leaves of the way is the grid's.
  result.turn = after(move.turn, region.turn);
  const Vec3& about = move.turn.about;
  const Vec3 place =
      region.turn.point(about + move.shift_mm);  // of that point in the region's system
  result.grid.origin = region.grid.origin - (place - about);
  for (auto& sdf : result.feature_sdf)
    for (float& distance : sdf) distance -= static_cast<float>(wider_mm);
  return result;
}

}  // namespace efface::face
