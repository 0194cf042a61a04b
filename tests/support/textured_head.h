// A head whose inside has structure, in two contrasts that share no grey value, so that where it
// lies can be told from its voxels.
#pragma once

#include <cmath>

#include "face/model.h"
#include "volume/turn.h"

namespace efface::face::test {

/// What tissue is at a point of the head, 0…1, smooth; negative in air.
inline double tissue_at(const volume::Vec3& p) {
  const double r = p[0] * p[0] / (72 * 72) + p[1] * p[1] / (92 * 92) + p[2] * p[2] / (80 * 80);
  if (r > 1) return -1;
  return 0.5 + 0.2 * std::sin(p[0] / 11 + 0.3) + 0.2 * std::sin(p[1] / 13 - 0.04 * p[0]) +
         0.1 * std::cos(p[2] / 9 + 0.05 * p[1]);
}

inline double t1_of(double tissue) {
  return tissue < 0 ? 0.02 : 0.2 + 0.75 * tissue;
}

/// Bright where T1 is of middle brightness.
inline double epi_of(double tissue) {
  return tissue < 0 ? 0.03 : 0.15 + 2.8 * tissue * (1 - tissue);
}

/// An image of the head after `move` took each of its points elsewhere; `low` to `high` is in view.
template <class Contrast>
ModelInput image_of_head(const Contrast& contrast, const volume::RigidMove& move,
                         const volume::Vec3& low, const volume::Vec3& high) {
  ModelInput image{{{64, 64, 64}, {-94.5, -94.5, -94.5}, 3}, {}, {}};
  // Where what is at a point of the image was before: the move turned back.
  const auto& rows = move.turn.rows;
  volume::Turn back{{}, move.turn.about};
  for (std::size_t i = 0; i < 3; ++i)
    for (std::size_t k = 0; k < 3; ++k) back.rows[i][k] = rows[k][i];
  for (std::size_t z = 0; z < 64; ++z)
    for (std::size_t y = 0; y < 64; ++y)
      for (std::size_t x = 0; x < 64; ++x) {
        const volume::Vec3 at = image.grid.patient_mm(x, y, z);
        bool is_seen = true;
        for (std::size_t a = 0; a < 3; ++a)
          is_seen = is_seen && at[a] >= low[a] && at[a] <= high[a];
        image.inside.push_back(is_seen ? 1 : 0);
        const volume::Vec3 before{at[0] - move.shift_mm[0], at[1] - move.shift_mm[1],
                                  at[2] - move.shift_mm[2]};
        image.values.push_back(is_seen ? static_cast<float>(contrast(tissue_at(back.point(before))))
                                       : 0);
      }
  return image;
}

inline constexpr volume::Vec3 all_low{-200, -200, -200}, all_high{200, 200, 200};

}  // namespace efface::face::test
