// One element header (PS3.5 section 7.1), checked against what holds it.
#pragma once

#include <string>

#include "dicom_dcmtk/internal_element.h"

namespace efface::dicom_dcmtk {

/// Thrown inside the parser: the content ends where more was announced, which makes a truncated
/// file, as opposed to a malformed one.
struct ContentEnds {};

/// Throws bad_input "malformed data set: ..."; `what` holds no value of the file.
[[noreturn]] void malformed(const std::string& what);

/// Returns when `count` bytes at `at` lie before `limit`, the end of the container; else throws
/// ContentEnds when the container reaches the end of the content, and bad_input when it does not.
void need(Bytes content, std::uint64_t at, std::uint64_t count, std::uint64_t limit);

struct Header {
  dicom::Tag tag;
  dicom::Vr vr = dicom::Vr::none;  ///< from the dictionary when `is_implicit`
  std::array<char, 2> letters{};
  bool is_implicit = false;  ///< also for implicit elements astray in an explicit data set
  std::uint32_t length = 0;
  std::uint64_t value_offset = 0;
};

dicom::Tag load_tag(Bytes content, std::uint64_t at, bool is_big_endian);
Header read_header(Bytes content, std::uint64_t at, std::uint64_t limit, Encoding encoding);

}  // namespace efface::dicom_dcmtk
