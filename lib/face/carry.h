// The face that one image of a session shows, carried to another image that shows too little of it
// to be judged by itself, such as an echo-planar one beside a T1. Fails closed: what is not shown
// to be the same head in the same place gets nothing.
#pragma once

#include <span>
#include <vector>

#include "face/judge.h"
#include "face/model.h"
#include "volume/volume.h"

namespace efface::face {

/// An image whose face was found.
struct Witness {
  ModelInput input;  ///< as prepare() makes it for the first network
  std::vector<FaceRegion> regions;
};

/// Whether what was seen of an image can speak for others: a whole face, in a position that is not
/// in doubt.
bool can_be_witness(const Judged& judged);

/// Of an image that can be one.
Witness make_witness(const volume::Volume& image, const Judged& judged, const Networks& networks);

/// A witness's regions where they lie in `image`, 3 mm wider: two images of a session are some
/// millimetres apart, and echo-planar ones bent. Empty unless
/// * align() finds how the head moved between the two,
/// * what shows tissue in `image` is in view in the witness: 95 % of all, and in the front half all
///   but 1 ml,
/// * what the first network is sure to see in `image` of the chosen features lies in those regions,
///   all but 2 ml.
/// Throws what Segmenter::segment throws.
std::vector<FaceRegion> carry(const Witness& witness, const volume::Volume& image,
                              const Networks& networks, std::span<const Feature> features);

}  // namespace efface::face
