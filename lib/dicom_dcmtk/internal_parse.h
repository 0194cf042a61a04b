// The walk over element headers that turns bytes into a tree (PS3.5 section 7): every length is
// checked against its container before anything is touched, nesting is bounded, no value is copied.
// Accepts what real files do wrong (implicit elements in explicit data sets, missing or stray
// delimiters, items inside UN); what it cannot make sense of is bad_input, never skipped.
#pragma once

#include <optional>

#include "dicom_dcmtk/internal_element.h"
#include "dicom_dcmtk/reader.h"

namespace efface::dicom_dcmtk {

/// The data set of a file, without its pixel data.
struct ParsedDataSet {
  Item root;
  Item dropped;  ///< second elements of a tag at one level, from every depth
  PixelSpan pixels;
  dicom::Tag pixel_tag{};
  std::array<char, 2> pixel_letters{'O', 'W'};
  bool pixel_is_big_endian = false;
  std::uint64_t trailing_bytes = 0;
  bool is_truncated = false;
};

/// Parses from `offset` to the end of `content` or to the pixel data. With `stop_after`, elements
/// with greater tags are not read. Throws bad_input.
ParsedDataSet parse_data_set(Bytes content, std::uint64_t offset, Encoding encoding,
                             std::optional<dicom::Tag> stop_after = {});

/// The elements of group 0002 at `offset`; `end` becomes the offset of what follows.
Item parse_meta(Bytes content, std::uint64_t offset, std::uint64_t& end);

/// The uncompressed encoding in which the data set at `offset` most plausibly is; `stated` decides
/// where the bytes do not contradict it.
Encoding detect_encoding(Bytes content, std::uint64_t offset, std::optional<Encoding> stated);

/// At least `wanted` elements (or all up to a clean end of `bytes`) with ascending tags, known VRs
/// and lengths within `size`, the first in group 0002 or 0008.
bool is_plausible_data_set(Bytes bytes, std::uint64_t size, Encoding encoding, int wanted);

}  // namespace efface::dicom_dcmtk
