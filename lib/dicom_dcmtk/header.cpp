#include "base/error.h"
#include "dicom_dcmtk/internal_header.h"

namespace efface::dicom_dcmtk {

namespace {

bool is_capital(char c) {
  return c >= 'A' && c <= 'Z';
}

}  // namespace

void malformed(const std::string& what) {
  throw base::Error(base::Fault::bad_input, "malformed data set: " + what);
}

void need(Bytes content, std::uint64_t at, std::uint64_t count, std::uint64_t limit) {
  if (count <= limit - at) return;
  if (limit >= content.size()) throw ContentEnds{};
  malformed("an element is longer than what holds it");
}

dicom::Tag load_tag(Bytes content, std::uint64_t at, bool is_big_endian) {
  return {load16(content, at, is_big_endian), load16(content, at + 2, is_big_endian)};
}

Header read_header(Bytes content, std::uint64_t at, std::uint64_t limit, Encoding encoding) {
  need(content, at, 8, limit);
  Header h;
  h.tag = load_tag(content, at, encoding.is_big_endian);
  h.value_offset = at + 8;
  const std::uint32_t length = load32(content, at + 4, encoding.is_big_endian);
  if (h.tag.group == 0xFFFE) {
    h.length = length;
    return h;
  }
  h.letters = {static_cast<char>(content[at + 4]), static_cast<char>(content[at + 5])};
  const bool capitals = is_capital(h.letters[0]) && is_capital(h.letters[1]);
  const bool fits = length == undefined_length || length <= limit - h.value_offset;
  h.is_implicit = !encoding.is_explicit || (!capitals && fits);
  if (h.is_implicit) {
    h.vr = dictionary_vr(h.tag);
    const std::string name = dicom::to_string(h.vr);
    h.letters = {name[0], name[1]};
    h.length = length;
    return h;
  }
  h.vr = dicom::vr_from({h.letters.data(), 2});
  if (capitals && has_long_header(h.vr)) {
    need(content, at, 12, limit);
    h.length = load32(content, at + 8, encoding.is_big_endian);
    h.value_offset = at + 12;
  } else {
    h.length = load16(content, at + 6, encoding.is_big_endian);
  }
  return h;
}

}  // namespace efface::dicom_dcmtk
