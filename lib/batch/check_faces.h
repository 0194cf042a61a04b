// Faces that can still be seen: volumes of a DICOM study or of an image file, shown to the model
// one by one. Changes nothing.
#pragma once

#include <string>
#include <vector>

#include "batch/check_sink.h"
#include "batch/context.h"
#include "batch/faces.h"
#include "batch/index.h"
#include "dicom/facts.h"
#include "study/classify.h"

namespace efface::batch {

/// What was seen of each volume.
enum class FaceSeen : std::uint8_t { no_head, nothing, perhaps, visible };

/// Puts face.visible where the model is sure of eyes, nose or mouth, face.uncertain where it is not
/// sure, or sees ears alone. Traces that its networks do not agree on, as a removed face leaves
/// them, are nothing. `paths`: of each volume's first file.
std::vector<FaceSeen> look_for_faces(std::vector<FaceVolume> volumes,
                                     const std::vector<std::string>& paths, const Context& context,
                                     CheckSink& sink);

/// The volumes of a DICOM study, and pictures of other kinds beside a head, which nobody looks at.
/// A face is put to the first file that shows it; claims of (0028,0302) to all that make them.
void check_faces_of_study(const std::vector<IndexedFile>& files,
                          const std::vector<dicom::InstanceFacts>& facts,
                          const std::vector<study::Classification>& classes, const Context& context,
                          CheckSink& sink);

}  // namespace efface::batch
