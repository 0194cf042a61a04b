#include "face/arrangement.h"

#include <algorithm>
#include <cmath>

namespace efface::face {
namespace {

using volume::RegularGrid;
using volume::Vec3;

// A blob is in place within this distance of its site, in canonical mm. Sites of one feature are 64
// mm (eyes) and more apart; centres of cut features wander by up to 20 mm, noses differ by about 10
// mm.
constexpr double in_place_mm = 42;
// In the fit: the worst point beyond this is taken out and the rest fitted anew.
constexpr double outlier_mm = 38;
// A pair of eyes: pupils are 54 to 74 mm apart in 98 % of adults (Dodgson 2004), blob centres vary
// more.
constexpr double pair_least_mm = 40, pair_most_mm = 90;
// A cut brain's centre says little about the head's.
constexpr double brain_weight = 0.7, cut_brain_weight = 0.15, ear_weight = 0.5;

/// Half-axes of the sites in canonical mm, about what the labels cover of an average face.
Vec3 half_axes(Site site) {
  switch (site) {
    case Site::eye_left:
    case Site::eye_right:
      return {18, 15, 14};
    case Site::nose:
      return {17, 16, 22};
    case Site::mouth:
      return {28, 16, 20};
    case Site::ear_left:
    case Site::ear_right:
      return {9, 18, 32};
  }
  return {};
}

const std::vector<Blob>& blobs_of(const Evidence& evidence, Feature feature) {
  return evidence.blobs[static_cast<std::size_t>(feature)];
}

PosePoint point_at(Site site, const Vec3& found, double weight) {
  return {canonical_centre(site), found, weight};
}

/// The head's pose from its brain alone: the box's upper and front faces where they are not cut,
/// because a slab cut off below shifts the centre but not the vertex.
HeadPose pose_of_brain(const BrainEvidence& brain) {
  HeadPose pose;
  pose.origin = brain.centre;
  if (!brain.cut_high[2]) pose.origin[2] = brain.high[2] - canonical::brain_top_z;
  if (!brain.cut_low[1]) pose.origin[1] = brain.low[1] - canonical::brain_front_y;
  return pose;
}

std::vector<PosePoint> eye_pair(const Vec3& a, const Vec3& b) {
  const bool a_is_left = a[0] > b[0];
  return {point_at(Site::eye_left, a_is_left ? a : b, 1),
          point_at(Site::eye_right, a_is_left ? b : a, 1)};
}

/// The sides that the eyes' blobs may belong to: a pair, which may have grown together over the
/// bridge of the nose, or one blob that is left, right or both.
std::vector<std::vector<PosePoint>> eye_readings(const std::vector<Blob>& eyes) {
  if (eyes.empty()) return {{}};
  const Blob& first = eyes[0];
  for (std::size_t i = 1; i < eyes.size(); ++i) {
    const double apart = norm(eyes[i].centre - first.centre);
    if (eyes[i].ml < 0.25 * first.ml || apart < pair_least_mm || apart > pair_most_mm) continue;
    return {eye_pair(first.centre, eyes[i].centre)};
  }
  if (norm(first.halves[0] - first.halves[1]) >= pair_least_mm)
    return {eye_pair(first.halves[0], first.halves[1])};
  const Vec3 middle = 0.5 * (canonical::eye_left + canonical::eye_right);
  return {{{middle, first.centre, 1}},
          {point_at(Site::eye_left, first.centre, 1)},
          {point_at(Site::eye_right, first.centre, 1)}};
}

void add_ears(std::vector<PosePoint>& points, const Evidence& evidence, const HeadPose& rough) {
  bool have_left = false, have_right = false;
  for (const Blob& blob : blobs_of(evidence, Feature::ears)) {
    const bool is_left = dot(blob.centre - rough.origin, rough.left) > 0;
    bool& have = is_left ? have_left : have_right;
    if (have) continue;
    have = true;
    points.push_back(point_at(is_left ? Site::ear_left : Site::ear_right, blob.centre, ear_weight));
  }
}

double worst_misfit(const HeadPose& pose, const std::vector<PosePoint>& points,
                    std::size_t& worst) {
  double most = -1;
  for (std::size_t i = 0; i < points.size(); ++i)
    if (const double m = misfit_mm(pose, points[i]); m > most) {
      most = m;
      worst = i;
    }
  return most;
}

struct Fit {
  HeadPose pose;
  double mean_misfit = 0;
  std::size_t points = 0;
};

/// Fits and takes out outliers while more than two facial points remain.
Fit robust_fit(std::vector<PosePoint> points, const std::vector<PosePoint>& anchor) {
  Fit fit;
  for (;;) {
    std::vector<PosePoint> all = points;
    all.insert(all.end(), anchor.begin(), anchor.end());
    fit.pose = fit_pose(all);
    std::size_t worst = 0;
    if (points.size() <= 2 || worst_misfit(fit.pose, points, worst) < outlier_mm) break;
    points.erase(points.begin() + static_cast<std::ptrdiff_t>(worst));
  }
  fit.points = points.size();
  double sum = 0, weight = 0;
  points.insert(points.end(), anchor.begin(), anchor.end());
  for (const PosePoint& p : points) {
    sum += p.weight * misfit_mm(fit.pose, p);
    weight += p.weight;
  }
  fit.mean_misfit = weight > 0 ? sum / weight : 0;
  return fit;
}

Fit best_fit(const Evidence& evidence) {
  std::vector<PosePoint> anchor;
  HeadPose rough;
  if (evidence.brain.ml > 0) {
    rough = pose_of_brain(evidence.brain);
    bool cut = false;
    for (std::size_t a = 0; a < 3; ++a)
      cut = cut || evidence.brain.cut_low[a] || evidence.brain.cut_high[a];
    anchor.push_back({canonical::brain, rough.origin, cut ? cut_brain_weight : brain_weight});
  } else if (const auto& nose = blobs_of(evidence, Feature::nose); !nose.empty()) {
    rough.origin = nose[0].centre - canonical::nose;
  }
  Fit best;
  bool first = true;
  for (auto points : eye_readings(blobs_of(evidence, Feature::eyes))) {
    for (const Site site : {Site::nose, Site::mouth})
      if (const auto& blobs = blobs_of(evidence, feature_of(site)); !blobs.empty())
        points.push_back(point_at(site, blobs[0].centre, 1));
    add_ears(points, evidence, rough);
    if (points.empty() && anchor.empty()) return best;
    if (points.empty()) return {rough, 0, 0};
    const Fit fit = robust_fit(points, anchor);
    if (first || fit.points > best.points ||
        (fit.points == best.points && fit.mean_misfit < best.mean_misfit))
      best = fit;
    first = false;
  }
  return best;
}

}  // namespace

Feature feature_of(Site site) {
  switch (site) {
    case Site::eye_left:
    case Site::eye_right:
      return Feature::eyes;
    case Site::nose:
      return Feature::nose;
    case Site::mouth:
      return Feature::mouth;
    default:
      return Feature::ears;
  }
}

Vec3 canonical_centre(Site site) {
  switch (site) {
    case Site::eye_left:
      return canonical::eye_left;
    case Site::eye_right:
      return canonical::eye_right;
    case Site::nose:
      return canonical::nose;
    case Site::mouth:
      return canonical::mouth;
    case Site::ear_left:
      return canonical::ear_left;
    default:
      return canonical::ear_right;
  }
}

Arrangement arrange(const Evidence& evidence) {
  const Fit fit = best_fit(evidence);
  Arrangement result;
  result.pose = fit.pose;
  result.mean_misfit_mm = fit.mean_misfit;
  result.points = fit.points;
  for (const auto& blobs : evidence.blobs)
    for (const Blob& blob : blobs) {
      double nearest = in_place_mm * fit.pose.scale;
      std::size_t at = site_count;
      for (std::size_t s = 0; s < site_count; ++s) {
        const auto site = static_cast<Site>(s);
        if (feature_of(site) != blob.feature) continue;
        const double d = misfit_mm(fit.pose, point_at(site, blob.centre, 1));
        if (d < nearest) {
          nearest = d;
          at = s;
        }
      }
      if (at == site_count) {
        result.elsewhere.push_back(&blob);
        continue;
      }
      result.in_place.push_back(&blob);
      result.found_ml[at] += blob.ml;
    }
  return result;
}

SiteSamples sample_site(Site site, const HeadPose& pose, const ModelInput& input) {
  const RegularGrid& grid = input.grid;
  const Vec3 h = half_axes(site), c = canonical_centre(site);
  SiteSamples samples;
  constexpr int n = 4;
  for (int i = -n; i <= n; ++i)
    for (int j = -n; j <= n; ++j)
      for (int k = -n; k <= n; ++k) {
        if (i * i + j * j + k * k > n * n) continue;
        ++samples.all;
        const Vec3 v = voxel_of(
            grid, pose.patient_mm({c[0] + h[0] * i / n, c[1] + h[1] * j / n, c[2] + h[2] * k / n}));
        std::array<std::size_t, 3> index{};
        bool outside = false;
        for (std::size_t a = 0; a < 3; ++a) {
          const double r = std::round(v[a]);
          outside = outside || r < 0 || r >= static_cast<double>(grid.size[a]);
          index[a] = outside ? 0 : static_cast<std::size_t>(r);
        }
        const std::size_t voxel = index[0] + grid.size[0] * (index[1] + grid.size[1] * index[2]);
        if (!outside && input.inside[voxel]) samples.in_view.push_back(voxel);
      }
  return samples;
}

SiteView look_at(Site site, const HeadPose& pose, const Probabilities& probabilities,
                 const ModelInput& input, double tissue_threshold) {
  const SiteSamples samples = sample_site(site, pose, input);
  std::size_t tissue = 0, brain = 0;
  for (const std::size_t voxel : samples.in_view) {
    if (probabilities.of(Label::brain, voxel) >= 0.5F) ++brain;
    // Both must say air: a network that overlooks a face must not call its place empty alone.
    else if (probabilities.of(Label::air, voxel) < 0.5F ||
             static_cast<double>(input.values[voxel]) > tissue_threshold)
      ++tissue;
  }
  const auto share = [&](std::size_t count) {
    return static_cast<double>(count) / static_cast<double>(samples.all);
  };
  return {share(samples.in_view.size()), share(tissue), share(brain)};
}

std::vector<std::uint32_t> site_voxels(Site site, const HeadPose& pose, const RegularGrid& grid,
                                       double margin_mm) {
  std::vector<std::uint32_t> voxels;
  const Vec3 centre = pose.patient_mm(canonical_centre(site));
  const Vec3 h = pose.scale * half_axes(site) + Vec3{margin_mm, margin_mm, margin_mm};
  for (std::size_t z = 0; z < grid.size[2]; ++z)
    for (std::size_t y = 0; y < grid.size[1]; ++y)
      for (std::size_t x = 0; x < grid.size[0]; ++x) {
        const Vec3 d = grid.patient_mm(x, y, z) - centre;
        const double a = dot(d, pose.left) / h[0], b = dot(d, pose.back) / h[1],
                     c = dot(d, pose.up) / h[2];
        if (a * a + b * b + c * c <= 1)
          voxels.push_back(static_cast<std::uint32_t>(x + grid.size[0] * (y + grid.size[1] * z)));
      }
  return voxels;
}

}  // namespace efface::face
