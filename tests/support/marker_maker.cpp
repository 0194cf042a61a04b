#include "tests/support/marker_maker.h"

#include <cstdio>

namespace efface::support {

namespace {

std::string format(const char* pattern, unsigned number) {
  char text[64];
  std::snprintf(text, sizeof text, pattern, number);
  return text;
}

// A day of its own for each number: 1850 and after, 336 days a year.
std::string day(unsigned n) {
  return format("%04u", 1850 + n / 336) + format("%02u", n / 28 % 12 + 1) +
         format("%02u", n % 28 + 1);
}

bool is_free_text(DcmEVR vr) {
  switch (vr) {
    case EVR_AE:
    case EVR_CS:
    case EVR_SH:
    case EVR_LO:
    case EVR_LT:
    case EVR_ST:
    case EVR_UT:
    case EVR_UC:
    case EVR_PN:
    case EVR_UN:
    case EVR_OB:
    case EVR_OW:
    case EVR_ox:
    case EVR_lt:
      return true;
    default:
      return false;
  }
}

DcmTagKey concrete(const deid::TableRow& row) {
  // 50xx and 60xx stand for sixteen groups; the second serves.
  const bool repeats = row.mask.group != 0xFFFF;
  return {static_cast<Uint16>(row.tag.group + (repeats ? 2 : 0)), row.tag.element};
}

bool is_wanted(const deid::TableRow& row) {
  constexpr dicom::Tag encapsulated_document{0x0042, 0x0011};  // would have the whole file withheld
  const bool has_place_of_its_own = row.tag.group < 8 || row.tag.group == 0x7FE0 ||
                                    row.tag.group == 0xFFFC || row.tag.is_private() ||
                                    row.tag == encapsulated_document || row.mask.element != 0xFFFF;
  return !has_place_of_its_own && row.basic != deid::Code::K && row.basic != deid::Code::none;
}

}  // namespace

std::string MarkerMaker::record(std::string marker, const std::string& place) {
  markers_.push_back({marker, file_, place});
  return marker;
}

std::string MarkerMaker::text(const std::string& place) {
  return record(format("CANARY%06u", ++count_), place);
}

std::optional<std::string> MarkerMaker::value(DcmEVR vr, const std::string& place) {
  if (is_free_text(vr)) return text(place);
  const unsigned n = ++count_;
  switch (vr) {
    case EVR_DA:
      return record(day(n), place);
    case EVR_TM:
      return record("061234." + format("%06u", n), place);
    case EVR_DT:
      return record(day(n) + "061234." + format("%06u", n), place);
    case EVR_UI:
      return record("1.2.826.0.1.3680043.9.7777." + std::to_string(n), place);
    case EVR_IS:
      return record(std::to_string(1100000000U + n), place);
    case EVR_DS:
      return record(format("9.1%07u", n), place);
    case EVR_UR:
      return "http://" + record(format("canary%06u.example", n), place) + "/";
    default:
      return std::nullopt;
  }
}

void put_table_rows(DcmItem& item, MarkerMaker& maker, const std::string& place) {
  for (const deid::TableRow& row : deid::table()) {
    if (!is_wanted(row)) continue;
    const DcmTagKey key = concrete(row);
    const std::string where = place + " " + dicom::to_string(row.tag);
    DcmEVR vr = DcmTag(key).getEVR();
    if (vr == EVR_UNKNOWN || vr == EVR_UNKNOWN2B) vr = EVR_UN;  // newer than DCMTK's dictionary
    if (vr == EVR_SQ) {
      put(add_item(item, key), DCM_PatientComments, maker.text(where + " item"));
    } else if (const auto value = maker.value(vr, where)) {
      vr == EVR_UN || vr == EVR_OB || vr == EVR_OW || vr == EVR_ox
          ? put_as(item, key, vr == EVR_ox ? EVR_OB : vr, *value)
          : put(item, key, *value);
    } else if (vr == EVR_AS) {
      put(item, key, "042Y");
    } else {
      put(item, key, "1");
    }
  }
}

}  // namespace efface::support
