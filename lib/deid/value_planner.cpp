#include "deid/internal_value_planner.h"

#include <algorithm>
#include <utility>

#include "deid/ages.h"
#include "deid/dates.h"
#include "deid/dummy.h"
#include "deid/icc_profile.h"
#include "deid/internal_outside.h"
#include "deid/internal_own_attributes.h"
#include "deid/internal_retained.h"
#include "deid/technical.h"
#include "dicom/uid.h"

namespace efface::deid::internal {

namespace {

using dicom::Action;
using dicom::Attribute;
using dicom::Tag;
using dicom::Vr;

constexpr Tag patient_name{0x0010, 0x0010};
constexpr Tag patient_id{0x0010, 0x0020};
constexpr Tag birth_date{0x0010, 0x0030};
constexpr Tag patient_age{0x0010, 0x1010};
constexpr Tag time_zone{0x0008, 0x0201};
constexpr Tag icc_profile{0x0028, 0x2000};
constexpr int most_years = 89;  // 45 CFR 164.514(b)(2)(i)(C)

/// Study, series, acquisition and content.
constexpr Tag days_of_the_object[] = {
    {0x0008, 0x0020}, {0x0008, 0x0021}, {0x0008, 0x0022}, {0x0008, 0x0023}};

bool is_free_text(Vr vr) {
  return vr == Vr::LO || vr == Vr::SH || vr == Vr::ST || vr == Vr::LT || vr == Vr::UT ||
         vr == Vr::UC;
}

bool all_are_uids(const std::string& text) {
  const std::vector<std::string> uids = dicom::split_values(text);
  return std::all_of(uids.begin(), uids.end(), [](const std::string& uid) {
    return uid.empty() || dicom::is_valid_uid(uid);
  });
}

}  // namespace

ValuePlanner::ValuePlanner(const dicom::DataSet& root, const Profile& profile,
                           const PlanContext& context, const Pseudonyms& pseudonyms,
                           EditList& edits)
    : root_(root),
      profile_(profile),
      context_(context),
      pseudonyms_(pseudonyms),
      edits_(edits),
      uids_(pseudonyms) {}

void ValuePlanner::plan_uid(const Value& value, const Ruling& ruling) {
  const Attribute& attribute = value.attribute;
  if (!attribute.is_loaded) return edits_.remove(attribute);
  const Code code = ruling.code;
  if (code == Code::Z || code == Code::X_Z) return edits_.empty(attribute, value.vr);
  const bool is_silent = code == Code::none;
  const bool is_kept = code == Code::K || (is_silent && profile_.has(Option::retain_uids));
  const std::string& uids = attribute.value.reveal();
  if (is_kept && value.known == Vr::UI && all_are_uids(uids)) return edits_.retain(attribute);
  const bool is_kind = is_silent && names_a_kind(attribute.tag);
  edits_.replace(attribute, Action::replace_uid, value.vr, uids_.replaced(uids, is_kind));
}

void ValuePlanner::plan_value(const Value& value, const Ruling& ruling, const Place& place) {
  if (value.attribute.tag == icc_profile) return clean_profile(value);
  if (ruling.code == Code::K && ruling.source != Source::silent && keep(value, place)) return;
  if (ruling.code == Code::C && clean(value, ruling, place)) return;
  const bool is_undone = ruling.code == Code::K || ruling.code == Code::C;
  if (ruling.code == Code::none && place.coded_entry == CodedEntry::retained &&
      is_part_of_code(value.attribute.tag)) {
    if (!keep(value, place)) edits_.remove(value.attribute);
    return;
  }
  carry_out(value, is_undone ? ruling.strict : ruling.code, place);
}

void ValuePlanner::plan_private(const Value& value, Code code) {
  const Attribute& attribute = value.attribute;
  if (value.vr == Vr::UI || value.known == Vr::UI) {
    const bool is_kept = code == Code::K && profile_.has(Option::retain_uids);
    const Code for_uid = code == Code::Z ? Code::Z : Code::U;
    return plan_uid({attribute, value.vr, Vr::UI},
                    {is_kept ? Code::K : for_uid, Code::U, Source::option, {}, nullptr});
  }
  if (code == Code::Z) return edits_.empty(attribute, value.vr);
  if (code == Code::D) return put_dummy(value, {});
  const Vr form = value.known == Vr::none ? value.vr : value.known;
  const bool is_date = form == Vr::DA || form == Vr::DT || form == Vr::TM;
  bool is_done = false;
  if (is_date && profile_.dates == Dates::modified) {
    is_done = shift({attribute, value.vr, form});
  } else if (!is_date || profile_.dates == Dates::kept) {
    is_done = keep({attribute, value.vr, form}, {});
  }
  if (!is_done) edits_.remove(attribute);
}

void ValuePlanner::carry_out(const Value& value, Code code, const Place& place) {
  const Attribute& attribute = value.attribute;
  if (attribute.tag == patient_name || attribute.tag == patient_id) {
    return edits_.replace(attribute, Action::pseudonym, value.vr, subject_pseudonym(attribute));
  }
  switch (code) {
    case Code::none:
    case Code::K:
      return keep_text(value);
    case Code::X:
      return edits_.remove(attribute);
    case Code::Z:
    case Code::X_Z:
    case Code::X_Z_Ustar:
      return edits_.empty(attribute, value.vr);
    default:
      return put_dummy(value, place);
  }
}

/// Code K. False when the value cannot be kept.
bool ValuePlanner::keep(const Value& value, const Place&) {
  if (is_birth_date_of_the_old(value)) return false;
  if (value.known == Vr::AS) return keep_age(value);
  switch (keeping_of(value.attribute, value.vr, value.known)) {
    case Keeping::as_it_is:
      edits_.retain(value.attribute);
      return true;
    case Keeping::if_nobodys_name:
      edits_.retain_text(value.attribute, value.vr);
      return true;
    default:
      return false;
  }
}

/// Ages over 89 become 90. Where the date of birth moves, too, an age in years is told anew from
/// the moved dates if it followed from the old ones: leap days fall differently between them.
bool ValuePlanner::keep_age(const Value& value) {
  std::optional<std::string> age = ages_to_keep(value.attribute.value.reveal());
  if (!age) return false;
  if (value.attribute.tag == patient_age && profile_.dates == Dates::modified &&
      code_for(birth_date, profile_) == Code::C) {
    const std::optional<int> before = age_at_last_day(0), after = age_at_last_day(shift_days());
    if (before && after && age_in_years(*before) == *age) age = age_in_years(*after);
  }
  if (*age == value.attribute.value.reveal()) {
    edits_.retain(value.attribute);
  } else {
    edits_.replace(value.attribute, Action::clean, value.vr, std::move(*age));
  }
  return true;
}

/// Code C. False when the value cannot be cleaned: then the stricter code holds.
bool ValuePlanner::clean(const Value& value, const Ruling& ruling, const Place& place) {
  const bool is_date = value.known == Vr::DA || value.known == Vr::DT || value.known == Vr::TM ||
                       value.attribute.tag == time_zone;
  if (is_date) return !is_birth_date_of_the_old(value) && shift(value);
  if (ruling.option == Option::retain_device_identity && value.known == Vr::AE) {
    edits_.replace(
        value.attribute, Action::pseudonym, value.vr,
        pseudonyms_.pseudonym("application-entity", value.attribute.value.reveal(), "AE-", 12));
    return true;
  }
  const bool is_of_text = ruling.option == Option::clean_descriptors ||
                          ruling.option == Option::clean_structured_content;
  return is_of_text && clean_text(value, place);
}

void ValuePlanner::clean_profile(const Value& value) {
  const Attribute& attribute = value.attribute;
  std::optional<std::string> clean;
  if (attribute.is_loaded) clean = without_texts(attribute.value.reveal());
  if (!clean) return edits_.remove(attribute);
  edits_.replace(attribute, Action::clean, Vr::OB, std::move(*clean));
}

bool ValuePlanner::clean_text(const Value& value, const Place& place) {
  const Attribute& attribute = value.attribute;
  if (context_.free_text == nullptr || !attribute.is_loaded) return false;
  if (!is_free_text(value.vr) || !is_free_text(value.known)) return false;
  std::optional<FreeText::Cleaned> cleaned =
      context_.free_text->clean(value.vr, attribute.value.reveal(), place.character_set);
  if (!cleaned) return false;
  edits_.clean_text(attribute, value.vr, std::move(*cleaned));
  return true;
}

/// Moves dates by the subject's weeks; times of day and zones stay. False when it cannot be done.
bool ValuePlanner::shift(const Value& value) {
  if (value.known == Vr::TM || value.attribute.tag == time_zone) {
    if (keeping_of(value.attribute, value.vr, value.known) != Keeping::as_it_is) return false;
    edits_.retain(value.attribute);
    return true;
  }
  std::optional<std::string> moved =
      shifted_dates(value.known, value.attribute.value.reveal(), shift_days());
  if (!moved) return false;
  edits_.replace(value.attribute, Action::shift_date, value.vr, std::move(*moved));
  return true;
}

/// Text stays, except that a UID in it is replaced like everywhere else, and that it goes when a
/// removed value is in it.
void ValuePlanner::keep_text(const Value& value) {
  const Attribute& attribute = value.attribute;
  if (!may_hold_uid(value.vr)) return;
  if (!profile_.has(Option::retain_uids)) {
    std::optional<std::string> replaced = uids_.replaced_in_text(attribute.value.reveal());
    if (replaced) {
      return edits_.replace(attribute, Action::replace_uid, value.vr, std::move(*replaced));
    }
  }
  if (!is_part_of_code(attribute.tag) && !names_a_technique(attribute.tag)) {
    edits_.keep_text(attribute, value.vr);
  }
}

void ValuePlanner::put_dummy(const Value& value, const Place& place) {
  const std::string& text = value.attribute.value.reveal();
  const Tag tag = value.attribute.tag;
  if (is_identifier(tag)) {
    return edits_.replace(value.attribute, Action::pseudonym, value.vr,
                          pseudonyms_.pseudonym("identifier", text, "ID-", 12));
  }
  const bool is_entry = place.coded_entry != CodedEntry::keep && tag.group == 0x0008 &&
                        code_for(tag, profile_) == Code::none;
  edits_.replace(value.attribute, Action::dummy, value.vr,
                 is_entry ? coded_entry_dummy(tag) : dummy_value(tag, value.vr, text));
}

/// The subject's own pseudonym, for name and ID alike; somebody else's for another value in a
/// nested item.
std::string ValuePlanner::subject_pseudonym(const Attribute& attribute) const {
  const std::string value = dicom::split_values(attribute.value.reveal()).front();
  const bool is_subject = edits_.is_top_level() || value == root_.text(attribute.tag);
  std::string pseudonym =
      pseudonyms_.pseudonym("patient", is_subject ? context_.subject : value, "P-", 12);
  // A name without a caret would be of a form that PS3.5 has retired.
  if (attribute.tag == patient_name) pseudonym += '^';
  return pseudonym;
}

/// Dates that an earlier run of efface moved are left alone.
int ValuePlanner::shift_days() {
  if (!shift_days_) {
    shift_days_ = has_shifted_dates(root_) ? 0 : pseudonyms_.date_shift_days(context_.subject);
  }
  return *shift_days_;
}

const std::string& ValuePlanner::last_day() {
  if (!last_day_) {
    last_day_ = "";
    for (const Tag tag : days_of_the_object) {
      const std::string day = root_.text(tag);
      if (day.size() == 8 && is_valid(Vr::DA, day)) last_day_ = std::max(*last_day_, day);
    }
  }
  return *last_day_;
}

std::optional<int> ValuePlanner::age_at_last_day(int days) {
  const auto moved = [days](const std::string& day) {
    return day.empty() ? day : shifted_dates(Vr::DA, day, days).value_or("");
  };
  return years_between(moved(root_.text(birth_date)), moved(last_day()));
}

/// A date of birth that tells an age over 89, or of which that cannot be said.
bool ValuePlanner::is_birth_date_of_the_old(const Value& value) {
  if (value.attribute.tag != birth_date) return false;
  const std::string& age_text = root_.text(patient_age);
  const std::optional<int> age = years_between(value.attribute.value.reveal(), last_day());
  return !age || *age > most_years || ages_to_keep(age_text).value_or("") == age_in_years(90);
}

}  // namespace efface::deid::internal
