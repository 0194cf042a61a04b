#include "face/prepare.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace efface::face {
namespace {

constexpr std::size_t least_multiples = 4;

/// The k-th smallest of the values inside the field of view, k = floor(p * (n - 1)).
float percentile(std::vector<float>& values, double p) {
  const auto k = static_cast<std::size_t>(std::floor(p * static_cast<double>(values.size() - 1)));
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(k), values.end());
  return values[k];
}

void normalise(ModelInput& input, const ModelCard& card) {
  std::vector<float> seen;
  seen.reserve(input.values.size());
  for (std::size_t i = 0; i < input.values.size(); ++i)
    if (input.inside[i]) seen.push_back(input.values[i]);
  if (seen.empty()) {
    std::fill(input.values.begin(), input.values.end(), 0.0F);
    return;
  }
  const float lo = percentile(seen, card.percentile_low);
  const float hi = percentile(seen, card.percentile_high);
  const float scale = hi > lo ? 1 / (hi - lo) : 0;
  for (std::size_t i = 0; i < input.values.size(); ++i)
    input.values[i] = input.inside[i] && scale > 0
                          ? std::clamp((input.values[i] - lo) * scale, 0.0F, 1.0F)
                          : 0.0F;
}

/// Marks what lies in the field of view beyond `filled`.
std::vector<std::uint8_t> beyond(const volume::StackGrid& filled, const ModelInput& input) {
  const volume::RegularGrid& g = input.grid;
  std::vector<std::uint8_t> blank(g.voxel_count(), 0);
  std::size_t v = 0;
  for (std::size_t z = 0; z < g.size[2]; ++z)
    for (std::size_t y = 0; y < g.size[1]; ++y)
      for (std::size_t x = 0; x < g.size[0]; ++x, ++v)
        if (input.inside[v] && !filled.index_of(g.patient_mm(x, y, z))) blank[v] = 1;
  return blank;
}

/// Slices z0 … z0 + depth of an input.
ModelInput slab(const ModelInput& input, std::size_t z0, std::size_t depth) {
  const std::size_t plane = input.grid.size[0] * input.grid.size[1];
  const auto first = static_cast<std::ptrdiff_t>(z0 * plane);
  const auto last = static_cast<std::ptrdiff_t>((z0 + depth) * plane);
  ModelInput part;
  part.grid = input.grid;
  part.grid.size[2] = depth;
  part.grid.origin = input.grid.patient_mm(0, 0, z0);
  part.values.assign(input.values.begin() + first, input.values.begin() + last);
  part.inside.assign(input.inside.begin() + first, input.inside.begin() + last);
  return part;
}

/// How much a slice counts in its block: rises from the block's ends, so that neighbours blend.
float slice_weight(std::size_t z, std::size_t depth) {
  return static_cast<float>(std::min(z, depth - 1 - z)) + 1.0F;
}

}  // namespace

volume::RegularGrid model_grid(const volume::StackGrid& stack, const ModelCard& card,
                               double beyond_mm) {
  const auto [low, high] = stack.bounds();
  volume::RegularGrid grid;
  grid.spacing_mm = card.spacing_mm;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const double extent = high[axis] - low[axis] + 2 * beyond_mm;
    const auto needed = static_cast<std::size_t>(std::ceil(extent / card.spacing_mm - 1e-6)) + 1;
    const std::size_t multiple = std::max<std::size_t>(1, card.size_multiple);
    grid.size[axis] = std::max((needed + multiple - 1) / multiple, least_multiples) * multiple;
    grid.origin[axis] = (low[axis] + high[axis]) / 2 -
                        static_cast<double>(grid.size[axis] - 1) / 2 * card.spacing_mm;
  }
  return grid;
}

ModelInput prepare(const volume::Volume& volume, const ModelCard& card, double beyond_mm) {
  return prepare_on(model_grid(volume.grid, card, beyond_mm), volume, card, beyond_mm);
}

ModelInput prepare_on(const volume::RegularGrid& grid, const volume::Volume& volume,
                      const ModelCard& card, double beyond_mm) {
  volume::Resampled resampled = volume::resample(volume, grid, 2, beyond_mm);
  ModelInput input{resampled.grid, std::move(resampled.values), std::move(resampled.inside),
                   volume.is_hounsfield};
  const volume::StackGrid filled = volume::without_blank_ends(volume);
  if (filled.voxel_count() < volume.grid.voxel_count()) input.blank = beyond(filled, input);
  if (volume.is_hounsfield)
    for (float& v : input.values)
      v = std::clamp(v, static_cast<float>(card.ct_clip_hu[0]),
                     static_cast<float>(card.ct_clip_hu[1]));
  normalise(input, card);
  return input;
}

bool is_in_view(const ModelInput& input, const volume::Vec3& patient_mm) {
  const volume::RegularGrid& grid = input.grid;
  std::size_t voxel = 0;
  for (const std::size_t a : {2U, 1U, 0U}) {
    const double at = (patient_mm[a] - grid.origin[a]) / grid.spacing_mm;
    if (!(at >= 0 && at <= static_cast<double>(grid.size[a] - 1))) return false;
    voxel = voxel * grid.size[a] + static_cast<std::size_t>(at + 0.5);
  }
  return input.inside[voxel] != 0;
}

Probabilities segment_in_blocks(Segmenter& segmenter, const ModelInput& input,
                                std::size_t max_voxels) {
  const std::size_t plane = input.grid.size[0] * input.grid.size[1], slices = input.grid.size[2];
  if (input.grid.voxel_count() <= max_voxels) return segmenter.segment(input);
  const std::size_t multiple = std::max<std::size_t>(1, segmenter.card().size_multiple);
  const std::size_t depth =
      std::min(slices, std::max(max_voxels / plane / multiple, least_multiples) * multiple);
  const std::size_t step = std::max(multiple, depth / 2 / multiple * multiple);

  Probabilities whole{input.grid, std::vector<float>(label_count * input.grid.voxel_count(), 0)};
  std::vector<float> weights(slices, 0);
  for (std::size_t z0 = 0;; z0 = std::min(z0 + step, slices - depth)) {
    const Probabilities part = segmenter.segment(slab(input, z0, depth));
    if (part.values.size() != label_count * plane * depth)
      throw base::Error(base::Fault::internal, "the segmenter gave another grid than it was given");
    for (std::size_t label = 0; label < label_count; ++label)
      for (std::size_t z = 0; z < depth; ++z) {
        const float* from = part.values.data() + (label * depth + z) * plane;
        float* to = whole.values.data() + (label * slices + z0 + z) * plane;
        for (std::size_t i = 0; i < plane; ++i) to[i] += slice_weight(z, depth) * from[i];
      }
    for (std::size_t z = 0; z < depth; ++z) weights[z0 + z] += slice_weight(z, depth);
    if (z0 + depth >= slices) break;
  }
  for (std::size_t label = 0; label < label_count; ++label)
    for (std::size_t z = 0; z < slices; ++z) {
      float* row = whole.values.data() + (label * slices + z) * plane;
      for (std::size_t i = 0; i < plane; ++i) row[i] /= weights[z];
    }
  return whole;
}

}  // namespace efface::face
