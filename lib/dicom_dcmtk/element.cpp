#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <algorithm>
#include <mutex>

#include "base/error.h"
#include "dicom_dcmtk/internal_element.h"

namespace efface::dicom_dcmtk {

namespace {

/// Loading takes longer than many a run: done when a tag is first looked up.
void require_dictionary() {
  static std::once_flag once;
  std::call_once(once, [] {
    if (dcmDataDict.isDictionaryLoaded()) return;
    throw base::Error(base::Fault::io, "DCMTK's data dictionary cannot be loaded",
                      "install libdcmtk or set DCMDICTPATH to its dicom.dic");
  });
}

}  // namespace

using dicom::Vr;

const Element* Item::find(dicom::Tag tag) const {
  const auto found = std::find_if(elements.begin(), elements.end(), [tag](const Element& e) {
    return e.tag == tag && !e.is_removed;
  });
  return found == elements.end() ? nullptr : &*found;
}

Element* Item::find(dicom::Tag tag) {
  return const_cast<Element*>(static_cast<const Item&>(*this).find(tag));
}

bool has_long_header(Vr vr) {
  switch (vr) {
    case Vr::none:
    case Vr::OB:
    case Vr::OD:
    case Vr::OF:
    case Vr::OL:
    case Vr::OV:
    case Vr::OW:
    case Vr::SQ:
    case Vr::SV:
    case Vr::UC:
    case Vr::UN:
    case Vr::UR:
    case Vr::UT:
    case Vr::UV:
      return true;
    default:
      return false;
  }
}

std::uint16_t load16(Bytes bytes, std::uint64_t offset, bool is_big_endian) {
  const auto a = std::to_integer<unsigned>(bytes[offset]);
  const auto b = std::to_integer<unsigned>(bytes[offset + 1]);
  return static_cast<std::uint16_t>(is_big_endian ? (a << 8) | b : (b << 8) | a);
}

std::uint32_t load32(Bytes bytes, std::uint64_t offset, bool is_big_endian) {
  const std::uint32_t first = load16(bytes, offset, is_big_endian);
  const std::uint32_t second = load16(bytes, offset + 2, is_big_endian);
  return is_big_endian ? (first << 16) | second : (second << 16) | first;
}

std::string_view value_of(const Element& element, Bytes content) {
  if (element.new_value) return *element.new_value;
  if (element.value_length == 0) return {};
  return {reinterpret_cast<const char*>(content.data()) + element.value_offset,
          static_cast<std::size_t>(element.value_length)};
}

void swap_numbers(Vr vr, std::string& value) {
  std::size_t width = 1;
  switch (vr) {
    case Vr::US:
    case Vr::SS:
    case Vr::OW:
    case Vr::AT:
      width = 2;
      break;
    case Vr::UL:
    case Vr::SL:
    case Vr::FL:
    case Vr::OF:
    case Vr::OL:
      width = 4;
      break;
    case Vr::FD:
    case Vr::OD:
    case Vr::SV:
    case Vr::UV:
    case Vr::OV:
      width = 8;
      break;
    default:
      return;
  }
  for (std::size_t i = 0; i + width <= value.size(); i += width) {
    std::reverse(value.begin() + static_cast<std::ptrdiff_t>(i),
                 value.begin() + static_cast<std::ptrdiff_t>(i + width));
  }
}

Vr dictionary_vr(dicom::Tag tag) {
  if (tag.element == 0) return Vr::UL;
  if (tag.is_private()) return tag.element >= 0x10 && tag.element <= 0xFF ? Vr::LO : Vr::UN;
  require_dictionary();
  const DcmTag entry(tag.group, tag.element);
  switch (entry.getEVR()) {
    case EVR_xs:
      return Vr::US;
    case EVR_lt:
    case EVR_ox:
    case EVR_px:
      return Vr::OW;
    case EVR_up:
      return Vr::UL;
    default:
      break;
  }
  const Vr vr = dicom::vr_from(DcmVR(entry.getEVR()).getValidVRName());
  return vr == Vr::none ? Vr::UN : vr;
}

}  // namespace efface::dicom_dcmtk
