// The same small picture in every layout of samples that is known: a white square on black.
#pragma once

#include <cstring>
#include <string>
#include <vector>

#include "dicom/sample_layout.h"

namespace efface::burned_in::test {

using dicom::SampleLayout;

constexpr std::uint32_t columns = 8, rows = 6;

inline bool is_white(std::uint32_t x, std::uint32_t y) {
  return x >= 2 && x < 6 && y >= 2 && y < 4;
}

struct Sample {
  std::string name;
  SampleLayout layout;
  std::vector<std::byte> frame;
};

inline SampleLayout layout_of(const std::string& photometric, std::uint32_t samples,
                              std::uint32_t bits) {
  SampleLayout layout;
  layout.columns = columns;
  layout.rows = rows;
  layout.samples_per_pixel = samples;
  layout.bits_allocated = bits;
  layout.bits_stored = bits == 16 ? 12 : bits;
  layout.high_bit = layout.bits_stored - 1;
  layout.photometric_interpretation = photometric;
  return layout;
}

inline void put(std::vector<std::byte>& frame, std::int32_t value, std::uint32_t bits) {
  for (std::uint32_t shift = 0; shift < bits; shift += 8) {
    frame.push_back(static_cast<std::byte>((value >> shift) & 0xFF));
  }
}

inline Sample one_sample(const std::string& name, const SampleLayout& layout, std::int32_t black,
                         std::int32_t white) {
  Sample sample{name, layout, {}};
  for (std::uint32_t y = 0; y < rows; ++y) {
    for (std::uint32_t x = 0; x < columns; ++x) {
      put(sample.frame, is_white(x, y) ? white : black, layout.bits_allocated);
    }
  }
  return sample;
}

inline Sample colour(const std::string& photometric, bool is_planar,
                     const std::vector<std::int32_t>& black,
                     const std::vector<std::int32_t>& white) {
  Sample sample{photometric + (is_planar ? " planar" : ""), layout_of(photometric, 3, 8), {}};
  sample.layout.is_planar = is_planar;
  const std::uint32_t pixels = columns * rows;
  for (std::uint32_t i = 0; i < 3 * pixels; ++i) {
    const std::uint32_t pixel = is_planar ? i % pixels : i / 3, c = is_planar ? i / pixels : i % 3;
    put(sample.frame, (is_white(pixel % columns, pixel / columns) ? white : black)[c], 8);
  }
  return sample;
}

inline Sample subsampled() {
  Sample sample{"YBR_FULL_422", layout_of("YBR_FULL_422", 3, 8), {}};
  for (std::uint32_t y = 0; y < rows; ++y) {
    for (std::uint32_t x = 0; x < columns; x += 2) {
      put(sample.frame, is_white(x, y) ? 255 : 0, 8);
      put(sample.frame, is_white(x + 1, y) ? 255 : 0, 8);
      put(sample.frame, 128, 8);
      put(sample.frame, 128, 8);
    }
  }
  return sample;
}

inline Sample palette() {
  SampleLayout layout = layout_of("PALETTE COLOR", 1, 8);
  layout.palette = dicom::Palette{3, {}};
  for (auto& entries : layout.palette->colours) entries = {0xFFFF, 0x8000, 0x0000};
  return one_sample("palette", layout, 5, 3);  // the third entry is black, the first one white
}

inline std::vector<Sample> all_layouts() {
  SampleLayout is_signed = layout_of("MONOCHROME2", 1, 16);
  is_signed.is_signed = true;
  return {one_sample("8 bits", layout_of("MONOCHROME2", 1, 8), 3, 250),
          one_sample("16 bits", layout_of("MONOCHROME2", 1, 16), 10, 4000),
          one_sample("32 bits", layout_of("MONOCHROME2", 1, 32), 10, 1 << 20),
          one_sample("signed", is_signed, -1000, 900),
          one_sample("MONOCHROME1", layout_of("MONOCHROME1", 1, 16), 4000, 10),
          palette(),
          colour("RGB", false, {0, 0, 0}, {255, 255, 255}),
          colour("RGB", true, {0, 0, 0}, {255, 255, 255}),
          colour("YBR_FULL", false, {0, 128, 128}, {255, 128, 128}),
          subsampled()};
}

}  // namespace efface::burned_in::test
