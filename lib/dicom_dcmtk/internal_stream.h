// New pixel data written frame by frame: native, or each frame compressed by itself.
#pragma once

#include <functional>
#include <string>

#include "dicom/facts.h"
#include "dicom_dcmtk/internal_element.h"
#include "dicom_dcmtk/rewriter.h"

namespace efface::dicom_dcmtk {

using ByteSink = std::function<void(Bytes)>;

struct StreamedPixels {
  std::string transfer_syntax_uid;  ///< of stream_compressed
  bool is_encapsulated = false;
  std::uint32_t length = undefined_length;  ///< of the value
  std::function<void(const ByteSink&)> write;
};

/// Frames one after the other, words swapped when asked. Throws unsupported for 4 GiB or more and
/// for swapped frames of an odd number of bytes.
StreamedPixels stream_native(const FrameStream& frames, bool swap_words);

/// In the family of the instance's transfer syntax where DCMTK can (the first frame is tried),
/// otherwise native, explicit VR little endian. Writing throws unsupported when a later frame
/// cannot be compressed without loss.
StreamedPixels stream_compressed(const dicom::InstanceFacts& facts, const FrameStream& frames);

}  // namespace efface::dicom_dcmtk
