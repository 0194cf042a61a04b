#include "face/grid_ops.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>

namespace efface::face {
namespace {

using volume::RegularGrid;

constexpr float far_away = 1e12F;  // squared voxels; stays exact enough in float sums

/// Squared distances along one line: the lower envelope of the parabolas f[q] + (p - q)².
class LineTransform {
 public:
  explicit LineTransform(std::size_t length) : value_(length), vertex_(length), edge_(length + 1) {}

  void run(float* data, std::size_t count, std::size_t stride) {
    std::size_t used = 0;
    for (std::size_t q = 0; q < count; ++q) {
      value_[q] = data[q * stride];
      if (value_[q] >= far_away) continue;
      double start = -std::numeric_limits<double>::infinity();
      while (used > 0) {
        start = crossing(vertex_[used - 1], q);
        if (start > edge_[used - 1]) break;
        --used;
        start = -std::numeric_limits<double>::infinity();
      }
      vertex_[used] = q;
      edge_[used] = start;
      ++used;
    }
    if (used == 0) return;
    edge_[used] = std::numeric_limits<double>::infinity();
    for (std::size_t p = 0, k = 0; p < count; ++p) {
      while (edge_[k + 1] < static_cast<double>(p)) ++k;
      const double d = static_cast<double>(p) - static_cast<double>(vertex_[k]);
      data[p * stride] = static_cast<float>(d * d + static_cast<double>(value_[vertex_[k]]));
    }
  }

 private:
  double crossing(std::size_t a, std::size_t b) const {
    const auto x = static_cast<double>(a), y = static_cast<double>(b);
    return ((static_cast<double>(value_[b]) + y * y) - (static_cast<double>(value_[a]) + x * x)) /
           (2 * (y - x));
  }

  std::vector<float> value_;
  std::vector<std::size_t> vertex_;
  std::vector<double> edge_;
};

/// Calls line(first offset) for each line along `axis`; returns nothing, visits each voxel once.
void for_each_line(const RegularGrid& grid, std::size_t axis,
                   const std::function<void(std::size_t)>& line) {
  const std::array<std::size_t, 3> stride{1, grid.size[0], grid.size[0] * grid.size[1]};
  const std::size_t a = (axis + 1) % 3, b = (axis + 2) % 3;
  for (std::size_t i = 0; i < grid.size[b]; ++i)
    for (std::size_t j = 0; j < grid.size[a]; ++j) line(i * stride[b] + j * stride[a]);
}

std::size_t stride_of(const RegularGrid& grid, std::size_t axis) {
  return axis == 0 ? 1 : axis == 1 ? grid.size[0] : grid.size[0] * grid.size[1];
}

std::vector<double> gaussian_kernel(double sigma_voxels) {
  const auto radius = static_cast<std::ptrdiff_t>(std::ceil(3 * sigma_voxels));
  std::vector<double> kernel;
  double sum = 0;
  for (std::ptrdiff_t i = -radius; i <= radius; ++i) {
    kernel.push_back(std::exp(-0.5 * static_cast<double>(i * i) / (sigma_voxels * sigma_voxels)));
    sum += kernel.back();
  }
  for (double& k : kernel) k /= sum;
  return kernel;
}

}  // namespace

std::vector<float> distance_to(const RegularGrid& grid, const Bits& bits) {
  std::vector<float> squared(bits.size());
  bool any = false;
  for (std::size_t i = 0; i < bits.size(); ++i) {
    squared[i] = bits[i] ? 0.0F : far_away;
    any = any || bits[i];
  }
  if (!any) return std::vector<float>(bits.size(), no_distance_mm);
  LineTransform transform(*std::max_element(grid.size.begin(), grid.size.end()));
  for (std::size_t axis = 0; axis < 3; ++axis)
    for_each_line(grid, axis, [&](std::size_t first) {
      transform.run(squared.data() + first, grid.size[axis], stride_of(grid, axis));
    });
  for (float& d : squared) d = std::sqrt(d) * static_cast<float>(grid.spacing_mm);
  return squared;
}

std::vector<float> signed_distance(const RegularGrid& grid, const Bits& bits) {
  std::vector<float> outside = distance_to(grid, bits);
  Bits complement(bits.size());
  for (std::size_t i = 0; i < bits.size(); ++i) complement[i] = bits[i] ? 0 : 1;
  const std::vector<float> inside = distance_to(grid, complement);
  const float half = static_cast<float>(grid.spacing_mm) / 2;
  for (std::size_t i = 0; i < bits.size(); ++i)
    outside[i] = bits[i] ? half - inside[i] : outside[i] - half;
  return outside;
}

Bits dilate(const RegularGrid& grid, const Bits& bits, double radius_mm) {
  const std::vector<float> distance = distance_to(grid, bits);
  Bits grown(bits.size());
  for (std::size_t i = 0; i < bits.size(); ++i)
    grown[i] = static_cast<double>(distance[i]) <= radius_mm ? 1 : 0;
  return grown;
}

Bits close_gaps(const RegularGrid& grid, const Bits& bits, double radius_mm) {
  Bits open = dilate(grid, bits, radius_mm);
  for (auto& bit : open) bit = bit ? 0 : 1;
  const std::vector<float> depth = distance_to(grid, open);
  Bits closed(bits.size());
  for (std::size_t i = 0; i < bits.size(); ++i)
    closed[i] = bits[i] || static_cast<double>(depth[i]) > radius_mm ? 1 : 0;
  return closed;
}

namespace {

/// One weighted sum of rows a voxel row: `in` holds `count` rows of `width` values, `stride` values
/// apart in `values`, where the results go.
void smooth_rows(std::span<const double> kernel, float* values, std::size_t width,
                 std::size_t count, std::size_t stride, std::vector<float>& in,
                 std::vector<double>& sums) {
  in.resize(width * count);
  sums.resize(width);
  for (std::size_t i = 0; i < count; ++i)
    std::copy_n(values + i * stride, width, in.begin() + static_cast<std::ptrdiff_t>(i * width));
  const std::size_t radius = kernel.size() / 2;
  for (std::size_t i = 0; i < count; ++i) {
    std::fill(sums.begin(), sums.end(), 0.0);
    for (std::size_t k = 0; k < kernel.size(); ++k) {
      const std::size_t from = i + k < radius ? 0 : std::min(i + k - radius, count - 1);
      const float* row = in.data() + from * width;
      for (std::size_t x = 0; x < width; ++x) sums[x] += kernel[k] * static_cast<double>(row[x]);
    }
    for (std::size_t x = 0; x < width; ++x) values[i * stride + x] = static_cast<float>(sums[x]);
  }
}

/// The same along the rows themselves.
void smooth_row(std::span<const double> kernel, std::span<float> row, std::vector<double>& line) {
  const std::size_t radius = kernel.size() / 2, count = row.size();
  line.resize(count + kernel.size() - 1);
  for (std::size_t i = 0; i < line.size(); ++i)
    line[i] = static_cast<double>(row[i < radius ? 0 : std::min(i - radius, count - 1)]);
  for (std::size_t x = 0; x < count; ++x) {
    double sum = 0;
    for (std::size_t k = 0; k < kernel.size(); ++k) sum += kernel[k] * line[x + k];
    row[x] = static_cast<float>(sum);
  }
}

}  // namespace

void smooth(const RegularGrid& grid, std::vector<float>& values, double sigma_mm) {
  const std::vector<double> kernel = gaussian_kernel(sigma_mm / grid.spacing_mm);
  const auto [nx, ny, nz] = grid.size;
  std::vector<double> sums;
  std::vector<float> in;
  for (std::size_t row = 0; row < ny * nz; ++row)
    smooth_row(kernel, std::span(values).subspan(row * nx, nx), sums);
  for (std::size_t z = 0; z < nz; ++z)
    smooth_rows(kernel, values.data() + z * nx * ny, nx, ny, nx, in, sums);
  for (std::size_t y = 0; y < ny; ++y)
    smooth_rows(kernel, values.data() + y * nx, nx, nz, nx * ny, in, sums);
}

double otsu_threshold(std::span<const float> values) {
  if (values.empty()) return 0;
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  const auto lo = static_cast<double>(*low), width = static_cast<double>(*high) - lo;
  if (!(width > 0)) return lo;
  std::array<double, 256> count{};
  for (const float v : values)
    count[static_cast<std::size_t>(std::min(255.0, (static_cast<double>(v) - lo) / width * 256))] +=
        1;
  double total = 0, moment = 0;
  for (std::size_t i = 0; i < 256; ++i) {
    total += count[i];
    moment += count[i] * static_cast<double>(i);
  }
  // Between two separate heaps every threshold is as good: the middle of the best ones is taken.
  double below = 0, below_moment = 0, best = -1, first = 0, last = 0;
  for (std::size_t i = 0; i < 255; ++i) {
    below += count[i];
    below_moment += count[i] * static_cast<double>(i);
    if (below == 0 || below == total) continue;
    const double gap = below_moment / below - (moment - below_moment) / (total - below);
    const double between = below * (total - below) * gap * gap;
    if (between > best * (1 + 1e-12)) {
      best = between;
      first = static_cast<double>(i) + 1;
    }
    if (between >= best * (1 - 1e-12)) last = static_cast<double>(i) + 1;
  }
  return lo + width * (first + last) / 512;
}

}  // namespace efface::face
