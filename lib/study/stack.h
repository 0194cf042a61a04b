// Frames sorted into volumes by where they lie in the patient: by orientation, size, spacing and
// frame of reference, never by file name or instance number. Pure.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "dicom/facts.h"
#include "volume/geometry.h"

namespace efface::study {

struct FrameRef {
  std::size_t instance = 0;  ///< index into the facts handed in
  std::size_t frame = 0;
  friend auto operator<=>(const FrameRef&, const FrameRef&) = default;
};

/// Whether the model can judge a stack by itself.
enum class Extent : std::uint8_t {
  full,                 ///< enough slices to rebuild a surface
  thin_transverse,      ///< a few axial slices: no face can be rebuilt from them
  thin_other,           ///< a few sagittal, coronal or oblique slices: they may show the profile
  scattered_transverse  ///< a few axial slices, but with the study's other few they may be a face
};

/// Of one stack by itself: never scattered_transverse.
Extent extent_of(const volume::StackGrid& grid);

/// Slices that share orientation, spacing and size; one or more frames at each position (echoes,
/// time points, phases: everything that shows the same place).
struct Stack {
  volume::StackGrid grid;  ///< LPS, slices ascending along the normal
  std::vector<std::vector<FrameRef>>
      frames;                      ///< frames[k]: all frames at slice k, same order in each
  std::string frame_of_reference;  ///< original UID; a key for uniting masks, never printed
  Extent extent = Extent::full;

  std::size_t time_points() const;  ///< the largest number of frames at one position
};

struct Stacking {
  std::vector<Stack> stacks;
  std::vector<FrameRef> unusable;  ///< zero or non-orthogonal directions, no spacing, not finite
};

/// Stacks of one study, the same for any order of `facts` and `members` (indices of the instances
/// to stack, Treatment::volume). Frames of one series that lie side by side, or differ in
/// directions, spacing, size or frame of reference, make stacks of their own; a gap within a slab
/// does not.
Stacking stack_frames(std::span<const dicom::InstanceFacts> facts,
                      std::span<const std::size_t> members);

/// Up to three time points whose volumes are shown to the model: first, middle, last.
std::vector<std::size_t> representative_time_points(std::size_t time_points);

}  // namespace efface::study
