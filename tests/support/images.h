// The image and document modules of made-up instances: one function a kind of object, each leaving
// a data set that is valid in its IOD (dciodvfy has no errors).
#pragma once

#include <span>

#include "tests/support/instance.h"
#include "tests/support/phantom_image.h"

namespace efface::support {

/// One slice of a grid as an MR image (16 bits stored in 12). `voxels`: that slice alone.
struct MrSlice {
  const ImageGrid& grid;
  std::size_t k = 0;
  std::span<const std::uint16_t> voxels;
  Contrast contrast = Contrast::t1;
  std::string series_description;
  int series_number = 1;
};
void put_mr_image(DcmItem& item, const MrSlice& slice);

/// The same slice as a CT image: signed 16 bits, air at -1000 HU.
void put_ct_image(DcmItem& item, const MrSlice& slice);

/// An RGB screenshot of `rows` x `columns` with a grey ramp and bars that stand for burnt-in text.
void put_secondary_capture(DcmItem& item, std::uint16_t rows, std::uint16_t columns);

/// A Basic Text SR whose text names the person.
void put_text_report(DcmItem& item, const std::string& text, const std::string& person_name,
                     const std::string& date_time);

/// An overlay plane with a label and a description.
void put_overlay(DcmItem& item, std::uint16_t rows, std::uint16_t columns,
                 const std::string& label);

}  // namespace efface::support
