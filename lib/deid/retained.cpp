#include "deid/internal_retained.h"

#include <algorithm>

#include "deid/dates.h"

namespace efface::deid::internal {

namespace {

using dicom::Tag;
using dicom::Vr;

constexpr Tag time_zone{0x0008, 0x0201};
constexpr Tag frame_origin_timestamp{0x0034, 0x0007};
constexpr std::size_t timestamp_bytes = 10;  // IEEE 1588: seconds in 48 bits, nanoseconds in 32

/// Digits, sign, point and exponent, as IS and DS have them.
bool is_number(const std::string& value) {
  return value.size() <= 16 && value.find_first_not_of("0123456789+-.eE") == std::string::npos;
}

bool are_numbers(const std::string& text) {
  const std::vector<std::string> values = dicom::split_values(text);
  return std::all_of(values.begin(), values.end(), is_number);
}

/// &ZZXX, told from a date and time with that zone.
bool is_time_zone(const std::string& text) {
  const std::vector<std::string> values = dicom::split_values(text);
  return std::all_of(values.begin(), values.end(), [](const std::string& zone) {
    return zone.size() == 5 && is_valid(Vr::DT, "20000101" + zone);
  });
}

bool is_binary_number(Vr vr) {
  switch (vr) {
    case Vr::AT:
    case Vr::FD:
    case Vr::FL:
    case Vr::SL:
    case Vr::SS:
    case Vr::SV:
    case Vr::UL:
    case Vr::US:
    case Vr::UV:
      return true;
    default:
      return false;
  }
}

bool has_its_form(const dicom::Attribute& attribute, Vr known) {
  const std::string& value = attribute.value.reveal();
  if (attribute.tag == time_zone) return is_time_zone(value);
  switch (known) {
    case Vr::DA:
    case Vr::DT:
    case Vr::TM:
      return is_valid(known, value);
    case Vr::DS:
    case Vr::IS:
      return are_numbers(value);
    default:
      return attribute.tag == frame_origin_timestamp && value.size() == timestamp_bytes;
  }
}

bool has_a_form(Tag tag, Vr known) {
  return tag == time_zone || known == Vr::DA || known == Vr::DT || known == Vr::TM ||
         known == Vr::DS || known == Vr::IS || known == Vr::OB;
}

}  // namespace

Keeping keeping_of(const dicom::Attribute& attribute, Vr vr, Vr known) {
  if (!attribute.is_loaded || !attribute.items.empty() || vr == Vr::PN || known == Vr::PN) {
    return Keeping::not_at_all;
  }
  if (has_a_form(attribute.tag, known)) {
    return has_its_form(attribute, known) ? Keeping::as_it_is : Keeping::not_at_all;
  }
  if (dicom::is_text(vr)) return Keeping::if_nobodys_name;
  return is_binary_number(vr) ? Keeping::as_it_is : Keeping::not_at_all;
}

}  // namespace efface::deid::internal
