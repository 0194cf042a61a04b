#include "batch/session_faces.h"

#include <algorithm>

#include "base/error.h"
#include "face/judge.h"
#include "volume_itk/image_file.h"

namespace efface::batch {

namespace {

constexpr std::size_t most_asked = 4;
// Beside the image that is cleaned; a structural image of 0.7 mm has 25 million.
constexpr std::size_t most_voxels = std::size_t{1} << 25;

std::optional<face::Witness> look_at(const std::string& path, const Context& context) {
  const face::DecideOptions decide{context.options.features, context.options.extent,
                                   context.networks.calibrations};
  volume::Volume image;
  try {
    const volume_itk::ImageFile file(path);
    if (!file.is_scalar() || !file.geometry_is_known() || file.time_points() != 1 ||
        file.grid().voxel_count() > most_voxels || file.values_look_like_labels())
      return std::nullopt;
    image = file.real_volume(0);
  } catch (const base::Error&) {
    return std::nullopt;  // that image's own record says why
  }
  const face::Judged judged = face::judge(image, context.networks, decide);
  if (!face::can_be_witness(judged)) return std::nullopt;
  return face::make_witness(image, judged, context.networks);
}

}  // namespace

const std::optional<face::Witness>& SessionFaces::witness(std::size_t index) {
  while (witnesses_.size() <= index) {
    context_.check_cancelled();
    witnesses_.push_back(look_at(structural_[witnesses_.size()], context_));
  }
  return witnesses_[index];
}

std::vector<face::FaceRegion> SessionFaces::in(const volume::Volume& image) {
  const std::size_t count = std::min(structural_.size(), most_asked);
  for (std::size_t i = 0; i < count; ++i) {
    const std::optional<face::Witness>& shown = witness(i);
    if (!shown) continue;
    std::vector<face::FaceRegion> regions =
        face::carry(*shown, image, context_.networks, context_.options.features);
    if (!regions.empty()) return regions;
  }
  return {};
}

}  // namespace efface::batch
