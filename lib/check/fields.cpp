#include "check/fields.h"

#include <algorithm>
#include <cstdlib>

#include "check/file_name.h"
#include "check/free_text.h"
#include "check/pseudonym.h"
#include "check/vendor_roots.h"
#include "deid/table.h"
#include "sidecar/value_shapes.h"

namespace efface::check {

namespace {

using deid::SafeHarbor;
using findings::Finding;
using sidecar::Field;
using sidecar::Treatment;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// "2009-06-15T13:45:30" and the like: the year, or 0.
int year_of(std::string_view value) {
  if (value.size() < 10 || value[4] != '-' || value[7] != '-') return 0;
  return std::atoi(std::string(value.substr(0, 4)).c_str());
}

bool is_of_time(dicom::Vr vr) {
  return vr == dicom::Vr::DA || vr == dicom::Vr::DT || vr == dicom::Vr::TM;
}

Finding found(const char* rule, std::string place, std::string reason) {
  return {rule, {}, std::move(place), std::move(reason), 1};
}

/// Dates of images, which data sets of BIDS move together. A birth before 1925 was not moved.
bool was_shifted_by_bids(const Field& field, std::string_view value) {
  constexpr int first_year_of_dates = 1925;
  const bool is_of_image = field.name == "acqtime" || field.name == "AcquisitionDateTime";
  return is_of_image && year_of(value) > 0 && year_of(value) < first_year_of_dates;
}

/// A name of a person, as far as can be seen.
bool may_name_somebody(const Field& field, std::string_view value, Among among) {
  const bool is_bare = field.name == "name" && among == Among::anything;
  return is_bare ? holds_frequent_name(value) : reads_as_name(value);
}

bool is_text_or_number(dicom::Vr vr) {
  return dicom::is_text(vr) && vr != dicom::Vr::none;
}

/// Of numbers without quotation marks.
bool may_be_count(const deid::TableRow& row, std::string_view value, ValueKind kind) {
  constexpr std::size_t most_digits = 5;
  if (!is_text_or_number(row.vr)) return true;  // a sequence, or bytes
  const bool is_short =
      value.size() <= most_digits && std::all_of(value.begin(), value.end(), is_digit);
  const SafeHarbor harm = deid::safe_harbor_class(row.tag, row.vr);
  const bool may_be_value = harm == SafeHarbor::dates || harm == SafeHarbor::none;
  return is_short && (kind == ValueKind::inner_number || !may_be_value);
}

Finding judge_removed(const Field& field, std::string_view value, std::string place, ValueKind kind,
                      Among among) {
  const deid::TableRow& row = *field.row;
  const SafeHarbor harm = deid::safe_harbor_class(row.tag, row.vr);
  if (row.vr == dicom::Vr::UI || was_shifted_by_bids(field, value)) return {};
  if (row.vr == dicom::Vr::PN && !may_name_somebody(field, value, among)) return {};
  if (kind != ValueKind::text && may_be_count(row, value, kind)) return {};
  if (is_of_time(row.vr) && std::none_of(value.begin(), value.end(), is_digit)) {
    return find_in_text(value, std::move(place));
  }
  if (field.name.empty()) {
    return found("sidecar.field", std::move(place), "the field's name says that it identifies");
  }
  const std::string keyword(row.keyword);
  if (harm == SafeHarbor::none || row.vr == dicom::Vr::TM) {
    return found("sidecar.other", std::move(place), "the profile removes " + keyword);
  }
  return found("sidecar.field", std::move(place),
               "the profile removes or replaces " + keyword + ": " + deid::to_string(harm));
}

bool is_over_89(std::string_view value) {
  constexpr double oldest = 89;
  return sidecar::is_high_age(value) && std::atof(std::string(value).c_str()) > oldest;
}

}  // namespace

Finding judge_value(const Field& field, std::string_view value, std::string place, ValueKind kind,
                    Among among) {
  if (is_placeholder(value) || is_own_pseudonym(value) || sidecar::stays(field, value)) return {};
  const std::string_view manufacturer = manufacturer_of(value);
  if (!manufacturer.empty()) {
    return found("uid.vendor-root", std::move(place),
                 "a UID below the root of " + std::string(manufacturer) + ": it was not replaced");
  }
  switch (field.treatment) {
    case Treatment::remove:
      return judge_removed(field, value, std::move(place), kind, among);
    case Treatment::replace_uid:
    case Treatment::shift_date:
      return {};
    case Treatment::age:
      if (!sidecar::is_high_age(value)) break;
      return is_over_89(value) ? found("sidecar.field", std::move(place), "an age over 89")
                               : Finding();
    default:
      break;
  }
  return kind != ValueKind::text ? Finding() : find_in_text(value, std::move(place));
}

Finding find_in_field_name(std::string_view name, std::string place) {
  Finding finding = find_in_text(name, place);
  if (finding.rule.empty() && !find_in_name(name).rule.empty()) {
    finding = found("text.name", std::move(place), {});
  }
  if (!finding.rule.empty()) finding.reason = "the name of a field gives somebody away";
  return finding;
}

}  // namespace efface::check
