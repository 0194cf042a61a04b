#include "batch/frame_faces.h"

namespace efface::batch {

bool shares_frame(const FaceVolume& a, const FaceVolume& b) {
  return !a.frame_of_reference.empty() && a.frame_of_reference == b.frame_of_reference;
}

bool FrameFaces::has_any_for(std::size_t index) const {
  for (std::size_t other = 0; other < volumes_.size(); ++other)
    if (is_one_for(index, other)) return true;
  return false;
}

std::vector<face::FaceRegion> FrameFaces::in(std::size_t index, const volume::Volume& image) {
  for (std::size_t other = 0; other < volumes_.size(); ++other) {
    if (!is_one_for(index, other)) continue;
    std::vector<face::FaceRegion> regions =
        face::carry(witness(other), image, context_.networks, context_.options.features);
    if (!regions.empty()) return regions;
  }
  return {};
}

bool FrameFaces::is_one_for(std::size_t index, std::size_t other) const {
  return other != index && shares_frame(volumes_[index], volumes_[other]) &&
         !seen_[other].empty() && face::can_be_witness(seen_[other].front());
}

const face::Witness& FrameFaces::witness(std::size_t volume) {
  if (last_ != volume) {
    const FaceVolume& shown = volumes_[volume];
    const std::size_t first = study::representative_time_points(shown.time_points).front();
    witness_ = face::make_witness(shown.load(first), seen_[volume].front(), context_.networks);
    last_ = volume;
  }
  return witness_;
}

}  // namespace efface::batch
