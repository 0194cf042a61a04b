#include <algorithm>
#include <array>
#include <cstring>

#include "base/error.h"
#include "dicom_dcmtk/internal_content.h"
#include "dicom_dcmtk/internal_parse.h"
#include "dicom_dcmtk/internal_start.h"

namespace efface::dicom_dcmtk {

namespace {

using dicom::Vr;

constexpr std::size_t sniffed_bytes = 4096;
constexpr std::size_t preamble_bytes = 128;

bool says_dicm(Bytes bytes, std::size_t offset) {
  return bytes.size() >= offset + 4 && std::memcmp(bytes.data() + offset, "DICM", 4) == 0;
}

bool has_vr_at(Bytes bytes, std::uint64_t offset) {
  const char* letters = reinterpret_cast<const char*>(bytes.data()) + offset + 4;
  return dicom::vr_from({letters, 2}) != Vr::none;
}

/// One header of a plausible data set; false when it cannot be one. `at` becomes the next offset.
bool plausible_element(Bytes bytes, std::uint64_t size, Encoding encoding, std::uint64_t& at,
                       dicom::Tag& last) {
  const dicom::Tag tag{load16(bytes, at, encoding.is_big_endian),
                       load16(bytes, at + 2, encoding.is_big_endian)};
  if (tag <= last) return false;
  last = tag;
  std::uint64_t length = load32(bytes, at + 4, encoding.is_big_endian);
  std::uint64_t header = 8;
  if (encoding.is_explicit) {
    if (!has_vr_at(bytes, at)) return false;
    const char* letters = reinterpret_cast<const char*>(bytes.data()) + at + 4;
    if (has_long_header(dicom::vr_from({letters, 2}))) {
      if (at + 12 > bytes.size()) return false;
      length = load32(bytes, at + 8, encoding.is_big_endian);
      header = 12;
    } else {
      length = load16(bytes, at + 6, encoding.is_big_endian);
    }
  } else if (!tag.is_private() && tag.element != 0 && dictionary_vr(tag) == Vr::UN) {
    return false;
  }
  if (length != undefined_length && length > size - at - header) return false;
  at = length == undefined_length ? bytes.size() : at + header + length;
  return true;
}

}  // namespace

bool is_plausible_data_set(Bytes bytes, std::uint64_t size, Encoding encoding, int wanted) {
  if (bytes.size() < 8) return false;
  const std::uint16_t group = load16(bytes, 0, encoding.is_big_endian);
  if (group != 0x0002 && group != 0x0008) return false;
  std::uint64_t at = 0;
  dicom::Tag last{0, 0};
  for (int seen = 0; seen < wanted; ++seen) {
    if (at == size) return seen > 0;
    if (at + 8 > bytes.size()) return seen > 0 && at <= size && size > bytes.size();
    if (!plausible_element(bytes, size, encoding, at, last)) return false;
  }
  return true;
}

std::optional<Start> find_start(Bytes bytes, std::uint64_t size) {
  if (says_dicm(bytes, preamble_bytes)) return Start{preamble_bytes + 4, true};
  if (says_dicm(bytes, 0)) return Start{4, true};
  constexpr std::array encodings{Encoding{true, false}, Encoding{false, false},
                                 Encoding{true, true}};
  for (const Encoding encoding : encodings) {
    if (!is_plausible_data_set(bytes, size, encoding, 3)) continue;
    return Start{0, load16(bytes, 0, false) == 0x0002};
  }
  return std::nullopt;
}

bool is_bare_deflated(Bytes bytes) {
  const Bytes head = bytes.first(std::min(bytes.size(), sniffed_bytes));
  const std::vector<std::byte> plain = inflate_head(head, sniffed_bytes, Packing::raw_deflate);
  constexpr int wanted = 6;  // more than elsewhere: any bytes unfold to something
  return is_plausible_data_set(plain, max_inflated_bytes, Encoding{true, false}, wanted);
}

Encoding detect_encoding(Bytes content, std::uint64_t offset, std::optional<Encoding> stated) {
  if (content.size() - offset < 8) return stated.value_or(Encoding{});
  const std::uint16_t little = load16(content, offset, false);
  const std::uint16_t big = load16(content, offset, true);
  Encoding found;
  found.is_big_endian = big < little;
  const std::uint64_t rest = content.size() - offset - 8;
  const bool fits_implicit = load32(content, offset + 4, found.is_big_endian) <= rest;
  const bool is_vr = has_vr_at(content, offset);
  if (stated && found.is_big_endian == stated->is_big_endian) {
    if (stated->is_explicit) return {is_vr || !fits_implicit, found.is_big_endian};
    return {is_vr && !fits_implicit, found.is_big_endian};
  }
  found.is_explicit = is_vr;
  if (stated && !is_vr) return *stated;  // nothing speaks for the other byte order but a number
  return found;
}

bool FileStart::looks_like_dicom() const {
  const Bytes head = Bytes(bytes_).first(std::min(bytes_.size(), sniffed_bytes));
  if (is_gzip(head)) {
    const std::vector<std::byte> plain = inflate_head(head, sniffed_bytes);
    return find_start(plain, max_inflated_bytes).has_value() || is_bare_deflated(plain);
  }
  return find_start(head, file_size_).has_value() || is_bare_deflated(head);
}

bool looks_like_dicom(const std::filesystem::path& path) {
  return FileStart(path).looks_like_dicom();
}

}  // namespace efface::dicom_dcmtk
