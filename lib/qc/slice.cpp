#include "qc/slice.h"

#include <array>

namespace efface::qc {

namespace {

/// Where a plane's pixels lie: the grid's axes that run right and down or up in the picture.
struct Axes {
  std::size_t normal, right, vertical;
  bool is_up;  ///< the vertical axis rises in the picture
};

constexpr Axes axes_of(Plane plane) {
  switch (plane) {
    case Plane::sagittal:
      return {0, 1, 2, true};
    case Plane::axial:
      return {2, 0, 1, false};
    case Plane::coronal:
      break;
  }
  return {1, 0, 2, true};
}

/// A mask in the order of pixels, told as a function.
class Pixels {
 public:
  Pixels(const Axes& axes, std::size_t count) : axes_(axes), count_(count) {}

  /// Offset in the plane's grid, whose memory order is x, y, z with one of them a single voxel.
  std::size_t offset(std::size_t x, std::size_t y) const {
    return x + count_ * (axes_.is_up ? count_ - 1 - y : y);
  }

  /// In the mask, with a neighbour that is not (the picture's edge counts as none).
  bool is_edge(const face::VoxelMask& mask, std::size_t x, std::size_t y) const {
    if (mask[offset(x, y)] == 0) return false;
    return (x > 0 && mask[offset(x - 1, y)] == 0) ||
           (x + 1 < count_ && mask[offset(x + 1, y)] == 0) ||
           (y > 0 && mask[offset(x, y - 1)] == 0) ||
           (y + 1 < count_ && mask[offset(x, y + 1)] == 0);
  }

 private:
  Axes axes_;
  std::size_t count_;
};

}  // namespace

face::VoxelMask region_on(const volume::RegularGrid& grid, Regions regions) {
  volume::StackGrid stack;
  stack.columns = grid.size[0];
  stack.rows = grid.size[1];
  stack.step_i = {grid.spacing_mm, 0, 0};
  stack.step_j = {0, grid.spacing_mm, 0};
  stack.slice_thickness_mm = grid.spacing_mm;
  for (std::size_t z = 0; z < grid.size[2]; ++z) {
    stack.slice_origin.push_back(grid.patient_mm(0, 0, z));
  }
  face::MaskCounts ignored;
  return face::mask_of(stack, regions, ignored);
}

Raster slice(const volume::Volume& image, Regions regions, const Frame& frame, Plane plane,
             double position_mm, const Levels& levels, std::size_t pixels, unsigned threads) {
  const Axes axes = axes_of(plane);
  volume::RegularGrid grid;
  grid.spacing_mm = frame.side_mm / static_cast<double>(pixels);
  for (std::size_t a = 0; a < 3; ++a) {
    grid.size[a] = a == axes.normal ? 1 : pixels;
    grid.origin[a] =
        a == axes.normal ? position_mm : frame.centre[a] - 0.5 * (frame.side_mm - grid.spacing_mm);
  }
  const volume::Resampled sampled = volume::resample(image, grid, threads);
  const face::VoxelMask region = region_on(grid, regions);
  const Pixels order(axes, pixels);
  Raster raster(pixels, pixels, empty_colour);
  for (std::size_t y = 0; y < pixels; ++y) {
    for (std::size_t x = 0; x < pixels; ++x) {
      const std::size_t at = order.offset(x, y);
      if (sampled.inside[at] == 0) continue;
      const double value = static_cast<double>(sampled.values[at]);
      raster.set(x, y,
                 order.is_edge(region, x, y)
                     ? outline_colour
                     : grey((value - levels.low) / (levels.high - levels.low)));
    }
  }
  return raster;
}

}  // namespace efface::qc
