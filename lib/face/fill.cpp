#include "face/fill.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "base/error.h"
#include "face/grid_ops.h"

namespace efface::face {
namespace {

using volume::StackGrid;
using volume::Vec3;

constexpr float sure_air = 0.9F, likely_air = 0.5F;
// A slice with fewer background voxels than this borrows from the whole stack.
constexpr std::size_t slice_pool_least = 200;
// Noise differs over a slice (parallel imaging, coil sensitivity): each tile of the mask draws from
// the smallest window of tiles around it that holds this many background voxels.
constexpr std::size_t tile = 16, window_pool_least = 400;
// Hounsfield units: air is -1000, fat -100; what lies below -1100 is no measurement (outside the
// reconstruction circle) and would stand out beside air.
constexpr float ct_air_most = -500, ct_air_least = -1100;
// Without air in the image, the darkest voxels stand in for it.
constexpr double darkest_share = 0.01;

/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers on every platform.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }
  /// Uniform below `bound` (> 0, under 2³²).
  std::size_t below(std::size_t bound) {
    return static_cast<std::size_t>(((next() >> 32) * bound) >> 32);
  }

 private:
  std::uint64_t state_;
};

bool is_real(const volume::Volume& volume, std::size_t i) {
  return volume.valid.empty() || volume.valid[i] != 0;
}

/// Values above this are tissue, from voxels outside the mask alone: what lies inside must not
/// steer what replaces it.
float tissue_value(const volume::Volume& volume, const VoxelMask& mask) {
  if (volume.is_hounsfield) return ct_air_most;
  std::vector<float> seen;
  const std::size_t stride = std::max<std::size_t>(1, mask.size() / 2'000'000);
  for (std::size_t i = 0; i < mask.size(); i += stride)
    if (mask[i] == 0 && is_real(volume, i)) seen.push_back(volume.values[i]);
  if (seen.empty()) return std::numeric_limits<float>::infinity();
  // Clipped at the 99th percentile: single bright vessels must not lift the threshold over tissue.
  const auto k = static_cast<std::ptrdiff_t>(0.99 * static_cast<double>(seen.size() - 1));
  std::nth_element(seen.begin(), seen.begin() + k, seen.end());
  const float most = seen[static_cast<std::size_t>(k)];
  for (float& v : seen) v = std::min(v, most);
  const auto otsu = static_cast<float>(otsu_threshold(seen));
  std::vector<float> dark;
  for (const float v : seen)
    if (v < otsu) dark.push_back(v);
  if (dark.empty()) return otsu;
  const auto middle = dark.begin() + static_cast<std::ptrdiff_t>(dark.size() / 2);
  std::nth_element(dark.begin(), middle, dark.end());
  return *middle + 0.4F * (otsu - *middle);
}

/// Calls take(offset) for each voxel outside the mask whose air probability and value say
/// background.
template <class Take>
void for_each_background(const volume::Volume& volume, const volume::Field& air,
                         const VoxelMask& mask, float air_least, float tissue, Take take) {
  const StackGrid& stack = volume.grid;
  const Vec3 step = (1 / air.grid.spacing_mm) * stack.step_i;
  std::size_t offset = 0;
  for (std::size_t k = 0; k < stack.slices(); ++k)
    for (std::size_t j = 0; j < stack.rows; ++j) {
      const Vec3 start = voxel_of(air.grid, stack.patient_mm(0, static_cast<double>(j), k));
      for (std::size_t i = 0; i < stack.columns; ++i, ++offset) {
        const float value = volume.values[offset];
        if (mask[offset] != 0 || !(value <= tissue) || !is_real(volume, offset)) continue;
        if (volume.is_hounsfield && value < ct_air_least) continue;
        const Vec3 v = start + static_cast<double>(i) * step;
        if (sample(air.grid, air.values.data(), v[0], v[1], v[2], 0) >= air_least) take(offset);
      }
    }
}

std::vector<std::size_t> darkest(const volume::Volume& volume, const VoxelMask& mask) {
  std::vector<std::size_t> voxels;
  for (std::size_t i = 0; i < mask.size(); ++i)
    if (mask[i] == 0 && is_real(volume, i)) voxels.push_back(i);
  const auto count = static_cast<std::size_t>(darkest_share * static_cast<double>(voxels.size()));
  const std::size_t keep = std::min(voxels.size(), std::max<std::size_t>(1, count));
  std::nth_element(
      voxels.begin(), voxels.begin() + static_cast<std::ptrdiff_t>(keep), voxels.end(),
      [&](std::size_t a, std::size_t b) {
        return volume.values[a] != volume.values[b] ? volume.values[a] < volume.values[b] : a < b;
      });
  voxels.resize(keep);
  std::sort(voxels.begin(), voxels.end());
  return voxels;
}

/// Background voxels of the stack, ascending: sure air, else likely air, else the darkest voxels.
std::vector<std::size_t> background(const volume::Volume& volume, const volume::Field& air,
                                    const VoxelMask& mask) {
  const float tissue = tissue_value(volume, mask);
  std::vector<std::size_t> pool;
  for (const float least : {sure_air, likely_air}) {
    pool.clear();
    for_each_background(volume, air, mask, least, tissue,
                        [&](std::size_t offset) { pool.push_back(offset); });
    if (pool.size() >= slice_pool_least) return pool;
  }
  if (pool.empty()) pool = darkest(volume, mask);
  if (pool.empty())
    throw base::Error(base::Fault::bad_input, "the image has no background to fill a face from",
                      "withhold it, or remove the face by hand");
  return pool;
}

/// Fills one slice tile by tile.
class SliceFiller {
 public:
  SliceFiller(const StackGrid& stack, std::span<const std::size_t> slice_pool,
              std::span<const std::size_t> stack_pool)
      : stack_(stack), stack_pool_(stack_pool) {
    tiles_i_ = (stack.columns + tile - 1) / tile;
    tiles_j_ = (stack.rows + tile - 1) / tile;
    if (slice_pool.size() < slice_pool_least) return;
    local_ = true;
    by_tile_.resize(tiles_i_ * tiles_j_);
    for (const std::size_t offset : slice_pool) by_tile_[tile_of(offset)].push_back(offset);
  }

  void fill(std::size_t k, const VoxelMask& mask, Random& random,
            const volume::StoredVoxels& stored) {
    for (std::size_t tj = 0; tj < tiles_j_; ++tj)
      for (std::size_t ti = 0; ti < tiles_i_; ++ti) fill_tile(ti, tj, k, mask, random, stored);
  }

 private:
  std::size_t tile_of(std::size_t offset) const {
    const std::size_t i = offset % stack_.columns, j = offset / stack_.columns % stack_.rows;
    return i / tile + tiles_i_ * (j / tile);
  }

  void fill_tile(std::size_t ti, std::size_t tj, std::size_t k, const VoxelMask& mask,
                 Random& random, const volume::StoredVoxels& stored) {
    bool have_pool = false;
    std::span<const std::size_t> pool;
    for (std::size_t j = tj * tile; j < std::min(stack_.rows, (tj + 1) * tile); ++j)
      for (std::size_t i = ti * tile; i < std::min(stack_.columns, (ti + 1) * tile); ++i) {
        const std::size_t at = i + stack_.columns * (j + stack_.rows * k);
        if (mask[at] == 0) continue;
        if (!have_pool) pool = pool_around(ti, tj);
        have_pool = true;
        const std::size_t from = pool[random.below(pool.size())];
        std::memcpy(stored.bytes.data() + at * stored.bytes_per_voxel,
                    stored.bytes.data() + from * stored.bytes_per_voxel, stored.bytes_per_voxel);
      }
  }

  std::span<const std::size_t> pool_around(std::size_t ti, std::size_t tj) {
    if (!local_) return stack_pool_;
    for (std::size_t radius = 1;; ++radius) {
      window_.clear();
      const std::size_t j0 = tj - std::min(tj, radius), j1 = std::min(tiles_j_, tj + radius + 1);
      const std::size_t i0 = ti - std::min(ti, radius), i1 = std::min(tiles_i_, ti + radius + 1);
      for (std::size_t j = j0; j < j1; ++j)
        for (std::size_t i = i0; i < i1; ++i) {
          const auto& voxels = by_tile_[i + tiles_i_ * j];
          window_.insert(window_.end(), voxels.begin(), voxels.end());
        }
      const bool is_all = i0 == 0 && j0 == 0 && i1 == tiles_i_ && j1 == tiles_j_;
      if (window_.size() >= window_pool_least || is_all) return window_;
    }
  }

  const StackGrid& stack_;
  std::span<const std::size_t> stack_pool_;
  std::vector<std::vector<std::size_t>> by_tile_;
  std::vector<std::size_t> window_;
  std::size_t tiles_i_ = 0, tiles_j_ = 0;
  bool local_ = false;
};

void fill_constant(const volume::Volume& volume, const VoxelMask& mask,
                   std::vector<std::size_t> pool, const volume::StoredVoxels& stored) {
  const auto middle = pool.begin() + static_cast<std::ptrdiff_t>(pool.size() / 2);
  std::nth_element(pool.begin(), middle, pool.end(), [&](std::size_t a, std::size_t b) {
    return volume.values[a] != volume.values[b] ? volume.values[a] < volume.values[b] : a < b;
  });
  const std::size_t size = stored.bytes_per_voxel;
  for (std::size_t i = 0; i < mask.size(); ++i)
    if (mask[i] != 0)
      std::memcpy(stored.bytes.data() + i * size, stored.bytes.data() + *middle * size, size);
}

void fill_noise(const StackGrid& stack, const VoxelMask& mask, std::uint64_t seed,
                std::span<const std::size_t> pool, const volume::StoredVoxels& stored) {
  const std::size_t plane = stack.columns * stack.rows;
  auto first = pool.begin();
  for (std::size_t k = 0; k < stack.slices(); ++k) {
    const auto last = std::lower_bound(first, pool.end(), (k + 1) * plane);
    const auto begin = mask.begin() + static_cast<std::ptrdiff_t>(k * plane);
    if (std::any_of(begin, begin + static_cast<std::ptrdiff_t>(plane),
                    [](std::uint8_t m) { return m != 0; })) {
      Random random(seed ^ (0xd1342543de82ef95ULL * (k + 1)));
      SliceFiller(stack, {first, last}, pool).fill(k, mask, random, stored);
    }
    first = last;
  }
}

}  // namespace

FillReport fill(const volume::Volume& volume, const volume::Field& air, const VoxelMask& mask,
                Fill how, std::uint64_t seed, volume::StoredVoxels stored) {
  const std::size_t n = volume.grid.voxel_count();
  if (mask.size() != n || volume.values.size() != n ||
      stored.bytes.size() != n * stored.bytes_per_voxel)
    throw base::Error(base::Fault::internal, "mask, values and voxels differ in size");
  // Padding is no part of the image: it stays, so it does not belong to the mask.
  VoxelMask real = mask;
  FillReport report;
  for (std::size_t i = 0; i < n; ++i) {
    if (!is_real(volume, i)) real[i] = 0;
    if (real[i] != 0) ++report.voxels_changed;
  }
  if (report.voxels_changed == 0) return report;
  std::vector<std::size_t> pool = background(volume, air, real);
  report.background_voxels = pool.size();
  if (how == Fill::constant)
    fill_constant(volume, real, std::move(pool), stored);
  else
    fill_noise(volume.grid, real, seed, pool, stored);
  return report;
}

}  // namespace efface::face
