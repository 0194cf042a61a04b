#include <cmath>

#include "base/error.h"
#include "volume_itk/internal_geometry.h"

namespace efface::volume_itk {

using volume::operator*;
using volume::operator+;
using volume::operator-;
using volume::Vec3;

volume::StackGrid stack_grid(const std::array<std::size_t, 3>& extent,
                             const std::array<Vec3, 4>& columns) {
  volume::StackGrid grid;
  grid.columns = extent[0];
  grid.rows = extent[1];
  grid.step_i = columns[0];
  grid.step_j = columns[1];
  grid.slice_thickness_mm = volume::norm(columns[2]);
  for (std::size_t k = 0; k < extent[2]; ++k) {
    grid.slice_origin.push_back(columns[3] + static_cast<double>(k) * columns[2]);
  }
  return grid;
}

bool is_of_human_size(const volume::StackGrid& grid) {
  try {
    const Vec3 normal = grid.normal();
    const Vec3 spacing = grid.spacing_mm();
    if (grid.slices() > 1) {
      const Vec3 step = grid.slice_origin[1] - grid.slice_origin[0];
      if (!(std::abs(volume::dot(step, normal)) > 1e-3 * volume::norm(step))) return false;
    }
    const auto [low, high] = grid.bounds();
    const double diagonal = volume::norm(high - low) + volume::norm(spacing);
    return diagonal >= 10 && diagonal <= 4000;
  } catch (const base::Error&) {
    return false;  // singular or not finite
  }
}

}  // namespace efface::volume_itk
