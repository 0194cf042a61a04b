#include "face/calibration.h"

#include <algorithm>

namespace efface::face {

double calibrated(const Calibration& calibration, double raw) {
  if (calibration.empty()) return raw;
  const auto above = std::find_if(calibration.begin(), calibration.end(),
                                  [&](const auto& point) { return point[0] >= raw; });
  if (above == calibration.begin()) return calibration.front()[1];
  if (above == calibration.end()) return calibration.back()[1];
  const auto& [x0, y0] = *(above - 1);
  const auto& [x1, y1] = *above;
  return y0 + (raw - x0) / (x1 - x0) * (y1 - y0);
}

}  // namespace efface::face
