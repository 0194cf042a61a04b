#include "face/turned_input.h"

namespace efface::face {

ModelInput turned(const ModelInput& input, const volume::Turn& turn) {
  const volume::RegularGrid& from = input.grid;
  ModelInput result{from, {}, {}, input.is_hounsfield};
  volume::RegularGrid& to = result.grid;
  const std::array<std::ptrdiff_t, 3> strides{
      1, static_cast<std::ptrdiff_t>(from.size[0]),
      static_cast<std::ptrdiff_t>(from.size[0] * from.size[1])};
  std::array<std::ptrdiff_t, 3> step{};  // in `from`, by one voxel along each axis of `to`
  std::ptrdiff_t first = 0;
  for (std::size_t a = 0; a < 3; ++a) {
    const volume::Vec3& row = turn.rows[a];
    const std::size_t source = row[0] != 0 ? 0 : row[1] != 0 ? 1 : 2;
    const double extent = static_cast<double>(from.size[source] - 1) * from.spacing_mm;
    const double low = from.origin[source] - turn.about[source], high = low + extent;
    to.size[a] = from.size[source];
    to.origin[a] = turn.about[a] + (row[source] > 0 ? low : -high);
    step[a] = row[source] > 0 ? strides[source] : -strides[source];
    if (row[source] < 0)
      first += strides[source] * static_cast<std::ptrdiff_t>(from.size[source] - 1);
  }
  result.values.reserve(input.values.size());
  result.inside.reserve(input.inside.size());
  result.blank.reserve(input.blank.size());
  for (std::size_t z = 0; z < to.size[2]; ++z)
    for (std::size_t y = 0; y < to.size[1]; ++y) {
      std::ptrdiff_t at = first + static_cast<std::ptrdiff_t>(z) * step[2] +
                          static_cast<std::ptrdiff_t>(y) * step[1];
      for (std::size_t x = 0; x < to.size[0]; ++x, at += step[0]) {
        result.values.push_back(input.values[static_cast<std::size_t>(at)]);
        result.inside.push_back(input.inside[static_cast<std::size_t>(at)]);
        if (!input.blank.empty()) result.blank.push_back(input.blank[static_cast<std::size_t>(at)]);
      }
    }
  return result;
}

}  // namespace efface::face
