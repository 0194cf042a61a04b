// Faces in the volumes of a study, for others of their frame of reference of which they do not show
// all: whether the head lies alike is looked at in the voxels (face/carry.h).
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "batch/context.h"
#include "batch/faces.h"
#include "face/carry.h"

namespace efface::batch {

bool shares_frame(const FaceVolume& a, const FaceVolume& b);

class FrameFaces {
 public:
  /// `seen`: by volume, its time points that were looked at; the first one speaks for the volume.
  FrameFaces(const std::vector<FaceVolume>& volumes,
             const std::vector<std::vector<face::Judged>>& seen, const Context& context)
      : volumes_(volumes), seen_(seen), context_(context) {}

  /// Whether another volume of its frame of reference shows a whole face.
  bool has_any_for(std::size_t index) const;
  /// The face as it lies in `image`, a time point of the volume `index`, by the first of them that
  /// shows one in its place; empty when none does.
  std::vector<face::FaceRegion> in(std::size_t index, const volume::Volume& image);

 private:
  bool is_one_for(std::size_t index, std::size_t other) const;
  const face::Witness& witness(std::size_t volume);

  const std::vector<FaceVolume>& volumes_;
  const std::vector<std::vector<face::Judged>>& seen_;
  const Context& context_;
  std::optional<std::size_t> last_;  ///< whose `witness_` is
  face::Witness witness_;
};

}  // namespace efface::batch
