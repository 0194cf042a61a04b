// From a volume to what the network takes: a model grid over the field of view, resampling,
// normalisation as the card says. Pure.
#pragma once

#include "face/model.h"

namespace efface::face {

/// The model grid that covers the volume: its LPS bounds padded to the card's multiple, at least
/// 4 multiples an axis so that the network has room, and `beyond_mm` on all sides.
volume::RegularGrid model_grid(const volume::StackGrid& stack, const ModelCard& card,
                               double beyond_mm = 0);

/// Resamples and normalises: v -> clip((v - lo) / (hi - lo), 0, 1) with lo, hi =
/// sorted[floor(p*(n-1))] over voxels inside the field of view; 0 outside. A constant image gives
/// all zeros. `beyond_mm` continues the volume beyond its field of view, see volume::resample;
/// blank ends (volume::without_blank_ends) are marked.
ModelInput prepare(const volume::Volume& volume, const ModelCard& card, double beyond_mm = 0);

/// The same on a grid of the caller's: normalised over what of the field of view lies in it.
ModelInput prepare_on(const volume::RegularGrid& grid, const volume::Volume& volume,
                      const ModelCard& card, double beyond_mm = 0);

/// Whether a point of the patient, LPS mm, lies in the field of view.
bool is_in_view(const ModelInput& input, const volume::Vec3& patient_mm);

/// Runs the segmenter, in overlapping blocks along z where the grid is larger than `max_voxels`
/// (probabilities are blended linearly), so that memory stays bounded for whole-body volumes.
Probabilities segment_in_blocks(Segmenter& segmenter, const ModelInput& input,
                                std::size_t max_voxels = 3'000'000);

}  // namespace efface::face
