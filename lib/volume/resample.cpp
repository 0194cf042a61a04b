// Both grids are affine but for uneven slices: the source index of a sample moves by a constant
// step along a row of the target. For uneven slices the affine part gives millimetres along the
// normal instead of k; a short walk finds the slice, and i and j are shifted by that slice's own
// origin.
#include <algorithm>
#include <atomic>
#include <cmath>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "base/error.h"
#include "volume/resample_aligned.h"
#include "volume/volume.h"

namespace efface::volume {

namespace {

constexpr double even_tolerance = 1e-3;  // of a slice step, mm per mm
constexpr double half_voxel = 0.5 + 1e-9;
constexpr std::size_t most_samples = 4;
constexpr double most_drift = 1e-3;  // of a voxel, over the whole target

/// Patient space to index space: rows of a matrix and an offset.
struct Affine {
  std::array<Vec3, 3> row{};
  Vec3 offset{};

  Vec3 operator()(const Vec3& p) const {
    return {dot(row[0], p) + offset[0], dot(row[1], p) + offset[1], dot(row[2], p) + offset[2]};
  }
  /// The change of the index for one mm along a patient axis.
  Vec3 step(std::size_t axis) const { return {row[0][axis], row[1][axis], row[2][axis]}; }
};

/// The inverse of (i, j, k) -> origin + i a + j b + k c.
Affine inverse_of(const Vec3& a, const Vec3& b, const Vec3& c, const Vec3& origin) {
  const double volume = dot(cross(a, b), c);
  Affine inverse;
  inverse.row = {(1 / volume) * cross(b, c), (1 / volume) * cross(c, a),
                 (1 / volume) * cross(a, b)};
  for (std::size_t r = 0; r < 3; ++r) {
    inverse.offset[r] = -dot(inverse.row[r], origin);
    if (!std::isfinite(inverse.offset[r])) {
      throw base::Error(base::Fault::bad_input, "the axes of an image do not span space");
    }
  }
  return inverse;
}

/// From patient space to the index (i, j, k) of the source.
class Locator {
 public:
  explicit Locator(const StackGrid& grid) : normal_(grid.normal()) {
    const auto& origin = grid.slice_origin;
    const std::size_t count = origin.size();
    const double thickness = grid.slice_thickness_mm > 0 ? grid.slice_thickness_mm : 1.0;
    const Vec3 step =
        count == 1 ? thickness * normal_
                   : (1.0 / static_cast<double>(count - 1)) * (origin.back() - origin.front());
    for (std::size_t k = 0; k < count; ++k) {
      const Vec3 expected = origin[0] + static_cast<double>(k) * step;
      if (!(norm(origin[k] - expected) <= even_tolerance * norm(step))) is_even_ = false;
    }
    affine_ = inverse_of(grid.step_i, grid.step_j, is_even_ ? step : normal_, origin[0]);
    if (!is_even_) tabulate(grid);
  }

  const Affine& affine() const { return affine_; }
  bool is_even() const { return is_even_; }

  /// Turns (i, j, mm along the normal) of affine() into an index. `hint` keeps the last interval.
  void refine(double& i, double& j, double& k, std::size_t& hint) const {
    const double along = sign_ * k;
    while (hint + 2 < place_.size() && along > place_[hint + 1]) ++hint;
    while (hint > 0 && along < place_[hint]) --hint;
    const double part = (along - place_[hint]) / (place_[hint + 1] - place_[hint]);
    k = static_cast<double>(hint) + part;
    i -= shift_i_[hint] + part * (shift_i_[hint + 1] - shift_i_[hint]);
    j -= shift_j_[hint] + part * (shift_j_[hint + 1] - shift_j_[hint]);
  }

 private:
  void tabulate(const StackGrid& grid) {
    const auto& origin = grid.slice_origin;
    sign_ = dot(origin.back() - origin.front(), normal_) >= 0 ? 1 : -1;
    for (const Vec3& slice : origin) {
      const Vec3 index = affine_(slice);
      if (!place_.empty() && !(sign_ * index[2] > place_.back())) {
        throw base::Error(base::Fault::bad_input,
                          "the slices of a stack do not follow one another");
      }
      place_.push_back(sign_ * index[2]);
      shift_i_.push_back(index[0]);
      shift_j_.push_back(index[1]);
    }
  }

  Vec3 normal_;
  Affine affine_;
  bool is_even_ = true;
  double sign_ = 1;
  std::vector<double> place_;              ///< mm along the (signed) normal, rising
  std::vector<double> shift_i_, shift_j_;  ///< in-plane index of each slice's origin
};

/// What one target voxel has gathered.
struct Sum {
  float value = 0;   ///< weighted by validity
  float weight = 0;  ///< valid samples
  float seen = 0;    ///< samples in the field of view
};

class Resampler {
 public:
  Resampler(const Volume& volume, const RegularGrid& target, double beyond_mm)
      : volume_(volume),
        target_(target),
        locator_(volume.grid),
        is_all_valid_(std::find(volume.valid.begin(), volume.valid.end(), 0) ==
                      volume.valid.end()) {
    const StackGrid& source = volume.grid;
    extent_ = {source.columns, source.rows, source.slices()};
    const Vec3 spacing = source.spacing_mm();
    for (std::size_t axis = 0; axis < 3; ++axis) {
      before_[axis] = after_[axis] = half_voxel + beyond_mm / spacing[axis];
      const Vec3 step = target.spacing_mm * locator_.affine().step(axis);
      const double passed = std::max({std::abs(step[0]), std::abs(step[1]),
                                      std::abs(step[2]) / (locator_.is_even() ? 1 : spacing[2])});
      const double wanted = std::clamp(std::ceil(passed - 0.05), 1.0, double{most_samples});
      samples_[axis] = static_cast<std::size_t>(wanted);
    }
    const std::vector<Vec3>& origin = source.slice_origin;
    if (origin.size() < 2) return;
    const auto step_mm = [&](std::size_t k) {
      return std::abs(dot(origin[k] - origin[k - 1], source.normal()));
    };
    before_[2] = half_voxel + beyond_mm / step_mm(1);
    after_[2] = half_voxel + beyond_mm / step_mm(origin.size() - 1);
  }

  /// The passes along i, j and k when every target axis runs along one of them and every voxel is
  /// valid.
  std::optional<std::array<AxisPass, 3>> aligned() const {
    if (!is_all_valid_ || !locator_.is_even()) return std::nullopt;
    std::array<AxisPass, 3> passes;
    std::array<bool, 3> is_taken{};
    const Vec3 start = locator_.affine()(target_.origin);
    for (std::size_t axis = 0; axis < 3; ++axis) {
      const Vec3 step = target_.spacing_mm * locator_.affine().row[axis];
      std::size_t along = 0;
      for (std::size_t a = 1; a < 3; ++a) {
        if (std::abs(step[a]) > std::abs(step[along])) along = a;
      }
      for (std::size_t a = 0; a < 3; ++a) {
        const double drift = std::abs(step[a]) * static_cast<double>(target_.size[a]);
        if (a != along && drift > most_drift) return std::nullopt;
      }
      if (std::exchange(is_taken[along], true)) return std::nullopt;
      passes[axis] = {along,           start[axis],   step[along],
                      samples_[along], before_[axis], after_[axis]};
    }
    return passes;
  }

  void slice(std::size_t z, Resampled& out) const {
    std::vector<Sum> row(target_.size[0]);
    for (std::size_t y = 0; y < target_.size[1]; ++y) {
      std::fill(row.begin(), row.end(), Sum{});
      for (std::size_t b = 0; b < samples_[2]; ++b) {
        for (std::size_t a = 0; a < samples_[1]; ++a) {
          gather(row, {0, offset(a, 1), offset(b, 2)}, y, z);
        }
      }
      finish(row, y, z, out);
    }
  }

 private:
  /// Where the n-th sample of an axis lies in its target voxel, in target voxels from the centre.
  double offset(std::size_t n, std::size_t axis) const {
    return (static_cast<double>(n) + 0.5) / static_cast<double>(samples_[axis]) - 0.5;
  }

  void gather(std::vector<Sum>& row, Vec3 shift, std::size_t y, std::size_t z) const {
    const Vec3 step = target_.spacing_mm * locator_.affine().step(0);
    for (std::size_t n = 0; n < samples_[0]; ++n) {
      shift[0] = offset(n, 0);
      const Vec3 start =
          locator_.affine()(target_.patient_mm(0, y, z) + target_.spacing_mm * shift);
      if (locator_.is_even()) {
        gather_line<true>(row, start, step);
      } else {
        gather_line<false>(row, start, step);
      }
    }
  }

  template <bool even>
  void gather_line(std::vector<Sum>& row, const Vec3& start, const Vec3& step) const {
    std::size_t first = 0, last = row.size();
    if constexpr (even) clip(start, step, first, last);
    std::size_t hint = 0;
    for (std::size_t x = first; x < last; ++x) {
      const auto n = static_cast<double>(x);
      double i = start[0] + n * step[0], j = start[1] + n * step[1], k = start[2] + n * step[2];
      if constexpr (!even) locator_.refine(i, j, k, hint);
      if (in_view(i, 0) && in_view(j, 1) && in_view(k, 2)) sample(i, j, k, row[x]);
    }
  }

  /// Narrows [first, last) to the samples that can be in the field of view.
  void clip(const Vec3& start, const Vec3& step, std::size_t& first, std::size_t& last) const {
    double low = 0, high = static_cast<double>(last) - 1;
    for (std::size_t axis = 0; axis < 3; ++axis) {
      const double begin = -before_[axis] - start[axis];
      const double end = static_cast<double>(extent_[axis]) - 1 + after_[axis] - start[axis];
      if (std::abs(step[axis]) < 1e-12) continue;  // in_view decides
      const double a = begin / step[axis], b = end / step[axis];
      low = std::max(low, std::floor(std::min(a, b)));
      high = std::min(high, std::ceil(std::max(a, b)));
    }
    if (!(low <= high)) {
      last = first;
      return;
    }
    first = static_cast<std::size_t>(low);
    last = static_cast<std::size_t>(high) + 1;
  }

  bool in_view(double index, std::size_t axis) const {
    return index >= -before_[axis] &&
           index <= static_cast<double>(extent_[axis]) - 1 + after_[axis];
  }

  /// Splits an index into the voxel below it, its neighbour's stride and the fraction between them.
  static std::size_t split(double index, std::size_t extent, std::size_t stride, float& part,
                           std::size_t& step) {
    const double clamped = std::clamp(index, 0.0, static_cast<double>(extent - 1));
    const auto below = static_cast<std::size_t>(static_cast<std::uint32_t>(clamped));
    part = static_cast<float>(clamped - static_cast<double>(below));
    step = below + 1 < extent ? stride : 0;
    return below * stride;
  }

  void sample(double i, double j, double k, Sum& sum) const {
    float pi, pj, pk;
    std::size_t si, sj, sk;
    const std::size_t base = split(i, extent_[0], 1, pi, si) +
                             split(j, extent_[1], extent_[0], pj, sj) +
                             split(k, extent_[2], extent_[0] * extent_[1], pk, sk);
    sum.seen += 1;
    if (!is_all_valid_) return sample_valid(base, {si, sj, sk}, {pi, pj, pk}, sum);
    const float* v = volume_.values.data() + base;
    const auto row = [&](std::size_t o) { return v[o] + pi * (v[o + si] - v[o]); };
    const float a = row(0), b = row(sj), c = row(sk), d = row(sk + sj);
    const float near = a + pj * (b - a), far = c + pj * (d - c);
    sum.value += near + pk * (far - near);
    sum.weight += 1;
  }

  /// As above, but voxels without a real value do not count.
  void sample_valid(std::size_t base, const std::array<std::size_t, 3>& step,
                    const std::array<float, 3>& part, Sum& sum) const {
    for (unsigned corner = 0; corner < 8; ++corner) {
      std::size_t at = base;
      float weight = 1;
      for (std::size_t axis = 0; axis < 3; ++axis) {
        const bool up = (corner >> axis & 1U) != 0;
        at += up ? step[axis] : 0;
        weight *= up ? part[axis] : 1 - part[axis];
      }
      if (weight > 0 && volume_.valid[at] != 0) {
        sum.value += weight * volume_.values[at];
        sum.weight += weight;
      }
    }
  }

  void finish(const std::vector<Sum>& row, std::size_t y, std::size_t z, Resampled& out) const {
    const Vec3 start = locator_.affine()(target_.patient_mm(0, y, z));
    const Vec3 step = target_.spacing_mm * locator_.affine().step(0);
    std::size_t hint = 0;
    const std::size_t first = target_.size[0] * (y + target_.size[1] * z);
    for (std::size_t x = 0; x < row.size(); ++x) {
      const auto n = static_cast<double>(x);
      double i = start[0] + n * step[0], j = start[1] + n * step[1], k = start[2] + n * step[2];
      if (!locator_.is_even()) locator_.refine(i, j, k, hint);
      const bool inside = in_view(i, 0) && in_view(j, 1) && in_view(k, 2) && row[x].weight > 0 &&
                          row[x].weight * 2 >= row[x].seen;
      out.inside[first + x] = inside ? 1 : 0;
      out.values[first + x] = inside ? row[x].value / row[x].weight : 0;
    }
  }

  const Volume& volume_;
  const RegularGrid& target_;
  Locator locator_;
  bool is_all_valid_;
  std::array<std::size_t, 3> extent_{};
  Vec3 before_{}, after_{};  ///< how far beyond the outermost voxel centres it is seen, in voxels
  std::array<std::size_t, 3> samples_{};
};

void check(const Volume& volume) {
  const std::size_t count = volume.grid.voxel_count();
  (void)volume.grid.bounds();
  if (volume.values.size() != count || (!volume.valid.empty() && volume.valid.size() != count)) {
    throw base::Error(base::Fault::bad_input, "the voxels of an image do not fill its grid");
  }
}

/// Calls `work` with 0 … count - 1, in `threads` threads.
void for_each(std::size_t count, unsigned threads, const std::function<void(std::size_t)>& work) {
  std::atomic<std::size_t> next{0};
  std::exception_ptr failure;
  std::mutex failing;
  const auto run = [&] {
    try {
      for (std::size_t n = next++; n < count; n = next++) work(n);
    } catch (...) {
      const std::lock_guard lock(failing);
      failure = std::current_exception();
    }
  };
  {
    std::vector<std::jthread> others;
    for (unsigned t = 1; t < threads; ++t) others.emplace_back(run);
    run();
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace

Resampled resample(const Volume& volume, const RegularGrid& grid, unsigned threads,
                   double beyond_mm) {
  check(volume);
  const Resampler resampler(volume, grid, beyond_mm);
  Resampled out{grid, std::vector<float>(grid.voxel_count()),
                std::vector<std::uint8_t>(grid.voxel_count())};
  if (const auto passes = resampler.aligned()) {
    const AlignedResampler quick(volume, grid, *passes);
    for_each(quick.layers(), threads, [&](std::size_t n) { quick.make_layer(n, out); });
  } else {
    for_each(grid.size[2], threads, [&](std::size_t z) { resampler.slice(z, out); });
  }
  return out;
}

}  // namespace efface::volume
