#include "check/fields.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <map>

#include "check/pseudonym.h"
#include "check/vendor_roots.h"
#include "deid/table.h"

namespace efface::check {

namespace {

using deid::Code;
using deid::SafeHarbor;
using findings::Finding;

/// Lower case, letters and digits alone.
std::string plain(std::string_view name) {
  std::string text;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0) text += static_cast<char>(std::tolower(byte));
  }
  return text;
}

const deid::TableRow* row_of(std::string_view name) {
  static const auto by_keyword = [] {
    std::map<std::string, const deid::TableRow*> rows;
    for (const deid::TableRow& row : deid::table()) rows.emplace(plain(row.keyword), &row);
    return rows;
  }();
  std::uint32_t tag = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), tag, 16);
  if (name.size() == 8 && error == std::errc() && end == name.data() + name.size()) {
    return deid::find_row(
        {static_cast<std::uint16_t>(tag >> 16U), static_cast<std::uint16_t>(tag & 0xFFFFU)});
  }
  const bool is_word = name.find('-') == std::string_view::npos;
  const auto found = is_word ? by_keyword.find(plain(name)) : by_keyword.end();
  return found == by_keyword.end() ? nullptr : found->second;
}

/// Columns and keys of no standard.
bool says_who_by_name(const std::string& name) {
  constexpr auto names = std::to_array<std::string_view>(
      {"address",     "birthdate",    "dateofbirth", "dob",
       "email",       "emailaddress", "familyname",  "firstname",
       "fullname",    "givenname",    "lastname",    "mrn",
       "patientname", "phone",        "phonenumber", "socialsecuritynumber",
       "ssn",         "subjectname",  "surname",     "telephone"});
  return std::binary_search(names.begin(), names.end(), name);
}

/// "2009-06-15T13:45:30" and the like: the year, or 0.
int year_of(std::string_view value) {
  if (value.size() < 10 || value[4] != '-' || value[7] != '-') return 0;
  return std::atoi(std::string(value.substr(0, 4)).c_str());
}

Finding found(const char* rule, std::string place, std::string reason) {
  return {rule, {}, std::move(place), std::move(reason), 1};
}

Finding judge_row(const deid::TableRow& row, std::string place, const deid::Profile& profile) {
  const Code code = deid::code_for(row.tag, profile);
  if (code == Code::none || code == Code::K || row.tag.is_private()) return {};
  if (row.vr == dicom::Vr::UI) return {};
  const SafeHarbor kind = deid::safe_harbor_class(row.tag, row.vr);
  const bool is_time = row.vr == dicom::Vr::TM;
  const std::string keyword(row.keyword);
  if (kind == SafeHarbor::none || is_time) {
    return found("sidecar.other", std::move(place), "the profile removes " + keyword);
  }
  return found("sidecar.field", std::move(place),
               "the profile removes or replaces " + keyword + ": " + deid::to_string(kind));
}

}  // namespace

Finding judge_field(std::string_view name, std::string_view value, std::string place,
                    const deid::Profile& profile, bool is_count) {
  constexpr int first_year_of_dates = 1925;
  constexpr double oldest = 89;
  if (is_placeholder(value) || is_own_pseudonym(value)) return {};
  const std::string_view manufacturer = manufacturer_of(value);
  if (!manufacturer.empty()) {
    return found("uid.vendor-root", std::move(place),
                 "a UID below the root of " + std::string(manufacturer) + ": it was not replaced");
  }
  const std::string plain_name = plain(name);
  if (plain_name == "acqtime" || plain_name == "acquisitiondatetime") {
    const bool was_shifted = year_of(value) > 0 && year_of(value) < first_year_of_dates;
    if (was_shifted || (year_of(value) == 0 && plain_name == "acqtime")) return {};
    return found("sidecar.field", std::move(place), "a date of 1925 or later: it was not shifted");
  }
  if (plain_name == "age") {
    if (std::atof(std::string(value).c_str()) <= oldest) return {};
    return found("sidecar.field", std::move(place), "an age over 89");
  }
  if (!is_count && says_who_by_name(plain_name)) {
    return found("sidecar.field", std::move(place), "the field's name says that it identifies");
  }
  const deid::TableRow* row = row_of(name);
  return row == nullptr ? Finding() : judge_row(*row, std::move(place), profile);
}

}  // namespace efface::check
