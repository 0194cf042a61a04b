#include "deid/table.h"

#include <algorithm>

#include "deid/internal_table.h"

namespace efface::deid {

namespace {

const internal::Edition& edition() {
  return internal::edition_2026d;
}

bool matches(const TableRow& row, dicom::Tag tag) {
  return (tag.group & row.mask.group) == row.tag.group &&
         (tag.element & row.mask.element) == row.tag.element;
}

constexpr dicom::Tag private_pattern{0x0001, 0x0000};

/// Words in a keyword that name an identifier class; the first that fits decides.
struct Word {
  std::string_view word;
  SafeHarbor identifier;
};

constexpr Word words[] = {
    {"Telephone", SafeHarbor::telephone},
    {"PhoneNumber", SafeHarbor::telephone},
    {"Telecom", SafeHarbor::telephone},
    {"PatientPhoto", SafeHarbor::photograph},
    {"IconImage", SafeHarbor::photograph},
    {"Insurance", SafeHarbor::health_plan},
    {"MedicalRecord", SafeHarbor::mrn},
    {"PatientID", SafeHarbor::mrn},
    {"AdmissionID", SafeHarbor::account},
    {"ServiceEpisodeID", SafeHarbor::account},
    {"Certificate", SafeHarbor::certificate},
    {"GPS", SafeHarbor::geographic},
    {"Address", SafeHarbor::geographic},
    {"Residence", SafeHarbor::geographic},
    {"Location", SafeHarbor::geographic},
    {"Geographic", SafeHarbor::geographic},
    {"Institution", SafeHarbor::geographic},
    {"Organization", SafeHarbor::geographic},
    {"URI", SafeHarbor::url},
    {"Device", SafeHarbor::device},
    {"Serial", SafeHarbor::device},
    {"Station", SafeHarbor::device},
    {"Detector", SafeHarbor::device},
    {"Gantry", SafeHarbor::device},
    {"Cassette", SafeHarbor::device},
    {"Plate", SafeHarbor::device},
    {"UDI", SafeHarbor::device},
    {"Machine", SafeHarbor::device},
    {"AETitle", SafeHarbor::device},
    {"XRaySourceID", SafeHarbor::device},
    {"Physician", SafeHarbor::names},
    {"Performer", SafeHarbor::names},
    {"Operator", SafeHarbor::names},
    {"Observer", SafeHarbor::names},
    {"Author", SafeHarbor::names},
    {"Identifi", SafeHarbor::other},
    {"Number", SafeHarbor::other},
    {"UID", SafeHarbor::other},
};

SafeHarbor by_vr(dicom::Vr vr) {
  switch (vr) {
    case dicom::Vr::PN:
      return SafeHarbor::names;
    case dicom::Vr::DA:
    case dicom::Vr::DT:
    case dicom::Vr::TM:
    case dicom::Vr::AS:
      return SafeHarbor::dates;
    case dicom::Vr::UR:
      return SafeHarbor::url;
    case dicom::Vr::UI:
      return SafeHarbor::other;
    case dicom::Vr::AE:
      return SafeHarbor::device;
    default:
      return SafeHarbor::none;
  }
}

}  // namespace

std::span<const TableRow> table() {
  return edition().rows;
}

std::string_view table_edition() {
  return edition().name;
}

std::string_view table_sha256() {
  return edition().sha256;
}

const TableRow* find_row(dicom::Tag tag) {
  const std::span<const TableRow> patterns = edition().rows.subspan(edition().exact_count);
  if (!tag.is_private()) {
    const std::span<const TableRow> exact = edition().rows.first(edition().exact_count);
    const auto row =
        std::lower_bound(exact.begin(), exact.end(), tag,
                         [](const TableRow& r, dicom::Tag wanted) { return r.tag < wanted; });
    if (row != exact.end() && row->tag == tag) return &*row;
    if (tag.group < 0x5000 || tag.group > 0x60FF) return nullptr;
  }
  const auto row = std::find_if(patterns.begin(), patterns.end(), [tag](const TableRow& r) {
    return matches(r, tag) && (tag.is_private() == (r.tag == private_pattern));
  });
  return row == patterns.end() ? nullptr : &*row;
}

const char* to_string(Code code) {
  switch (code) {
    case Code::none:
      return "";
    case Code::D:
      return "D";
    case Code::Z:
      return "Z";
    case Code::X:
      return "X";
    case Code::K:
      return "K";
    case Code::C:
      return "C";
    case Code::U:
      return "U";
    case Code::Z_D:
      return "Z/D";
    case Code::X_Z:
      return "X/Z";
    case Code::X_D:
      return "X/D";
    case Code::X_Z_D:
      return "X/Z/D";
    case Code::X_Z_Ustar:
      return "X/Z/U*";
  }
  return "?";
}

const char* to_string(SafeHarbor identifier) {
  switch (identifier) {
    case SafeHarbor::names:
      return "names";
    case SafeHarbor::geographic:
      return "geographic";
    case SafeHarbor::dates:
      return "dates";
    case SafeHarbor::telephone:
      return "telephone";
    case SafeHarbor::fax:
      return "fax";
    case SafeHarbor::email:
      return "email";
    case SafeHarbor::ssn:
      return "ssn";
    case SafeHarbor::mrn:
      return "mrn";
    case SafeHarbor::health_plan:
      return "health_plan";
    case SafeHarbor::account:
      return "account";
    case SafeHarbor::certificate:
      return "certificate";
    case SafeHarbor::vehicle:
      return "vehicle";
    case SafeHarbor::device:
      return "device";
    case SafeHarbor::url:
      return "url";
    case SafeHarbor::ip:
      return "ip";
    case SafeHarbor::biometric:
      return "biometric";
    case SafeHarbor::photograph:
      return "photograph";
    case SafeHarbor::other:
      return "other";
    case SafeHarbor::none:
      return "none";
  }
  return "?";
}

// The keyword decides before the VR where it names a class of its own (a device's label may be a
// name, a telephone number is an SH); the VR decides the rest; then identifiers and numbers of any
// kind are "other". Free descriptions, codes and measurements belong to no class, and neither do
// private attributes, of which nothing is known.
SafeHarbor safe_harbor_class(dicom::Tag tag, dicom::Vr vr) {
  if (tag.is_private()) return SafeHarbor::none;
  if (tag == dicom::Tag{0x0018, 0x1803}) return SafeHarbor::ip;
  const TableRow* row = find_row(tag);
  if (row != nullptr && (vr == dicom::Vr::none || vr == dicom::Vr::UN)) vr = row->vr;
  const SafeHarbor by_kind = by_vr(vr);
  if (by_kind != SafeHarbor::none && by_kind != SafeHarbor::other) return by_kind;
  if (row != nullptr) {
    for (const Word& word : words) {
      if (row->keyword.find(word.word) != std::string_view::npos) return word.identifier;
    }
    if (row->keyword.ends_with("ID") || row->keyword.ends_with("IDs")) return SafeHarbor::other;
  }
  return by_kind;
}

}  // namespace efface::deid
