// A parsed data set as a tree of elements that point into the file's bytes: what the reader makes,
// the rewriter edits, and the serialiser writes. Values stay where they are until someone asks.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "dicom/tag.h"
#include "dicom/vr.h"

namespace efface::dicom_dcmtk {

using Bytes = std::span<const std::byte>;

/// How a data set is encoded (PS3.5 annex A).
struct Encoding {
  bool is_explicit = true;
  bool is_big_endian = false;
  friend bool operator==(const Encoding&, const Encoding&) = default;
};

struct Item;

struct Element {
  dicom::Tag tag;
  dicom::Vr vr = dicom::Vr::none;  ///< none when the letters are not a VR of PS3.5
  std::array<char, 2> letters{};   ///< as in the file, from the dictionary for implicit VR
  bool has_undefined_length = false;
  bool is_sequence = false;  ///< value parsed as `items`
  bool is_removed = false;
  Encoding inside;                 ///< of the items
  bool is_big_endian = false;      ///< of the value
  std::uint64_t value_offset = 0;  ///< in the content
  std::uint64_t value_length = 0;  ///< up to the end of the element, delimiter included
  std::vector<Item> items;
  std::unique_ptr<std::string>
      new_value;  ///< replaces the bytes of the file; in `is_big_endian` order
};

struct Item {
  std::vector<Element> elements;
  bool has_undefined_length = false;
  bool is_removed = false;  ///< keeps its place for the paths of edits, and is not written

  /// The element at this level that is not removed, or nullptr.
  const Element* find(dicom::Tag tag) const;
  Element* find(dicom::Tag tag);
};

inline constexpr std::uint32_t undefined_length = 0xFFFFFFFFU;
inline constexpr dicom::Tag item_tag = dicom::item_tag;
inline constexpr dicom::Tag item_end_tag{0xFFFE, 0xE00D};
inline constexpr dicom::Tag sequence_end_tag{0xFFFE, 0xE0DD};

/// Pixel Data, Float Pixel Data, Double Float Pixel Data.
constexpr bool is_pixel_tag(dicom::Tag tag) {
  return tag.group == 0x7FE0 && tag.element >= 0x0008 && tag.element <= 0x0010 &&
         (tag.element <= 0x0009 || tag.element == 0x0010);
}

/// The VR is followed by two reserved bytes and a 32-bit length (PS3.5 table 7.1-1). VRs that are
/// two capital letters but not known are taken to be of this kind, as section 6.2 announces for new
/// ones.
bool has_long_header(dicom::Vr vr);

std::uint16_t load16(Bytes bytes, std::uint64_t offset, bool is_big_endian);
std::uint32_t load32(Bytes bytes, std::uint64_t offset, bool is_big_endian);

/// The bytes of the value as they will be written: new ones when there are, else those of the file.
std::string_view value_of(const Element& element, Bytes content);

/// Reverses the bytes of each number of a binary VR; text is left alone.
void swap_numbers(dicom::Vr vr, std::string& value);

/// The VR of a standard tag by DCMTK's dictionary (US for "US or SS", OW for "OB or OW"), LO for
/// private creators, UL for group lengths, UN for anything else.
dicom::Vr dictionary_vr(dicom::Tag tag);

}  // namespace efface::dicom_dcmtk
