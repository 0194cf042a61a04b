#include "volume/volume.h"

#include <algorithm>
#include <array>

namespace efface::volume {

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
