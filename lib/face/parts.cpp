#include "face/parts.h"

#include <algorithm>
#include <array>

namespace efface::face {
namespace {

using volume::RegularGrid;

// --- Pieces out of place: small or unsure ones are noise; large and sure ones may be a nose that
// wrapped around, and go, too.
constexpr double stray_least_ml = 1.0, stray_least_peak = 0.85;
// --- What of missing parts? A site counts as in view from 0.5, as tissue from 0.35 of its volume,
// as found from 0.15 of an average part's volume.
constexpr double site_in_view = 0.5, site_tissue = 0.35, site_found = 0.15;
// Of what a view cuts less is seen, and half of a mouth was overlooked there. Ears are left out:
// their places are known too badly.
constexpr double cut_site_in_view = 0.15, cut_site_tissue = 0.7;
// A face has two eyes: where a head is tilted, or fades in a diffusion image, the networks saw one
// of them, or a quarter. What they saw less than half of is completed where a trace of tissue is.
constexpr double eye_mostly_found = 0.5, trace_of_tissue = 0.05;
// An ear is thin: its place, which follows from the other parts to about pose_error_mm, goes with
// so much around it.
constexpr double pose_error_mm = 9;
// Of an ear that was not found at all less is known: its head is turned in its view, say. Half a
// head draws the pose towards its own middle.
constexpr double lost_ear_error_mm = 16, half_head_error_mm = 24;
// Where at least this share of an average ear was found, its place beyond yields to the cavity.
constexpr double ear_mostly_found = 0.8;
constexpr std::array<double, site_count> average_ml{12, 12, 22, 32, 10, 10};
// Brain cannot fill half of a missing part's place.
constexpr double site_brain = 0.5;

const char* name_of(Site site) {
  switch (site) {
    case Site::eye_left:
      return "left eye";
    case Site::eye_right:
      return "right eye";
    case Site::nose:
      return "nose";
    case Site::mouth:
      return "mouth";
    case Site::ear_left:
      return "left ear";
    case Site::ear_right:
      return "right ear";
  }
  return "?";
}

class Chooser {
 public:
  Chooser(const Evidence& evidence, const Arrangement& arrangement,
          const Probabilities& probabilities, const ModelInput& input,
          std::span<const Feature> features, double tissue_threshold)
      : evidence_(evidence),
        arrangement_(arrangement),
        probabilities_(probabilities),
        input_(input),
        features_(features),
        tissue_threshold_(tissue_threshold) {}

  ChosenParts choose() const {
    ChosenParts chosen;
    for (std::size_t s = 0; s < site_count; ++s)
      if (is_missing(s) && view(static_cast<Site>(s)).brain > site_brain) {
        chosen.refusal =
            std::string("brain found in the ") + name_of(static_cast<Site>(s)) + "'s place";
        return chosen;
      }
    for (const Blob* b : arrangement_.in_place)
      if (wanted(b->feature)) chosen.parts.push_back({b->feature, b->voxels, true});
    for (const Blob* b : arrangement_.elsewhere)
      if (wanted(b->feature) && is_real_stray(*b))
        chosen.parts.push_back({b->feature, b->voxels, false});
    add_places(chosen);
    return chosen;
  }

 private:
  void add_places(ChosenParts& chosen) const {
    const std::vector<Site> missing = missing_sites();
    chosen.guesses.reserve(missing.size() + site_count);  // parts point into it
    for (const Site site : missing) {
      // Two found parts and the brain place the third to about a centimetre.
      if (arrangement_.points < 2) {
        chosen.refusal = std::string(name_of(site)) + " not found although its place is in view";
        return;
      }
      const double margin_mm =
          feature_of(site) == Feature::ears ? ear_error_mm(lost_ear_error_mm) : 0;
      chosen.guesses.push_back(site_voxels(site, arrangement_.pose, input_.grid, margin_mm));
      chosen.parts.push_back({feature_of(site), chosen.guesses.back(), true});
      chosen.placed_by_the_others += std::string(", ") + name_of(site) + " placed by the others";
    }
    chosen.sure = chosen.parts.size();
    for (const Site site : traces(missing)) {
      chosen.guesses.push_back(site_voxels(site, arrangement_.pose, input_.grid));
      chosen.parts.push_back({feature_of(site), chosen.guesses.back(), true});
    }
    for (const Site site : flat_ears(missing)) {
      const bool is_faint = tissue(site, evidence_.tissue_threshold) < trace_of_tissue;
      const double margin_mm = is_faint ? pose_error_mm : ear_error_mm(pose_error_mm);
      chosen.guesses.push_back(site_voxels(site, arrangement_.pose, input_.grid, margin_mm));
      const auto s = static_cast<std::size_t>(site);
      const bool mostly_found = arrangement_.found_ml[s] >= ear_mostly_found * average_ml[s];
      chosen.parts.push_back(
          {Feature::ears, chosen.guesses.back(), true, mostly_found || is_faint});
    }
  }

  /// How well an ear's place is known; `whole_head_mm` when no side of the head is cut off.
  double ear_error_mm(double whole_head_mm) const {
    const BrainEvidence& brain = evidence_.brain;
    const bool is_cut = brain.cut_low[0] || brain.cut_high[0] || brain.cut_high[2];
    return brain.ml > 0 && is_cut ? half_head_error_mm : whole_head_mm;
  }

  double tissue(Site site, double threshold) const {
    return look_at(site, arrangement_.pose, probabilities_, input_, threshold).tissue;
  }

  SiteView view(Site site) const {
    return look_at(site, arrangement_.pose, probabilities_, input_, tissue_threshold_);
  }

  bool wanted(Feature feature) const {
    return std::find(features_.begin(), features_.end(), feature) != features_.end();
  }

  /// Whether less than `share` of an average part was found there.
  bool is_found_less(std::size_t s, double share) const {
    const auto site = static_cast<Site>(s);
    if (!wanted(feature_of(site)) || arrangement_.found_ml[s] >= share * average_ml[s])
      return false;
    // Both eyes as one blob count for one site only.
    return feature_of(site) != Feature::eyes ||
           arrangement_.found_ml[0] + arrangement_.found_ml[1] <= 1.5 * average_ml[0];
  }

  bool is_missing(std::size_t s) const { return is_found_less(s, site_found); }

  bool is_cut_and_missing(std::size_t s, const SiteView& v) const {
    return feature_of(static_cast<Site>(s)) != Feature::ears && v.in_view >= cut_site_in_view &&
           v.in_view < site_in_view && v.tissue >= cut_site_tissue * v.in_view &&
           is_found_less(s, site_found * v.in_view);
  }

  /// Sites whose part the network missed although it is in view: taken from the canonical head.
  std::vector<Site> missing_sites() const {
    std::vector<Site> missing;
    for (std::size_t s = 0; s < site_count; ++s) {
      const auto site = static_cast<Site>(s);
      if (!is_missing(s)) continue;
      SiteView v = view(site);
      // A faint ear does not refuse what a brain beside it takes: see flat_ears().
      if (feature_of(site) == Feature::ears) v.tissue = tissue(site, evidence_.tissue_threshold);
      if ((v.in_view >= site_in_view && v.tissue >= site_tissue) || is_cut_and_missing(s, v))
        missing.push_back(site);
    }
    return missing;
  }

  /// Eyes, nose and mouth of which the network found hardly anything, nor is there much.
  std::vector<Site> traces(const std::vector<Site>& missing) const {
    std::vector<Site> sites;
    if (arrangement_.points < 2) return sites;
    for (const Site site : {Site::eye_left, Site::eye_right, Site::nose, Site::mouth}) {
      if (std::find(missing.begin(), missing.end(), site) != missing.end()) continue;
      const SiteView v = view(site);
      const double share = feature_of(site) == Feature::eyes ? eye_mostly_found : site_found;
      if (v.in_view >= cut_site_in_view && v.tissue >= trace_of_tissue &&
          is_found_less(static_cast<std::size_t>(site), share * v.in_view))
        sites.push_back(site);
    }
    return sites;
  }

  /// Ears that the network found at least in part, or may have overlooked: what a coil presses flat
  /// it takes for scalp, what is hardly brighter than the air for air. Their whole place goes.
  std::vector<Site> flat_ears(const std::vector<Site>& missing) const {
    std::vector<Site> ears;
    if (!wanted(Feature::ears) || arrangement_.points < 2) return ears;
    for (const Site site : {Site::ear_left, Site::ear_right}) {
      if (std::find(missing.begin(), missing.end(), site) != missing.end()) continue;
      if (view(site).tissue >= trace_of_tissue) ears.push_back(site);
    }
    return ears;
  }

  /// Not inside or on the brain, large and sure.
  bool is_real_stray(const Blob& blob) const {
    if (blob.ml < stray_least_ml || blob.peak < stray_least_peak) return false;
    if (evidence_.brain.ml == 0) return true;
    const auto inside = std::count_if(blob.voxels.begin(), blob.voxels.end(),
                                      [&](std::uint32_t v) { return near_brain(v); });
    return 2 * static_cast<std::size_t>(inside) < blob.voxels.size();
  }

  /// Brain within two voxels along an axis.
  bool near_brain(std::uint32_t voxel) const {
    const RegularGrid& g = input_.grid;
    const std::array<std::size_t, 3> stride{1, g.size[0], g.size[0] * g.size[1]};
    for (std::size_t a = 0; a < 3; ++a) {
      const std::size_t at = voxel / stride[a] % g.size[a];
      for (std::size_t step = 0; step <= 2; ++step)
        if ((at >= step && evidence_.brain.bits[voxel - step * stride[a]]) ||
            (at + step < g.size[a] && evidence_.brain.bits[voxel + step * stride[a]]))
          return true;
    }
    return false;
  }

  const Evidence& evidence_;
  const Arrangement& arrangement_;
  const Probabilities& probabilities_;
  const ModelInput& input_;
  std::span<const Feature> features_;
  double tissue_threshold_;
};

}  // namespace

ChosenParts choose_parts(const Evidence& evidence, const Arrangement& arrangement,
                         const Probabilities& probabilities, const ModelInput& input,
                         std::span<const Feature> features, double tissue_threshold) {
  return Chooser(evidence, arrangement, probabilities, input, features, tissue_threshold).choose();
}

}  // namespace efface::face
