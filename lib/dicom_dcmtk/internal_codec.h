// DCMTK's codecs on bytes: the pixel description goes in as facts, nothing else of the instance
// does.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dicom/facts.h"
#include "dicom_dcmtk/internal_element.h"

namespace efface::dicom_dcmtk {

/// rows * columns * samples * frames * bytes per sample. Throws unsupported for bits allocated
/// other than 8, 16 or 32, and bad_input for no or absurdly many pixels.
std::uint64_t native_size(const dicom::InstanceFacts& facts);

/// The fragments of encapsulated pixel data, the offset table first (PS3.5 section A.4).
std::vector<Bytes> split_fragments(Bytes value);

/// What the samples mean once they are decoded: codecs turn YBR into RGB.
struct Decoded {
  std::vector<std::byte> bytes;
  std::string photometric_interpretation;
  std::uint16_t planar = 0;
};

/// Native bytes, little endian, samples by pixel as DCMTK gives them. `planar`: (0028,0006). Throws
/// bad_input for what the codec refuses, unsupported for a transfer syntax without a codec.
Decoded decode_described(const dicom::InstanceFacts& facts, std::uint16_t planar,
                         const std::vector<Bytes>& fragments);
std::vector<std::byte> decode_fragments(const dicom::InstanceFacts& facts, std::uint16_t planar,
                                        const std::vector<Bytes>& fragments);

/// Whether transfer syntaxes of this kind can be decoded here at all.
bool is_known_to_dcmtk(const std::string& transfer_syntax_uid);

struct Encapsulated {
  std::string transfer_syntax_uid;
  std::string value;  ///< items and delimiter: what follows the element's header
};
/// Compresses native bytes without loss in the family of the instance's transfer syntax, and
/// decodes them again to prove it. Nothing when DCMTK has no such encoder or the proof fails.
std::optional<Encapsulated> encode_lossless(const dicom::InstanceFacts& facts,
                                            const std::vector<std::byte>& bytes);

}  // namespace efface::dicom_dcmtk
