#include "volume/resample_aligned.h"

#include <algorithm>
#include <cmath>

namespace efface::volume {

namespace {

/// to += weight * from
template <class Value>
void add(double weight, const Value* from, double* to, std::size_t count) {
  for (std::size_t n = 0; n < count; ++n) to[n] += weight * from[n];
}

}  // namespace

AlignedResampler::Taps AlignedResampler::taps_of(const AxisPass& pass, std::size_t extent,
                                                 std::size_t n) {
  const double last = static_cast<double>(extent) - 1;
  const auto is_seen = [&](double index) {
    return index >= -pass.before && index <= last + pass.after;
  };
  const auto samples = static_cast<double>(pass.samples);
  Taps taps;
  if (!is_seen(pass.start + pass.step * static_cast<double>(n))) return taps;
  std::vector<std::pair<std::size_t, double>> parts;  // source index, weight
  double seen = 0;
  for (std::size_t s = 0; s < pass.samples; ++s) {
    const double within = (static_cast<double>(s) + 0.5) / samples - 0.5;
    const double index = pass.start + pass.step * (static_cast<double>(n) + within);
    if (!is_seen(index)) continue;
    ++seen;
    const double clamped = std::clamp(index, 0.0, last);
    const auto below = static_cast<std::size_t>(clamped);
    const double part = clamped - static_cast<double>(below);
    parts.emplace_back(below, 1 - part);
    parts.emplace_back(std::min(below + 1, extent - 1), part);
  }
  if (parts.empty()) return taps;
  const auto [low, high] = std::minmax_element(parts.begin(), parts.end());
  taps.first = low->first;
  taps.weights.resize(high->first - low->first + 1);
  for (const auto& [index, weight] : parts) taps.weights[index - taps.first] += weight / seen;
  return taps;
}

AlignedResampler::AlignedResampler(const Volume& volume, const RegularGrid& target,
                                   const std::array<AxisPass, 3>& passes)
    : volume_(volume) {
  const std::array<std::size_t, 3> extent{volume.grid.columns, volume.grid.rows,
                                          volume.grid.slices()};
  const std::array<std::size_t, 3> stride{1, target.size[0], target.size[0] * target.size[1]};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const AxisPass& pass = passes[axis];
    stride_[axis] = stride[pass.target_axis];
    std::size_t low = extent[axis], high = 0;
    for (std::size_t n = 0; n < target.size[pass.target_axis]; ++n) {
      const Taps& taps = taps_[axis].emplace_back(taps_of(pass, extent[axis], n));
      if (taps.weights.empty()) continue;
      low = std::min(low, taps.first);
      high = std::max(high, taps.first + taps.weights.size());
    }
    if (low < high) needed_[axis] = {low, high - low};
  }
}

void AlignedResampler::gather_slices(const Taps& taps, std::vector<double>& plane) const {
  const std::size_t columns = volume_.grid.columns, rows = volume_.grid.rows;
  const auto [first_i, count_i] = needed_[0];
  const auto [first_j, count_j] = needed_[1];
  plane.assign(count_i * count_j, 0);
  for (std::size_t t = 0; t < taps.weights.size(); ++t) {
    const float* slice = volume_.values.data() + columns * rows * (taps.first + t);
    for (std::size_t j = 0; j < count_j; ++j) {
      add(taps.weights[t], slice + columns * (first_j + j) + first_i, plane.data() + count_i * j,
          count_i);
    }
  }
}

void AlignedResampler::gather_rows(const Taps& taps, const std::vector<double>& plane,
                                   std::vector<double>& row) const {
  const std::size_t count_i = needed_[0].count;
  row.assign(count_i, 0);
  for (std::size_t t = 0; t < taps.weights.size(); ++t) {
    const std::size_t j = taps.first + t - needed_[1].first;
    add(taps.weights[t], plane.data() + count_i * j, row.data(), count_i);
  }
}

void AlignedResampler::make_layer(std::size_t n, Resampled& out) const {
  const Taps& across = taps_[2][n];
  if (across.weights.empty()) return;
  std::vector<double> plane, row;
  gather_slices(across, plane);
  for (std::size_t y = 0; y < taps_[1].size(); ++y) {
    if (taps_[1][y].weights.empty()) continue;
    gather_rows(taps_[1][y], plane, row);
    for (std::size_t x = 0; x < taps_[0].size(); ++x) {
      const Taps& along = taps_[0][x];
      if (along.weights.empty()) continue;
      double value = 0;
      const double* at = row.data() + (along.first - needed_[0].first);
      for (std::size_t t = 0; t < along.weights.size(); ++t) value += along.weights[t] * at[t];
      const std::size_t place = stride_[0] * x + stride_[1] * y + stride_[2] * n;
      out.values[place] = static_cast<float>(value);
      out.inside[place] = 1;
    }
  }
}

}  // namespace efface::volume
