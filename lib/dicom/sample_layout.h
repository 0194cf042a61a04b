// How the samples of one uncompressed frame lie in memory (PS3.3 C.7.6.3, PS3.5 section 8): what
// turns bytes into a picture. Describes; reads and converts nothing.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace efface::dicom {

/// Palette Color Lookup Tables (PS3.3 C.7.9), entries as 16 bits.
struct Palette {
  std::int64_t first = 0;  ///< stored value of the first entry; smaller ones take it too
  std::array<std::vector<std::uint16_t>, 3> colours;  ///< red, green, blue
};

struct SampleLayout {
  std::uint32_t columns = 0, rows = 0;
  std::uint32_t samples_per_pixel = 1;
  std::uint32_t bits_allocated = 8, bits_stored = 8, high_bit = 7;
  bool is_signed = false;
  bool is_planar = false;                  ///< (0028,0006) 1: one plane a colour
  std::string photometric_interpretation;  ///< (0028,0004)
  std::optional<Palette> palette;          ///< of PALETTE COLOR

  /// Two pixels side by side share their colour: Y1 Y2 Cb Cr (PS3.3 C.7.6.3.1.2).
  bool is_subsampled() const {
    return samples_per_pixel == 3 && (photometric_interpretation == "YBR_FULL_422" ||
                                      photometric_interpretation == "YBR_PARTIAL_422");
  }
  std::size_t bytes_per_sample() const { return bits_allocated / 8; }
  std::size_t frame_bytes() const {
    const std::size_t samples = is_subsampled() ? 2 : samples_per_pixel;
    return std::size_t{columns} * rows * samples * bytes_per_sample();
  }
};

}  // namespace efface::dicom
