// The frames of any image as uncompressed samples, one at a time: what is not asked for is not in
// memory. Colour included; see pixels.h for the real-world values of MR, CT and PET.
#pragma once

#include <cstddef>
#include <vector>

#include "dicom/sample_layout.h"
#include "dicom_dcmtk/pixels.h"
#include "dicom_dcmtk/reader.h"

namespace efface::dicom_dcmtk {

/// Reads from the file's map: the DicomFile must outlive it; edits to the file do not matter.
class FrameReader {
 public:
  /// Finds every frame, decodes none (but see read()). Throws bad_input for damaged pixel data,
  /// unsupported for what nothing can decode, bits allocated other than 8, 16 and 32, and fragments
  /// that cannot be told apart into frames.
  FrameReader(DicomFile& file, const ForeignDecoder& foreign);

  /// Of what read() gives: colour of compressed images is RGB by pixel once it is decoded.
  const dicom::SampleLayout& layout() const { return layout_; }
  std::size_t count() const { return count_; }

  /// Native bytes of one frame, little endian. Several threads may read at once. What only
  /// `foreign` can decode was decoded as a whole by the constructor, up to 1 GiB.
  std::vector<std::byte> read(std::size_t frame) const;

 private:
  using Fragments = std::vector<std::span<const std::byte>>;

  void find_fragments(const DicomFile::State& state);
  std::vector<std::byte> read_native(std::size_t frame) const;
  std::vector<std::byte> read_fragments(std::size_t frame, dicom::SampleLayout* layout) const;

  dicom::InstanceFacts facts_;
  dicom::SampleLayout layout_;
  std::size_t count_ = 0;
  std::uint16_t planar_ = 0;
  std::span<const std::byte> native_;  ///< all frames as they stand in the file
  bool swaps_words_ = false;
  std::vector<Fragments> fragments_;  ///< of each frame
  std::vector<std::byte> decoded_;    ///< all frames, by `foreign`
};

}  // namespace efface::dicom_dcmtk
