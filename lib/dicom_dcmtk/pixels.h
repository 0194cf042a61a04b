// Pixel data of MR, CT and PET instances as bytes and as real-world values. Decodes every transfer
// syntax that DCMTK or (through volume_itk's GDCM, given as a function) GDCM can.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "dicom_dcmtk/reader.h"

namespace efface::dicom_dcmtk {

struct DecodedPixels {
  std::size_t bytes_per_voxel = 0;  ///< BitsAllocated / 8 * SamplesPerPixel
  std::vector<std::byte> bytes;     ///< frames in order, rows, columns; little endian
};

/// Decoder for transfer syntaxes that DCMTK lacks (JPEG 2000): path in, native little-endian bytes
/// out.
using ForeignDecoder = std::function<std::vector<std::byte>(const std::filesystem::path&)>;

/// All frames. Throws bad_input for damaged pixel data, unsupported when nothing can decode it.
DecodedPixels decode_pixels(DicomFile& file, const ForeignDecoder& foreign);

/// Stored values of one frame to real-world values: sign and bits stored respected (high bits
/// beyond BitsStored ignored), rescale applied, `valid` 0 where the padding value or range stands.
struct RealFrame {
  std::vector<float> values;
  std::vector<std::uint8_t> valid;
};
RealFrame real_values(const dicom::InstanceFacts& facts, const DecodedPixels& pixels,
                      std::size_t frame, double slope, double intercept);

}  // namespace efface::dicom_dcmtk
