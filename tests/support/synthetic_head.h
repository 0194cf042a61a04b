// A head made of ellipsoids, as the network would label it and as the image would look. For tests
// of what judges faces.
#pragma once

#include <cmath>
#include <functional>
#include <numbers>
#include <random>

#include "face/model.h"
#include "face/pose.h"

namespace efface::face::test {

struct SyntheticHead {
  volume::RegularGrid grid{{80, 80, 80}, {-118.5, -128.5, -138.5}, 3.0};
  HeadPose pose;
  bool has_brain = true, has_tissue = true, has_front = true;
  double nose_length = 16;  ///< half-axis to the front
  std::array<bool, feature_count> has{true, true, true, true};
  /// Field of view in LPS mm; everything by default.
  std::function<bool(const volume::Vec3&)> in_view = [](const volume::Vec3&) { return true; };
  /// May change a voxel's label: (point in head coordinates, label).
  std::function<Label(const volume::Vec3&, Label)> change = [](const volume::Vec3&, Label l) {
    return l;
  };

  void rotate_degrees(double yaw, double pitch) {
    const double a = yaw * std::numbers::pi / 180, b = pitch * std::numbers::pi / 180;
    pose.left = {std::cos(a), std::sin(a), 0};
    pose.back = {-std::sin(a) * std::cos(b), std::cos(a) * std::cos(b), std::sin(b)};
    pose.up = {pose.left[1] * pose.back[2] - pose.left[2] * pose.back[1],
               pose.left[2] * pose.back[0] - pose.left[0] * pose.back[2],
               pose.left[0] * pose.back[1] - pose.left[1] * pose.back[0]};
  }

  static bool in_ellipsoid(const volume::Vec3& p, const volume::Vec3& c, const volume::Vec3& h) {
    double sum = 0;
    for (std::size_t a = 0; a < 3; ++a) sum += (p[a] - c[a]) * (p[a] - c[a]) / (h[a] * h[a]);
    return sum <= 1;
  }

  volume::Vec3 head_mm(const volume::Vec3& patient) const { return pose.canonical_mm(patient); }

  Label label_at(const volume::Vec3& p) const {
    using namespace canonical;
    const auto feature = [&](Feature f) { return has[static_cast<std::size_t>(f)]; };
    if (has_brain && in_ellipsoid(p, brain, {66, 88, 66})) return Label::brain;
    if (feature(Feature::eyes) &&
        (in_ellipsoid(p, eye_left, {17, 15, 14}) || in_ellipsoid(p, eye_right, {17, 15, 14})))
      return Label::eyes;
    if (feature(Feature::nose) && in_ellipsoid(p, nose, {16, nose_length, 22})) return Label::nose;
    if (feature(Feature::mouth) && in_ellipsoid(p, mouth, {28, 16, 18})) return Label::mouth;
    if (feature(Feature::ears) &&
        (in_ellipsoid(p, ear_left, {9, 18, 32}) || in_ellipsoid(p, ear_right, {9, 18, 32})))
      return Label::ears;
    const bool cranium = in_ellipsoid(p, {0, 0, 0}, {74, 97, 75});
    const bool front = has_front && in_ellipsoid(p, {0, -50, -68}, {60, 60, 72});
    const bool neck = in_ellipsoid(p, {0, 20, -90}, {50, 50, 80});
    return has_tissue && (cranium || front || neck) ? Label::head : Label::air;
  }

  Label label(std::size_t voxel) const {
    const volume::Vec3 at = place(voxel);
    if (!in_view(at)) return Label::air;
    return change(head_mm(at), label_at(head_mm(at)));
  }

  volume::Vec3 place(std::size_t voxel) const {
    return grid.patient_mm(voxel % grid.size[0], voxel / grid.size[0] % grid.size[1],
                           voxel / (grid.size[0] * grid.size[1]));
  }

  Probabilities probabilities() const {
    const std::size_t n = grid.voxel_count();
    Probabilities p{grid, std::vector<float>(label_count * n, 0.005F)};
    for (std::size_t i = 0; i < n; ++i)
      p.values[static_cast<std::size_t>(label(i)) * n + i] = 0.97F;
    return p;
  }

  ModelInput input() const {
    const std::size_t n = grid.voxel_count();
    ModelInput in{grid, std::vector<float>(n, 0), std::vector<std::uint8_t>(n, 0)};
    std::minstd_rand random(1);
    for (std::size_t i = 0; i < n; ++i) {
      if (!in_view(place(i))) continue;
      in.inside[i] = 1;
      const double noise = 0.03 * static_cast<double>(random() % 1000) / 1000;
      in.values[i] = static_cast<float>((label(i) == Label::air ? 0.01 : 0.5) + noise);
    }
    return in;
  }
};

}  // namespace efface::face::test
