#include "face/facial_surface.h"

#include <algorithm>
#include <cmath>

namespace efface::face {
namespace {

using volume::RegularGrid;
using volume::Vec3;

// The inner border: the ellipsoid that lies 13 mm under the skin of the mean face of ICT-FaceKit's
// shape model (least squares over forehead, cheeks, lips and chin without the nose; standard
// deviation 6 mm), in canonical coordinates.
constexpr Vec3 inner_centre{0, -11, -58}, inner_radii{64, 81, 150};
// The outer box: from the ears forwards, from a finger under the chin to above the brow, and far
// enough into the air for any nose.
constexpr Vec3 box_low{-100, -165, -160}, box_high{100, -8, 4};

}  // namespace

std::vector<float> facial_surface(const RegularGrid& grid, const HeadPose& pose) {
  std::vector<float> distance(grid.voxel_count());
  std::size_t offset = 0;
  for (std::size_t z = 0; z < grid.size[2]; ++z)
    for (std::size_t y = 0; y < grid.size[1]; ++y)
      for (std::size_t x = 0; x < grid.size[0]; ++x, ++offset) {
        const Vec3 from_origin = grid.patient_mm(x, y, z) - pose.origin;
        const Vec3 p =
            (1 / pose.scale) * Vec3{dot(from_origin, pose.left), dot(from_origin, pose.back),
                                    dot(from_origin, pose.up)};
        const Vec3 d = p - inner_centre;
        const double k =
            norm({d[0] / inner_radii[0], d[1] / inner_radii[1], d[2] / inner_radii[2]});
        double most = k > 1e-6 ? (1 - k) * norm(d) / k : inner_radii[0];
        for (std::size_t a = 0; a < 3; ++a)
          most = std::max({most, box_low[a] - p[a], p[a] - box_high[a]});
        distance[offset] = static_cast<float>(pose.scale * most);
      }
  return distance;
}

std::array<Vec3, 8> facial_surface_corners(const HeadPose& pose) {
  std::array<Vec3, 8> corners{};
  for (std::size_t c = 0; c < corners.size(); ++c)
    corners[c] =
        pose.patient_mm({c & 1U ? box_high[0] : box_low[0], c & 2U ? box_high[1] : box_low[1],
                         c & 4U ? box_high[2] : box_low[2]});
  return corners;
}

}  // namespace efface::face
