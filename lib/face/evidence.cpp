#include "face/evidence.h"

#include <algorithm>
#include <limits>

#include "face/pieces.h"

namespace efface::face {
namespace {

using volume::dot;
using volume::norm;
using volume::operator+;
using volume::operator-;
using volume::operator*;
using volume::RegularGrid;
using volume::Vec3;

// Hysteresis: at the border between two features neither reaches 0.5, so their sum is looked at;
// 0.35 follows the network down the flank of its softmax (about one voxel), 0.6 asks for one sure
// voxel.
constexpr float face_at_least = 0.35F;
constexpr float face_seed = 0.6F;
constexpr float brain_at_least = 0.5F;
constexpr float trace_at_least = 0.1F;  // a softmax never says 0: less is its floor
constexpr double speck_ml = 0.1;        // under four voxels of 3 mm: noise of the network

double voxel_ml(const RegularGrid& grid) {
  return grid.spacing_mm * grid.spacing_mm * grid.spacing_mm / 1000;
}

Vec3 place(const RegularGrid& grid, std::uint32_t offset) {
  return grid.patient_mm(offset % grid.size[0], offset / grid.size[0] % grid.size[1],
                         offset / (grid.size[0] * grid.size[1]));
}

double trace(float p) {
  return p >= trace_at_least ? static_cast<double>(p) : 0;
}

struct Extent {
  Vec3 centre{}, low{}, high{};
};

Extent extent_of(const RegularGrid& grid, const std::vector<std::uint32_t>& voxels) {
  constexpr double inf = std::numeric_limits<double>::infinity();
  Extent e{{}, {inf, inf, inf}, {-inf, -inf, -inf}};
  for (const std::uint32_t v : voxels) {
    const Vec3 p = place(grid, v);
    e.centre = e.centre + p;
    for (std::size_t a = 0; a < 3; ++a) {
      e.low[a] = std::min(e.low[a], p[a]);
      e.high[a] = std::max(e.high[a], p[a]);
    }
  }
  e.centre = (1.0 / static_cast<double>(voxels.size())) * e.centre;
  return e;
}

/// The direction in which the voxels spread most, by power iteration from the widest axis.
Vec3 longest_axis(const RegularGrid& grid, const std::vector<std::uint32_t>& voxels,
                  const Extent& extent) {
  std::array<Vec3, 3> spread{};
  for (const std::uint32_t v : voxels) {
    const Vec3 d = place(grid, v) - extent.centre;
    for (std::size_t a = 0; a < 3; ++a) spread[a] = spread[a] + d[a] * d;
  }
  const Vec3 size = extent.high - extent.low;
  const auto widest = std::max_element(size.begin(), size.end()) - size.begin();
  Vec3 axis = spread[static_cast<std::size_t>(widest)];
  for (int i = 0; i < 30 && norm(axis) > 0; ++i) {
    axis = (1 / norm(axis)) * axis;
    axis = Vec3{dot(spread[0], axis), dot(spread[1], axis), dot(spread[2], axis)};
  }
  return axis;
}

std::array<Vec3, 2> halves_of(const RegularGrid& grid, const std::vector<std::uint32_t>& voxels,
                              const Extent& extent) {
  const Vec3 axis = longest_axis(grid, voxels, extent);
  std::array<Vec3, 2> sum{};
  std::array<double, 2> count{};
  for (const std::uint32_t v : voxels) {
    const Vec3 p = place(grid, v);
    const std::size_t half = dot(axis, p - extent.centre) < 0 ? 0 : 1;
    sum[half] = sum[half] + p;
    ++count[half];
  }
  for (std::size_t half = 0; half < 2; ++half)
    sum[half] = count[half] > 0 ? (1 / count[half]) * sum[half] : extent.centre;
  return sum;
}

/// Where a brain borders on what is out of view, as seen along each axis, low and high, mm².
struct Borders {
  std::array<double, 3> low{}, high{};
};

/// `in_view`: without what of the brain is beyond the view, which a network fills as it likes.
Borders borders_of(const std::vector<std::uint32_t>& brain, const ModelInput& input, bool in_view) {
  const RegularGrid& g = input.grid;
  const std::array<std::size_t, 3> stride{1, g.size[0], g.size[0] * g.size[1]};
  const double face_mm2 = g.spacing_mm * g.spacing_mm;
  Borders borders;
  for (const std::uint32_t v : brain) {
    if (in_view && !input.inside[v]) continue;
    for (std::size_t a = 0; a < 3; ++a) {
      const std::size_t at = v / stride[a] % g.size[a];
      if (at == 0 || !input.inside[v - stride[a]]) borders.low[a] += face_mm2;
      if (at + 1 == g.size[a] || !input.inside[v + stride[a]]) borders.high[a] += face_mm2;
    }
  }
  return borders;
}

double largest(const Borders& borders) {
  double most = 0;
  for (std::size_t a = 0; a < 3; ++a) most = std::max({most, borders.low[a], borders.high[a]});
  return most;
}

/// A view need not end along the patient's axes. An end that is tilted by 20 degrees cuts along the
/// axis it is tilted to, too, but by less than this share of what it cuts along its own. A cap of
/// less than 7 cm across does not change where a head seems to lie.
void add_oblique_cuts(const Borders& borders, BrainEvidence& brain) {
  constexpr double least_mm2 = 4000, least_share = 0.4;
  const double least = std::max(least_mm2, least_share * largest(borders));
  for (std::size_t a = 0; a < 3; ++a) {
    brain.cut_low[a] = brain.cut_low[a] || borders.low[a] >= least;
    brain.cut_high[a] = brain.cut_high[a] || borders.high[a] >= least;
  }
}

BrainEvidence find_brain(const Probabilities& p, const ModelInput& input) {
  const std::size_t n = p.grid.voxel_count();
  BrainEvidence brain;
  Bits likely(n, 0);
  std::vector<std::uint32_t> seen;
  for (std::size_t i = 0; i < n; ++i) {
    likely[i] = p.of(Label::brain, i) > brain_at_least ? 1 : 0;
    if (input.inside[i]) seen.push_back(static_cast<std::uint32_t>(i));
  }
  const auto pieces = components(p.grid, likely);
  brain.bits.assign(n, 0);
  if (pieces.empty()) return brain;
  for (const std::uint32_t v : pieces.front()) brain.bits[v] = 1;
  brain.bits = fill_holes(p.grid, brain.bits);
  std::vector<std::uint32_t> voxels;
  for (std::size_t i = 0; i < n; ++i)
    if (brain.bits[i]) voxels.push_back(static_cast<std::uint32_t>(i));
  brain.ml = static_cast<double>(voxels.size()) * voxel_ml(p.grid);
  const Extent e = extent_of(p.grid, voxels);
  brain.centre = e.centre;
  brain.low = e.low;
  brain.high = e.high;
  if (seen.empty()) return brain;
  const Extent view = extent_of(p.grid, seen);
  for (std::size_t a = 0; a < 3; ++a) {
    brain.cut_low[a] = e.low[a] < view.low[a] + 1.5 * p.grid.spacing_mm;
    brain.cut_high[a] = e.high[a] > view.high[a] - 1.5 * p.grid.spacing_mm;
  }
  const Borders seen_cut = borders_of(voxels, input, true);
  brain.largest_cut_mm2 = largest(seen_cut);
  BrainEvidence as_seen;
  as_seen.cut_low = brain.cut_low;
  as_seen.cut_high = brain.cut_high;
  add_oblique_cuts(seen_cut, as_seen);
  brain.is_cut_below_vertex = as_seen.cut_low[2] && !as_seen.cut_high[2];
  add_oblique_cuts(borders_of(voxels, input, false), brain);
  return brain;
}

/// How much of the view's upper end is brighter than `threshold`, as seen from above, mm².
double tissue_at_top(const ModelInput& input, double threshold) {
  const RegularGrid& g = input.grid;
  const std::size_t layer = g.size[0] * g.size[1];
  std::size_t count = 0;
  for (std::size_t v = 0; v < g.voxel_count(); ++v) {
    const bool is_top = v + layer >= g.voxel_count() || !input.inside[v + layer];
    if (input.inside[v] && is_top && static_cast<double>(input.values[v]) > threshold) ++count;
  }
  return static_cast<double>(count) * g.spacing_mm * g.spacing_mm;
}

Feature likeliest(const Probabilities& p, std::size_t voxel) {
  Feature best = Feature::eyes;
  for (const Feature f : all_features)
    if (p.of(label_of(f), voxel) > p.of(label_of(best), voxel)) best = f;
  return best;
}

std::vector<Blob> find_blobs(const Probabilities& p, Feature feature,
                             const std::vector<float>& face) {
  Bits bits(face.size(), 0);
  for (std::size_t i = 0; i < face.size(); ++i)
    bits[i] = face[i] > face_at_least && likeliest(p, i) == feature ? 1 : 0;
  std::vector<Blob> blobs;
  for (auto& voxels : components(p.grid, bits)) {
    Blob blob;
    blob.feature = feature;
    blob.ml = static_cast<double>(voxels.size()) * voxel_ml(p.grid);
    for (const std::uint32_t v : voxels)
      blob.peak = std::max(blob.peak, static_cast<double>(face[v]));
    if (blob.ml < speck_ml || blob.peak < static_cast<double>(face_seed)) continue;
    const Extent e = extent_of(p.grid, voxels);
    blob.centre = e.centre;
    blob.low = e.low;
    blob.high = e.high;
    blob.halves = halves_of(p.grid, voxels, e);
    blob.voxels = std::move(voxels);
    blobs.push_back(std::move(blob));
  }
  return blobs;
}

}  // namespace

float face_sum(const Probabilities& p, std::size_t voxel) {
  float sum = 0;
  for (const Feature f : all_features) sum += p.of(label_of(f), voxel);
  return sum;
}

Evidence gather_evidence(const Probabilities& p, const ModelInput& input) {
  const std::size_t n = p.grid.voxel_count();
  Evidence evidence;
  evidence.brain = find_brain(p, input);
  std::vector<float> face(n), seen;
  for (std::size_t i = 0; i < n; ++i) {
    face[i] = face_sum(p, i);
    evidence.soft_face_ml += trace(face[i]) * voxel_ml(p.grid);
    if (face[i] > face_sure) evidence.sure_face_ml += voxel_ml(p.grid);
    const float brain = p.of(Label::brain, i);
    evidence.soft_brain_ml += trace(brain) * voxel_ml(p.grid);
    if (brain >= trace_at_least && brain <= brain_at_least)
      evidence.doubtful_brain_ml += voxel_ml(p.grid);
    if (input.inside[i]) seen.push_back(input.values[i]);
    for (const Label label : {Label::air, Label::head})
      if (p.of(label, i) > 0.5F)
        evidence.label_ml[static_cast<std::size_t>(label)] += voxel_ml(p.grid);
  }
  evidence.tissue_threshold = 0.5 * otsu_threshold(seen);
  evidence.tissue_at_top_mm2 = tissue_at_top(input, evidence.tissue_threshold);
  evidence.label_ml[static_cast<std::size_t>(Label::brain)] = evidence.brain.ml;
  for (const Feature f : all_features) {
    auto& blobs = evidence.blobs[static_cast<std::size_t>(f)];
    blobs = find_blobs(p, f, face);
    for (const Blob& b : blobs) evidence.label_ml[static_cast<std::size_t>(label_of(f))] += b.ml;
  }
  return evidence;
}

}  // namespace efface::face
