#include "volume/turn.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace efface::volume {

Vec3 Turn::direction(const Vec3& v) const {
  return {dot(rows[0], v), dot(rows[1], v), dot(rows[2], v)};
}

Vec3 Turn::point(const Vec3& patient_mm) const {
  return about + direction(patient_mm - about);
}

double Turn::degrees() const {
  const double cosine = (rows[0][0] + rows[1][1] + rows[2][2] - 1) / 2;
  return std::acos(std::clamp(cosine, -1.0, 1.0)) * 180 / std::numbers::pi;
}

Turn after(const Turn& first, const Turn& second) {
  Turn both{{}, first.about};
  for (std::size_t i = 0; i < 3; ++i)
    for (std::size_t k = 0; k < 3; ++k)
      both.rows[i] = both.rows[i] + second.rows[i][k] * first.rows[k];
  return both;
}

Turn turn_about(std::size_t axis, double degrees, const Vec3& about) {
  const double angle = degrees * std::numbers::pi / 180;
  const std::size_t a = (axis + 1) % 3, b = (axis + 2) % 3;
  Turn turn{{}, about};
  turn.rows[axis][axis] = 1;
  turn.rows[a][a] = turn.rows[b][b] = std::cos(angle);
  turn.rows[a][b] = -std::sin(angle);
  turn.rows[b][a] = std::sin(angle);
  return turn;
}

Vec3 RigidMove::point(const Vec3& patient_mm) const {
  return turn.point(patient_mm) + shift_mm;
}

StackGrid turned(const StackGrid& grid, const Turn& turn) {
  StackGrid result = grid;
  result.step_i = turn.direction(grid.step_i);
  result.step_j = turn.direction(grid.step_j);
  for (Vec3& origin : result.slice_origin) origin = turn.point(origin);
  return result;
}

std::array<Turn, 24> axis_turns(const Vec3& about) {
  std::array<Turn, 24> turns;
  std::size_t count = 0;
  std::array<std::size_t, 3> order{0, 1, 2};
  do {
    for (unsigned signs = 0; signs < 8; ++signs) {
      Turn turn{{}, about};
      for (std::size_t i = 0; i < 3; ++i) turn.rows[i][order[i]] = (signs >> i & 1U) != 0 ? -1 : 1;
      if (dot(cross(turn.rows[0], turn.rows[1]), turn.rows[2]) > 0) turns.at(count++) = turn;
    }
  } while (std::next_permutation(order.begin(), order.end()));
  // By how many axes stay on their line (3, 1, 0), then by the angle: half turns about an axis,
  // quarter turns, half turns about a diagonal, thirds of a turn.
  const auto rarity = [](const Turn& turn) {
    double moved = 0;
    for (std::size_t i = 0; i < 3; ++i) moved += turn.rows[i][i] == 0 ? 1 : 0;
    return turn.is_none() ? -1 : 1000 * moved + turn.degrees();
  };
  std::stable_sort(turns.begin(), turns.end(),
                   [&](const Turn& a, const Turn& b) { return rarity(a) < rarity(b); });
  return turns;
}

}  // namespace efface::volume
