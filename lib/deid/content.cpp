#include <string>

#include "deid/internal_content.h"
#include "deid/sr_content.h"

namespace efface::deid::internal {

namespace {

using dicom::Tag;

constexpr Tag code_value{0x0008, 0x0100};
constexpr Tag scheme{0x0008, 0x0102};
constexpr Tag scheme_version{0x0008, 0x0103};
constexpr Tag code_meaning{0x0008, 0x0104};
constexpr Tag long_code_value{0x0008, 0x0119};
constexpr Tag urn_code_value{0x0008, 0x0120};
constexpr Tag equivalent_codes{0x0008, 0x0121};
constexpr Tag value_type{0x0040, 0xA040};
constexpr Tag referenced_item{0x0040, 0xDB73};

/// The code of a concept, in whichever of the three attributes it stands.
std::string code_of(const dicom::DataSet& entry) {
  for (const Tag tag : {code_value, long_code_value, urn_code_value}) {
    std::string code = entry.text(tag);
    if (!code.empty()) return code;
  }
  return {};
}

}  // namespace

ContentItem content_item(const dicom::DataSet& data_set) {
  ContentItem item;
  const std::string type = data_set.text(value_type);
  if (type.empty()) return item;
  item.is_item = true;
  const dicom::Attribute* name = data_set.find(concept_name);
  if (name == nullptr || name->items.empty()) return item;
  const dicom::DataSet& entry = name->items.front();
  if (const SrRow* row = find_sr_row(code_of(entry), entry.text(scheme), type)) {
    item.code = row->basic;
    constexpr auto modified = static_cast<std::size_t>(Option::retain_longitudinal_modified_dates);
    item.dates_may_shift = row->options[modified] == Code::C;
  }
  return item;
}

bool is_cut_out(const dicom::DataSet& data_set, const Profile& profile) {
  const ContentItem item = content_item(data_set);
  if (item.code != Code::X) return false;
  return profile.dates == Dates::removed || !item.dates_may_shift;
}

bool refers_by_place(const dicom::DataSet& data_set) {
  for (const dicom::Attribute& attribute : data_set.attributes) {
    if (attribute.tag == referenced_item) return true;
    if (attribute.tag != content_sequence) continue;
    for (const dicom::DataSet& item : attribute.items) {
      if (refers_by_place(item)) return true;
    }
  }
  return false;
}

dicom::Vr value_vr(const dicom::DataSet& data_set) {
  for (std::uint16_t element = 0xA120; element <= 0xA160; ++element) {
    const dicom::Attribute* value = data_set.find({0x0040, element});
    const bool is_value = (element <= 0xA124 || element == 0xA160) && value != nullptr;
    if (is_value) return value->vr;
  }
  return dicom::Vr::none;
}

Place place_inside(const Place& around, Tag sequence, Code code) {
  Place place;
  place.in_content_tree = around.in_content_tree || sequence == content_sequence;
  const bool names_someone =
      code == Code::D || code == Code::Z_D || code == Code::X_D || code == Code::X_Z_D;
  if (sequence == equivalent_codes) {
    place.coded_entry = around.coded_entry;
  } else if (names_someone) {
    place.coded_entry = CodedEntry::replace;
  } else if (around.in_content_tree) {
    place.coded_entry = CodedEntry::meaning_unless_public;
  }
  return place;
}

bool is_part_of_code(Tag tag) {
  return tag == code_value || tag == scheme || tag == scheme_version || tag == code_meaning ||
         tag == long_code_value || tag == urn_code_value;
}

Code code_in_coded_entry(const dicom::DataSet& entry, Tag tag, const Place& place) {
  if (place.coded_entry == CodedEntry::keep || tag.group != 0x0008) return Code::none;
  if (place.coded_entry == CodedEntry::meaning_unless_public) {
    if (tag != code_meaning) return Code::none;
    return is_public_scheme(entry.text(scheme)) ? Code::none : Code::D;
  }
  if (tag == scheme_version) return Code::X;
  return is_part_of_code(tag) ? Code::D : Code::none;
}

const char* coded_entry_dummy(Tag tag) {
  if (tag == code_meaning) return "ANONYMIZED";
  if (tag == scheme) return "99EFFACE";
  if (tag == urn_code_value) return "urn:oid:2.25.0";
  return "ANON";
}

}  // namespace efface::deid::internal
