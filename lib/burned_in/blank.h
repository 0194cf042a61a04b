// Takes boxes out of a frame's samples. What a box is filled with is a pixel of the same frame, so
// that it is valid in every photometric interpretation: the commonest one along the box's border
// where that is uniform, else the darkest of the frame. Nothing outside the boxes changes.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "burned_in/box.h"
#include "burned_in/picture.h"
#include "dicom/sample_layout.h"

namespace efface::burned_in {

/// `picture` is render(frame, layout). Boxes may reach beyond the frame. Whole pixels are
/// overwritten, unused bits of their words included; of subsampled colour whole pairs of pixels, so
/// that a box of odd place or width grows by a column.
void blank(std::span<std::byte> frame, const dicom::SampleLayout& layout, const Picture& picture,
           const std::vector<Box>& boxes);

/// The box that blank() overwrites.
Box blanked_box(const Box& box, const dicom::SampleLayout& layout);

}  // namespace efface::burned_in
