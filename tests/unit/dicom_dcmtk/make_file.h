// DICOM files made byte by byte, so that the tests can also make what no library would write.
#pragma once

#include <cstdint>
#include <string>

#include "tests/support/temporary_folder.h"

namespace efface::test {

struct Syntax {
  bool is_explicit = true;
  bool is_big_endian = false;
};

/// Appends elements in one encoding.
class Writer {
 public:
  explicit Writer(Syntax syntax = {}) : syntax_(syntax) {}

  Writer& u16(std::uint32_t n) {
    const char low = static_cast<char>(n & 0xFF), high = static_cast<char>((n >> 8) & 0xFF);
    bytes += syntax_.is_big_endian ? high : low;
    bytes += syntax_.is_big_endian ? low : high;
    return *this;
  }
  Writer& u32(std::uint32_t n) {
    return syntax_.is_big_endian ? u16(n >> 16).u16(n) : u16(n).u16(n >> 16);
  }
  Writer& header(std::uint32_t tag, const std::string& vr, std::uint32_t length) {
    u16(tag >> 16).u16(tag);
    if (vr.empty() || !syntax_.is_explicit) return u32(length);
    bytes += vr;
    const bool is_long = vr == "OB" || vr == "OW" || vr == "SQ" || vr == "UN" || vr == "UT";
    return is_long ? u16(0).u32(length) : u16(length);
  }
  Writer& text(std::uint32_t tag, const std::string& vr, std::string value) {
    if (value.size() % 2 != 0) value += vr == "UI" ? '\0' : ' ';
    return raw(tag, vr, value);
  }
  Writer& raw(std::uint32_t tag, const std::string& vr, const std::string& value) {
    header(tag, vr, static_cast<std::uint32_t>(value.size()));
    bytes += value;
    return *this;
  }
  Writer& us(std::uint32_t tag, std::uint16_t number) { return header(tag, "US", 2).u16(number); }

  std::string bytes;

 private:
  Syntax syntax_;
};

constexpr std::uint32_t item = 0xFFFEE000, item_end = 0xFFFEE00D, sequence_end = 0xFFFEE0DD;
constexpr std::uint32_t undefined = 0xFFFFFFFF;

/// Preamble, group 0002 with the transfer syntax (left out when empty).
inline std::string part10(const std::string& transfer_syntax) {
  Writer meta;
  meta.raw(0x00020001, "OB", std::string("\0\1", 2));
  meta.text(0x00020002, "UI", "1.2.840.10008.5.1.4.1.1.4");
  meta.text(0x00020003, "UI", "1.2.3.4");
  if (!transfer_syntax.empty()) meta.text(0x00020010, "UI", transfer_syntax);
  meta.text(0x00020016, "AE", "SECRETAE");
  return std::string(128, 'P') + "DICM" + meta.bytes;
}

inline const std::string implicit_little = "1.2.840.10008.1.2";
inline const std::string explicit_little = "1.2.840.10008.1.2.1";
inline const std::string deflated = "1.2.840.10008.1.2.1.99";
inline const std::string explicit_big = "1.2.840.10008.1.2.2";

/// A 4 x 3 MR image of 12 bits in 16, signed when `pixel_representation` is 1; pixels 0, 1, 2...
inline std::string mr_image(Syntax syntax, std::uint16_t pixel_representation = 0) {
  Writer w(syntax);
  w.text(0x00080005, "CS", "ISO_IR 100").text(0x00080008, "CS", "ORIGINAL\\PRIMARY\\M\\ND");
  w.text(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.4").text(0x00080018, "UI", "1.2.3.4");
  w.text(0x00080060, "CS", "MR").text(0x00100010, "PN", "Doe^Jane");
  w.text(0x00100020, "LO", "ID-42").text(0x00180050, "DS", "2.5").text(0x00180081, "DS", "30");
  w.text(0x0020000D, "UI", "1.2.3.1").text(0x0020000E, "UI", "1.2.3.2");
  w.text(0x00200032, "DS", "-10\\20.5\\3e1").text(0x00200037, "DS", "1\\0\\0\\0\\1\\0");
  w.text(0x00200052, "UI", "1.2.3.3");
  w.us(0x00280002, 1).text(0x00280004, "CS", "MONOCHROME2").us(0x00280010, 3).us(0x00280011, 4);
  w.text(0x00280030, "DS", "0.5\\0.75").us(0x00280100, 16).us(0x00280101, 12);
  w.us(0x00280102, 11).us(0x00280103, pixel_representation);
  w.text(0x00281052, "DS", "-5").text(0x00281053, "DS", "2");
  w.header(0x7FE00010, "OW", 24);
  for (std::uint32_t i = 0; i < 12; ++i) w.u16(i);
  return w.bytes;
}

using support::content_of;
using support::Folder;

}  // namespace efface::test
