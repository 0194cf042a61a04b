#include "face/wrapped.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>

namespace efface::face {
namespace {

using volume::RegularGrid;

// A nose that touches the end of the field of view has a cut surface of 2 cm² there; one of which
// enough is lost to be known by, 8 cm² and more with the eyes beside it, up to 60 with the mouth.
constexpr double least_cut_mm2 = 750;
// Tissue over this share of the back end, as wide and high as the cut.
constexpr double least_behind = 0.1;
constexpr double around_mm = 10;

// The lower end of a tilted view is a stair whose steps look to the front or the back, too. An end
// counts when what is out of view around it lies within 53 degrees of that direction.
constexpr double least_facing = 0.6;
constexpr std::ptrdiff_t neighbourhood = 2;

/// Whether a voxel was scanned; an image may have been pasted into a larger one.
bool is_scanned(std::size_t voxel, const ModelInput& input) {
  return input.inside[voxel] != 0 && (input.blank.empty() || input.blank[voxel] == 0);
}

/// Whether the view ends at this voxel towards the front (-1) or the back (1).
bool ends_towards(int direction, std::size_t voxel, const ModelInput& input) {
  const RegularGrid& g = input.grid;
  const std::array<std::ptrdiff_t, 3> at{
      static_cast<std::ptrdiff_t>(voxel % g.size[0]),
      static_cast<std::ptrdiff_t>(voxel / g.size[0] % g.size[1]),
      static_cast<std::ptrdiff_t>(voxel / (g.size[0] * g.size[1]))};
  const auto is_in_view = [&](const std::array<std::ptrdiff_t, 3>& p) {
    for (std::size_t a = 0; a < 3; ++a)
      if (p[a] < 0 || p[a] >= static_cast<std::ptrdiff_t>(g.size[a])) return false;
    return is_scanned(
        static_cast<std::size_t>(p[0]) + g.size[0] * (static_cast<std::size_t>(p[1]) +
                                                      g.size[1] * static_cast<std::size_t>(p[2])),
        input);
  };
  if (!is_in_view(at) || is_in_view({at[0], at[1] + direction, at[2]})) return false;
  volume::Vec3 outwards{};
  for (std::ptrdiff_t z = -neighbourhood; z <= neighbourhood; ++z)
    for (std::ptrdiff_t y = -neighbourhood; y <= neighbourhood; ++y)
      for (std::ptrdiff_t x = -neighbourhood; x <= neighbourhood; ++x)
        if (!is_in_view({at[0] + x, at[1] + y, at[2] + z}))
          outwards = outwards + volume::Vec3{static_cast<double>(x), static_cast<double>(y),
                                             static_cast<double>(z)};
  return direction * outwards[1] >= least_facing * norm(outwards);
}

/// Columns and heights, in voxels, of what was cut.
struct Window {
  std::size_t x0 = std::numeric_limits<std::size_t>::max(), x1 = 0, z0 = x0, z1 = 0;
  std::size_t count = 0;

  void include(std::size_t x, std::size_t z) {
    x0 = std::min(x0, x);
    x1 = std::max(x1, x);
    z0 = std::min(z0, z);
    z1 = std::max(z1, z);
    ++count;
  }
};

/// The voxels of eyes, nose and mouth at the front end of the field of view.
Window cut_in_front(const Arrangement& arrangement, const ModelInput& input) {
  const RegularGrid& g = input.grid;
  Window cut;
  for (const Blob* blob : arrangement.in_place) {
    if (blob->feature == Feature::ears) continue;
    for (const std::uint32_t v : blob->voxels) {
      if (ends_towards(-1, v, input)) cut.include(v % g.size[0], v / (g.size[0] * g.size[1]));
    }
  }
  return cut;
}

}  // namespace

bool may_be_wrapped(const Arrangement& arrangement, const ModelInput& input,
                    double tissue_threshold) {
  if (input.is_hounsfield) return false;  // nothing wraps around in CT
  const RegularGrid& g = input.grid;
  const Window cut = cut_in_front(arrangement, input);
  if (static_cast<double>(cut.count) * g.spacing_mm * g.spacing_mm < least_cut_mm2) return false;
  const auto around = static_cast<std::size_t>(around_mm / g.spacing_mm);
  std::size_t ends = 0, tissue = 0;
  for (std::size_t z = cut.z0 - std::min(cut.z0, around);
       z <= std::min(cut.z1 + around, g.size[2] - 1); ++z)
    for (std::size_t x = cut.x0 - std::min(cut.x0, around);
         x <= std::min(cut.x1 + around, g.size[0] - 1); ++x)
      for (std::size_t y = g.size[1]; y-- > 0;) {
        const std::size_t v = x + g.size[0] * (y + g.size[1] * z);
        if (!is_scanned(v, input)) continue;
        ++ends;
        if (!ends_towards(1, v, input)) break;
        // The outermost voxel holds part of what is beyond: its neighbour counts as well.
        const bool is_tissue =
            static_cast<double>(input.values[v]) > tissue_threshold ||
            (y > 0 && static_cast<double>(input.values[v - g.size[0]]) > tissue_threshold);
        if (is_tissue) ++tissue;
        break;
      }
  return ends > 0 && static_cast<double>(tissue) > least_behind * static_cast<double>(ends);
}

}  // namespace efface::face
