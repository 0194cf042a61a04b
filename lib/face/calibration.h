// What a raw score is worth: how often verdicts with such a score were right on held-out synthetic
// volumes. The numbers stand in the model's card; no fitting here.
#pragma once

#include <array>
#include <vector>

namespace efface::face {

/// Rising points {raw score, share of right verdicts}, both 0…1; empty = not calibrated.
using Calibration = std::vector<std::array<double, 2>>;

/// Linear between the points, constant beyond them; `raw` itself without points.
double calibrated(const Calibration& calibration, double raw);

/// Scores of the two kinds of verdict that let a volume through.
struct Calibrations {
  Calibration removed;  ///< Verdict::removed: the face was covered
  Calibration none;     ///< Verdict::no_face and no_head: no face was in view
};

}  // namespace efface::face
