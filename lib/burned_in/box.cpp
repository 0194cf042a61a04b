#include "burned_in/box.h"

#include <algorithm>

namespace efface::burned_in {

Box intersection(const Box& a, const Box& b) {
  const int x = std::max(a.x, b.x), y = std::max(a.y, b.y);
  return {x, y, std::min(a.right(), b.right()) - x, std::min(a.bottom(), b.bottom()) - y};
}

Box around(const Box& a, const Box& b) {
  if (a.is_empty()) return b;
  if (b.is_empty()) return a;
  const int x = std::min(a.x, b.x), y = std::min(a.y, b.y);
  return {x, y, std::max(a.right(), b.right()) - x, std::max(a.bottom(), b.bottom()) - y};
}

Box grown(const Box& box, int margin, int columns, int rows) {
  return intersection(
      {box.x - margin, box.y - margin, box.width + 2 * margin, box.height + 2 * margin},
      {0, 0, columns, rows});
}

double covered_part(const Box& box, const std::vector<Box>& others) {
  if (box.is_empty()) return 1;
  double most = 0;
  for (const Box& other : others) {
    const Box common = intersection(box, other);
    if (common.is_empty()) continue;
    most = std::max(most, static_cast<double>(common.area()) / static_cast<double>(box.area()));
  }
  return most;
}

std::vector<Box> without_contained(std::vector<Box> boxes) {
  std::erase_if(boxes, [](const Box& box) { return box.is_empty(); });
  std::sort(boxes.begin(), boxes.end());
  boxes.erase(std::unique(boxes.begin(), boxes.end()), boxes.end());
  std::vector<Box> kept;
  for (const Box& box : boxes) {
    const bool is_inside = std::any_of(boxes.begin(), boxes.end(), [&](const Box& other) {
      return other != box && intersection(box, other) == box;
    });
    if (!is_inside) kept.push_back(box);
  }
  return kept;
}

}  // namespace efface::burned_in
