// Networks made by code: each says of every point what a function of the point says, so that what
// is laid together from two of them can be told beforehand. Looks at no voxel's value.
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>
#include <vector>

#include "tests/support/synthetic_head.h"

namespace efface::face::test {

/// Probabilities of the seven labels at a point of the patient, LPS mm.
using Opinion = std::function<std::array<float, label_count>(const volume::Vec3&)>;

/// A network with an opinion; keeps what it was shown.
class Painter : public Segmenter {
 public:
  Painter(double spacing_mm, Opinion opinion) : opinion_(std::move(opinion)) {
    card_.spacing_mm = spacing_mm;
  }
  const ModelCard& card() const override { return card_; }
  DeviceReport device() const override { return {"cpu", "test"}; }
  Probabilities segment(const ModelInput& input) override {
    seen.push_back(input.grid);
    const std::size_t n = input.grid.voxel_count();
    Probabilities p{input.grid, std::vector<float>(label_count * n)};
    std::size_t voxel = 0;
    for (std::size_t z = 0; z < input.grid.size[2]; ++z)
      for (std::size_t y = 0; y < input.grid.size[1]; ++y)
        for (std::size_t x = 0; x < input.grid.size[0]; ++x, ++voxel) {
          const auto said = opinion_(input.grid.patient_mm(x, y, z));
          for (std::size_t label = 0; label < label_count; ++label)
            p.values[label * n + voxel] = said[label];
        }
    return p;
  }

  std::vector<volume::RegularGrid> seen;

 private:
  ModelCard card_;
  Opinion opinion_;
};

/// About how far a point lies outside an ellipsoid, mm.
inline double outside_mm(const volume::Vec3& p, const volume::Vec3& c, const volume::Vec3& h) {
  double sum = 0;
  for (std::size_t a = 0; a < 3; ++a) sum += (p[a] - c[a]) * (p[a] - c[a]) / (h[a] * h[a]);
  return (std::sqrt(sum) - 1) * std::min({h[0], h[1], h[2]});
}

/// A head as a network sees it: sure within its parts, smooth across their borders.
struct SmoothHead {
  HeadPose pose{};
  bool has_tissue = true, has_brain = true, has_face = true;

  volume::Vec3 head_mm(const volume::Vec3& patient) const {
    SyntheticHead frame;
    frame.pose = pose;
    return frame.head_mm(patient);
  }

  std::array<float, label_count> at(const volume::Vec3& patient) const {
    using namespace canonical;
    const volume::Vec3 p = head_mm(patient);
    const double tissue = std::min({outside_mm(p, {0, 0, 0}, {74, 97, 75}),
                                    outside_mm(p, {0, -50, -68}, {60, 60, 72}),
                                    outside_mm(p, {0, 20, -90}, {50, 50, 80})});
    if (tissue > 40) return {1, 0, 0, 0, 0, 0, 0};  // nothing else comes near here
    std::array<double, label_count> logit;
    logit.fill(-8);
    const auto say = [&](Label label, double mm, double most) {
      logit[static_cast<std::size_t>(label)] = std::clamp(-mm / 2, -8.0, most);
    };
    say(Label::air, has_tissue ? -tissue : -99, 2);
    if (has_tissue) say(Label::head, tissue, 2);
    if (has_brain) say(Label::brain, outside_mm(p, brain, {66, 88, 66}), 7);
    if (has_face) {
      const auto pair = [&](const volume::Vec3& a, const volume::Vec3& b, const volume::Vec3& h) {
        return std::min(outside_mm(p, a, h), outside_mm(p, b, h));
      };
      say(Label::eyes, pair(eye_left, eye_right, {17, 15, 14}), 8);
      say(Label::nose, outside_mm(p, nose, {16, 16, 22}), 8);
      say(Label::mouth, outside_mm(p, mouth, {28, 16, 18}), 8);
      say(Label::ears, pair(ear_left, ear_right, {9, 18, 32}), 8);
    }
    std::array<float, label_count> said{};
    double sum = 0;
    for (const double l : logit) sum += std::exp(l);
    for (std::size_t i = 0; i < label_count; ++i)
      said[i] = static_cast<float>(std::exp(logit[i]) / sum);
    return said;
  }

  Opinion opinion() const {
    return [*this](const volume::Vec3& p) { return at(p); };
  }
};

/// Voxels of 5 mm, all of one value but the first: painters do not look at them.
inline volume::Volume volume_around(const volume::Vec3& low, const volume::Vec3& high) {
  constexpr double mm = 5;
  const auto voxels = [&](std::size_t a) {
    return static_cast<std::size_t>((high[a] - low[a]) / mm) + 1;
  };
  volume::Volume v;
  v.grid.columns = voxels(0);
  v.grid.rows = voxels(1);
  v.grid.step_i = {mm, 0, 0};
  v.grid.step_j = {0, mm, 0};
  for (std::size_t k = 0; k < voxels(2); ++k)
    v.grid.slice_origin.push_back({low[0], low[1], low[2] + mm * static_cast<double>(k)});
  v.values.assign(v.grid.voxel_count(), 100);
  v.values.front() = 0;
  return v;
}

}  // namespace efface::face::test
