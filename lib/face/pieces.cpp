#include "face/pieces.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <utility>

namespace efface::face {
namespace {

using volume::RegularGrid;

/// Calls visit(offset) for the up to 26 neighbours inside the grid.
template <class Visit>
void for_each_neighbour(const RegularGrid& grid, std::size_t offset, Visit visit) {
  const auto nx = static_cast<std::ptrdiff_t>(grid.size[0]);
  const auto ny = static_cast<std::ptrdiff_t>(grid.size[1]);
  const auto nz = static_cast<std::ptrdiff_t>(grid.size[2]);
  const auto o = static_cast<std::ptrdiff_t>(offset);
  const std::ptrdiff_t x = o % nx, y = o / nx % ny, z = o / (nx * ny);
  for (std::ptrdiff_t dz = z > 0 ? -1 : 0; dz <= (z + 1 < nz ? 1 : 0); ++dz)
    for (std::ptrdiff_t dy = y > 0 ? -1 : 0; dy <= (y + 1 < ny ? 1 : 0); ++dy)
      for (std::ptrdiff_t dx = x > 0 ? -1 : 0; dx <= (x + 1 < nx ? 1 : 0); ++dx)
        if (dx != 0 || dy != 0 || dz != 0)
          visit(static_cast<std::size_t>(o + dx + nx * (dy + ny * dz)));
}

/// First and last index along each axis of what is set; nothing when nothing is.
struct Bounds {
  std::array<std::size_t, 3> first, last;
};

std::optional<Bounds> bounds_of(const RegularGrid& grid, const Bits& bits) {
  constexpr std::size_t none = std::numeric_limits<std::size_t>::max();
  Bounds bounds{{none, none, none}, {0, 0, 0}};
  const auto include = [&](std::size_t axis, std::size_t low, std::size_t high) {
    bounds.first[axis] = std::min(bounds.first[axis], low);
    bounds.last[axis] = std::max(bounds.last[axis], high);
  };
  const auto [nx, ny, nz] = grid.size;
  for (std::size_t z = 0; z < nz; ++z)
    for (std::size_t y = 0; y < ny; ++y) {
      const auto row = bits.begin() + static_cast<std::ptrdiff_t>(nx * (y + ny * z));
      const auto end = row + static_cast<std::ptrdiff_t>(nx);
      const auto is_set = [](std::uint8_t bit) { return bit != 0; };
      const auto low = std::find_if(row, end, is_set);
      if (low == end) continue;
      auto high = end - 1;
      while (!is_set(*high)) --high;
      include(0, static_cast<std::size_t>(low - row), static_cast<std::size_t>(high - row));
      include(1, y, y);
      include(2, z, z);
    }
  if (bounds.first[2] == none) return std::nullopt;
  return bounds;
}

}  // namespace

std::vector<std::vector<std::uint32_t>> components(const RegularGrid& grid, const Bits& bits) {
  std::vector<std::vector<std::uint32_t>> found;
  Bits open = bits;
  for (std::size_t start = 0; start < bits.size(); ++start) {
    if (!open[start]) continue;
    open[start] = 0;
    std::vector<std::uint32_t> voxels{static_cast<std::uint32_t>(start)};
    for (std::size_t next = 0; next < voxels.size(); ++next)
      for_each_neighbour(grid, voxels[next], [&](std::size_t neighbour) {
        if (!open[neighbour]) return;
        open[neighbour] = 0;
        voxels.push_back(static_cast<std::uint32_t>(neighbour));
      });
    std::sort(voxels.begin(), voxels.end());
    found.push_back(std::move(voxels));
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.size() > b.size(); });
  return found;
}

Bits fill_holes(const RegularGrid& grid, const Bits& bits) {
  Bits filled = bits;
  const std::optional<Bounds> bounds = bounds_of(grid, bits);
  if (!bounds) return filled;
  // What is beyond the bounds is outside. Within them, what cannot be reached from their faces is a
  // hole: all is taken for one, and the outside flooded from there.
  const auto& [first, last] = *bounds;
  const std::size_t row = grid.size[0], plane = row * grid.size[1];
  for (std::size_t z = first[2]; z <= last[2]; ++z)
    for (std::size_t y = first[1]; y <= last[1]; ++y)
      std::fill_n(filled.begin() + static_cast<std::ptrdiff_t>(first[0] + row * y + plane * z),
                  last[0] - first[0] + 1, std::uint8_t{1});
  std::vector<std::array<std::size_t, 3>> front;
  const auto visit = [&](const std::array<std::size_t, 3>& at) {
    const std::size_t offset = at[0] + row * at[1] + plane * at[2];
    if (bits[offset] || !filled[offset]) return;
    filled[offset] = 0;
    front.push_back(at);
  };
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const std::size_t a = (axis + 1) % 3, b = (axis + 2) % 3;
    std::array<std::size_t, 3> at{};
    for (at[a] = first[a]; at[a] <= last[a]; ++at[a])
      for (at[b] = first[b]; at[b] <= last[b]; ++at[b])
        for (const std::size_t end : {first[axis], last[axis]}) {
          at[axis] = end;
          visit(at);
        }
  }
  while (!front.empty()) {
    const std::array<std::size_t, 3> at = front.back();
    front.pop_back();
    for (std::size_t axis = 0; axis < 3; ++axis) {
      std::array<std::size_t, 3> next = at;
      if (at[axis] > first[axis]) {
        --next[axis];
        visit(next);
      }
      if (at[axis] < last[axis]) {
        next[axis] = at[axis] + 1;
        visit(next);
      }
    }
  }
  return filled;
}

}  // namespace efface::face
