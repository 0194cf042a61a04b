// Do the blobs make a face where a head has one? Lays the canonical head onto them, tells what is
// in its place from what is not, and looks whether the places of missing features are in view and
// hold tissue.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "face/evidence.h"
#include "face/pose.h"

namespace efface::face {

/// One of the six places of a face.
enum class Site : std::uint8_t { eye_left, eye_right, nose, mouth, ear_left, ear_right };
inline constexpr std::size_t site_count = 6;
Feature feature_of(Site site);
volume::Vec3 canonical_centre(Site site);

struct Arrangement {
  HeadPose pose;
  std::vector<const Blob*> in_place;   ///< blobs at a site of their feature
  std::vector<const Blob*> elsewhere;  ///< the others
  std::array<double, site_count> found_ml{};
  double mean_misfit_mm = 0;  ///< of the blobs that the pose was fitted to
  std::size_t points = 0;     ///< how many those were, the brain not counted
};

/// Fits the pose to the largest blobs and sorts all blobs. A largest blob that fits badly is taken
/// out of the fit as long as others remain. No blobs: the pose follows from the brain's box alone.
Arrangement arrange(const Evidence& evidence);

/// Points spread evenly over a site, as the model voxels that they fall into.
struct SiteSamples {
  std::size_t all = 0;
  std::vector<std::size_t> in_view;  ///< of those inside the field of view
};
SiteSamples sample_site(Site site, const HeadPose& pose, const ModelInput& input);

/// What a site looks like in the image.
struct SiteView {
  double in_view = 0;  ///< share of the site inside the field of view
  double tissue = 0;   ///< share of the whole site in view that is neither air nor brain
  double brain = 0;    ///< share of the whole site in view that is labelled brain
};
SiteView look_at(Site site, const HeadPose& pose, const Probabilities& probabilities,
                 const ModelInput& input, double tissue_threshold);

/// The model voxels of a site, as the canonical head has it: what is removed in place of a feature
/// that the network did not find. `margin_mm` goes around it.
std::vector<std::uint32_t> site_voxels(Site site, const HeadPose& pose,
                                       const volume::RegularGrid& grid, double margin_mm = 0);

}  // namespace efface::face
