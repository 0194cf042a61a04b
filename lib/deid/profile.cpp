#include "deid/profile.h"

#include <algorithm>
#include <tuple>

#include "deid/beyond_table.h"
#include "deid/option.h"
#include "deid/safe_private.h"

namespace efface::deid {

namespace {

constexpr std::array<Option, option_count> all_options{Option::retain_safe_private,
                                                       Option::retain_uids,
                                                       Option::retain_device_identity,
                                                       Option::retain_institution_identity,
                                                       Option::retain_patient_characteristics,
                                                       Option::retain_longitudinal_full_dates,
                                                       Option::retain_longitudinal_modified_dates,
                                                       Option::clean_descriptors,
                                                       Option::clean_structured_content,
                                                       Option::clean_graphics};

const RowChange* find_change(std::string_view creator, dicom::Tag tag, const Profile& profile) {
  const auto wanted = std::tuple(creator, tag);
  const auto change =
      std::lower_bound(profile.changes.begin(), profile.changes.end(), wanted,
                       [](const RowChange& row, const auto& w) {
                         return std::tuple(std::string_view(row.private_creator), row.tag) < w;
                       });
  const bool is_found =
      change != profile.changes.end() && change->private_creator == creator && change->tag == tag;
  return is_found ? &*change : nullptr;
}

/// What holds without the user's changes.
Ruling standard_ruling(dicom::Tag tag, const Profile& profile) {
  const TableRow* row = find_row(tag);
  return row == nullptr ? Ruling{} : ruling_of(row->options, row->basic, profile);
}

bool keeps_more(const RowChange& change, const Profile& profile) {
  if (change.code != Code::K && change.code != Code::C) return false;
  if (!change.private_creator.empty()) {
    const auto element = static_cast<std::uint8_t>(change.tag.element & 0xFFU);
    return !profile.has(Option::retain_safe_private) ||
           find_safe_private(change.private_creator, change.tag.group, element) == nullptr;
  }
  const Ruling standard = standard_ruling(change.tag, profile);
  const bool is_kept = standard.code == Code::K || standard.code == Code::none;
  return !is_kept && standard.code != change.code;
}

}  // namespace

bool Profile::has(Option option) const {
  if (option == Option::retain_longitudinal_full_dates) return dates == Dates::kept;
  if (option == Option::retain_longitudinal_modified_dates) return dates == Dates::modified;
  return options.test(static_cast<std::size_t>(option));
}

Ruling ruling_of(const std::array<Code, option_count>& options, Code basic,
                 const Profile& profile) {
  if (profile.options.none() && profile.dates == Dates::removed) {
    return {basic, basic, Source::basic, {}, nullptr};
  }
  for (const Code wanted : {Code::C, Code::K}) {
    for (const Option option : all_options) {
      if (options[static_cast<std::size_t>(option)] == wanted && profile.has(option)) {
        return {wanted, basic, Source::option, option, nullptr};
      }
    }
  }
  return {basic, basic, Source::basic, {}, nullptr};
}

Ruling ruling_for(dicom::Tag tag, const Profile& profile) {
  const Ruling standard = standard_ruling(tag, profile);
  const RowChange* change = find_change({}, tag, profile);
  if (change == nullptr) return standard;
  const TableRow* row = find_row(tag);
  const Code strict = row == nullptr ? code_beyond_table(tag) : row->basic;
  return {change->code, strict, Source::change, {}, change};
}

Code code_for(dicom::Tag tag, const Profile& profile) {
  return ruling_for(tag, profile).code;
}

const RowChange* find_private_change(std::string_view creator, dicom::Tag tag,
                                     const Profile& profile) {
  tag.element &= 0x00FFU;
  return creator.empty() ? nullptr : find_change(creator, tag, profile);
}

bool cleans_free_text(const Profile& profile) {
  return profile.has(Option::clean_descriptors) || profile.has(Option::clean_structured_content);
}

bool keeps_more_than_standard(const Profile& profile) {
  return std::any_of(profile.changes.begin(), profile.changes.end(),
                     [&](const RowChange& change) { return keeps_more(change, profile); });
}

std::vector<dicom::EditPlan::Code> method_codes(const Profile& profile, bool face_removed,
                                                bool structured_content_cleaned,
                                                bool text_cleaned) {
  std::vector<dicom::EditPlan::Code> codes;
  for (const Method& method : methods()) {
    bool holds = method.option && profile.has(*method.option);
    if (method.name == "basic") holds = !keeps_more_than_standard(profile);
    if (method.name == "clean-visual-features") {
      holds = face_removed && profile.clean_visual_features;
    }
    if (method.name == "clean-pixel-data") holds = text_cleaned;
    if (method.option == Option::clean_structured_content) {
      holds = holds || structured_content_cleaned;
    }
    if (holds) {
      codes.push_back({std::string(method.code), "DCM", std::string(method.meaning)});
    }
  }
  return codes;
}

}  // namespace efface::deid
