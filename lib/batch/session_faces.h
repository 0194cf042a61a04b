// Faces in the structural images of a session, for its other images (BIDS puts an echo-planar image
// beside a T1 of the same hour): NIfTI files have no frame of reference, so whether the head lies
// alike is looked at in the voxels (face/carry.h).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "batch/context.h"
#include "face/carry.h"
#include "volume/volume.h"

namespace efface::batch {

class SessionFaces {
 public:
  /// `structural`: paths of images, the likeliest first; read when first asked for.
  SessionFaces(const std::vector<std::string>& structural, const Context& context)
      : structural_(structural), context_(context) {}

  /// The face that the first of them shows which shows a whole one in this image's place; empty
  /// when none does. What cannot be read, or is not one plain image, shows none.
  std::vector<face::FaceRegion> in(const volume::Volume& image);

 private:
  const std::optional<face::Witness>& witness(std::size_t index);

  const std::vector<std::string>& structural_;
  const Context& context_;
  std::vector<std::optional<face::Witness>> witnesses_;  ///< of those read so far
};

}  // namespace efface::batch
