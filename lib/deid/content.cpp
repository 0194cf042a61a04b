#include <algorithm>
#include <cstdlib>
#include <iterator>
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
constexpr Tag uid_value{0x0040, 0xA124};
constexpr Tag text_value{0x0040, 0xA160};
constexpr Tag concept_code{0x0040, 0xA168};
constexpr Tag measured_value{0x0040, 0xA300};
constexpr Tag numeric_value{0x0040, 0xA30A};
constexpr Tag units{0x0040, 0x08EA};
constexpr Tag referenced_item{0x0040, 0xDB73};
constexpr Tag clean_contents[] = {{0x0040, 0x0555}, {0x0040, 0x0610}, {0x0040, 0xB020}};

/// The code of a concept, in whichever of the three attributes it stands.
std::string code_of(const dicom::DataSet& entry) {
  for (const Tag tag : {code_value, long_code_value, urn_code_value}) {
    std::string code = entry.text(tag);
    if (!code.empty()) return code;
  }
  return {};
}

/// A number of years (UCUM a), months, weeks or days over 89 years, or one that cannot be told. Of
/// the concepts that Table E.3.4-1 lists, only the subject's age is a number.
bool is_age_of_the_old(const dicom::DataSet& item, const std::string& type) {
  if (type != "NUM") return false;
  const dicom::Attribute* measured = item.find(measured_value);
  const bool has_value = measured != nullptr && !measured->items.empty();
  const dicom::DataSet& value = has_value ? measured->items.front() : item;
  const dicom::Attribute* unit = value.find(units);
  if (unit == nullptr || unit->items.empty()) return true;
  const std::string code = code_of(unit->items.front());
  const double units_a_year = code == "a"    ? 1
                              : code == "mo" ? 12
                              : code == "wk" ? 52.1775
                              : code == "d"  ? 365.2425
                                             : 0;
  const std::string text = value.text(numeric_value);
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  const bool is_number = !text.empty() && *end == '\0';
  return units_a_year == 0 || !is_number || !(number < 90 * units_a_year);
}

}  // namespace

ContentItem content_item(const dicom::DataSet& data_set, const Profile& profile) {
  ContentItem item;
  const std::string type = data_set.text(value_type);
  if (type.empty()) return item;
  item.is_item = true;
  const dicom::Attribute* name = data_set.find(concept_name);
  if (name == nullptr || name->items.empty()) return item;
  const dicom::DataSet& entry = name->items.front();
  const SrRow* row = find_sr_row(code_of(entry), entry.text(scheme), type);
  if (row == nullptr) return item;
  item.code = row->basic;
  const Ruling ruling = ruling_of(row->options, row->basic, profile);
  const bool is_of_dates = type == "DATE" || type == "TIME" || type == "DATETIME";
  const bool stays = ruling.code == Code::K || ruling.code == Code::C;
  item.dates_stay = is_of_dates && stays;
  item.is_retained = !is_of_dates && ruling.code == Code::K && !is_age_of_the_old(data_set, type);
  return item;
}

Ruling ruling_in_item(Tag tag, const ContentItem& item) {
  if (item.code == Code::none) return {};
  const bool is_value = tag == text_value || tag == uid_value || tag == measured_value ||
                        tag == numeric_value || tag == concept_code;
  if (!is_value) return {};
  Code strict = Code::D;
  if (tag == measured_value) strict = Code::Z;
  if (tag == uid_value) strict = Code::U;
  return {item.is_retained ? Code::K : strict, strict, Source::option, {}, nullptr};
}

bool is_date_of_item(Tag tag) {
  return tag.group == 0x0040 && tag.element >= 0xA120 && tag.element <= 0xA122;
}

bool is_cut_out(const dicom::DataSet& data_set, const Profile& profile) {
  const ContentItem item = content_item(data_set, profile);
  return item.code == Code::X && !item.dates_stay && !item.is_retained;
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

Place place_inside(const Place& around, Tag sequence, const Ruling& ruling) {
  const Code code = ruling.code;
  Place place;
  place.character_set = around.character_set;
  const bool is_cleaned =
      code == Code::C && std::find(std::begin(clean_contents), std::end(clean_contents),
                                   sequence) != std::end(clean_contents);
  place.in_content_tree = around.in_content_tree || sequence == content_sequence || is_cleaned;
  const bool names_someone =
      code == Code::D || code == Code::Z_D || code == Code::X_D || code == Code::X_Z_D;
  if (sequence == equivalent_codes) {
    place.coded_entry = around.coded_entry;
  } else if (names_someone) {
    place.coded_entry = CodedEntry::replace;
  } else if (code == Code::K) {
    place.coded_entry = CodedEntry::retained;
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
  const bool stays =
      place.coded_entry == CodedEntry::keep || place.coded_entry == CodedEntry::retained;
  if (stays || tag.group != 0x0008) return Code::none;
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
