#include "volume/volume.h"

#include <algorithm>
#include <array>

namespace efface::volume {
namespace {

/// First and last index along i, j and k.
using IndexBox = std::array<std::array<std::size_t, 2>, 3>;

/// Whether a box holds nothing but one value.
bool holds_only(float value, const IndexBox& box, const Volume& volume) {
  const StackGrid& g = volume.grid;
  for (std::size_t k = box[2][0]; k <= box[2][1]; ++k)
    for (std::size_t j = box[1][0]; j <= box[1][1]; ++j) {
      const float* row = volume.values.data() + g.columns * (j + g.rows * k);
      if (!std::all_of(row + box[0][0], row + box[0][1] + 1,
                       [value](float v) { return v == value; }))
        return false;
    }
  return true;
}

}  // namespace

StackGrid without_blank_ends(const Volume& volume) {
  const StackGrid& g = volume.grid;
  if (g.voxel_count() == 0) return g;
  const IndexBox whole{{{0, g.columns - 1}, {0, g.rows - 1}, {0, g.slices() - 1}}};
  IndexBox box = whole;
  for (std::size_t axis = 0; axis < 3; ++axis)
    for (const std::size_t end : {0U, 1U}) {
      const auto slab = [&] {
        IndexBox at_end = box;
        at_end[axis] = {box[axis][end], box[axis][end]};
        return at_end;
      };
      const IndexBox first = slab();
      const float blank =
          volume.values[first[0][0] + g.columns * (first[1][0] + g.rows * first[2][0])];
      while (holds_only(blank, slab(), volume)) {
        if (box[axis][0] == box[axis][1]) return g;
        end == 0 ? ++box[axis][0] : --box[axis][1];
      }
    }
  if (box == whole) return g;
  StackGrid rest = g;
  rest.columns = box[0][1] - box[0][0] + 1;
  rest.rows = box[1][1] - box[1][0] + 1;
  rest.slice_origin.clear();
  for (std::size_t k = box[2][0]; k <= box[2][1]; ++k)
    rest.slice_origin.push_back(
        g.patient_mm(static_cast<double>(box[0][0]), static_cast<double>(box[1][0]), k));
  return rest;
}

float Field::at(const Vec3& patient_mm, float outside) const {
  std::array<std::size_t, 3> low{}, step{};
  std::array<float, 3> part{};
  std::size_t stride = 1;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const std::size_t size = grid.size[axis];
    const double index = (patient_mm[axis] - grid.origin[axis]) / grid.spacing_mm;
    if (size == 0 || !(index >= 0 && index <= static_cast<double>(size - 1))) return outside;
    const std::size_t below = std::min(static_cast<std::size_t>(index), size - 1);
    low[axis] = below * stride;
    step[axis] = below + 1 < size ? stride : 0;
    part[axis] = static_cast<float>(index - static_cast<double>(below));
    stride *= size;
  }
  const auto between = [](float a, float b, float t) { return a + t * (b - a); };
  const float* corner = values.data() + low[0] + low[1] + low[2];
  const auto along_x = [&](std::size_t offset) {
    return between(corner[offset], corner[offset + step[0]], part[0]);
  };
  const float near = between(along_x(0), along_x(step[1]), part[1]);
  const float far = between(along_x(step[2]), along_x(step[2] + step[1]), part[1]);
  return between(near, far, part[2]);
}

}  // namespace efface::volume
