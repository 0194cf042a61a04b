#include "face/cavity.h"

#include <algorithm>
#include <cmath>

namespace efface::face {
namespace {

// The brain label's own border is good to a voxel.
constexpr double brain_margin_mm = 3, smoothing_mm = 2;
// The label ends up to so far inside the cavity where fluid is as dark as bone (T1, CT) ...
constexpr double cavity_margin_mm = 6;
// ... and there the network still gives it this much; to ears and scalp a thousandth, where they
// are not pressed flat. The second number makes a distance of a ratio of probabilities.
constexpr float maybe_brain = 0.03F, mm_a_factor_of_e = 2, least_probability = 1e-4F;
// A sure part of the face keeps so much around it that the wider margin does not count: lids and
// the bridge of the nose are skin on thin bone.
constexpr double face_clear_mm = 3;

}  // namespace

std::vector<float> cavity_distance(const volume::RegularGrid& grid, const Bits& brain,
                                   const std::vector<float>& probability, const Bits& face) {
  const std::vector<float> exact = signed_distance(grid, brain);
  const std::vector<float> to_face = distance_to(grid, face);
  std::vector<float> shape = exact;
  smooth(grid, shape, smoothing_mm);
  const auto half = static_cast<float>(grid.spacing_mm / 2);
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const float near = std::min(shape[i], exact[i] + half) - static_cast<float>(brain_margin_mm);
    const float doubt = std::log(maybe_brain / std::max(probability[i], least_probability));
    const float wide =
        std::max({exact[i] - static_cast<float>(cavity_margin_mm),
                  static_cast<float>(face_clear_mm) - to_face[i], mm_a_factor_of_e * doubt});
    shape[i] = std::min(near, wide);
  }
  return shape;
}

}  // namespace efface::face
