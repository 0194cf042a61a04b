#include "deid/profile.h"

namespace efface::deid {

Code code_for(dicom::Tag tag, const Profile& profile) {
  const TableRow* row = find_row(tag);
  if (row == nullptr) return Code::none;
  if (profile.dates == Dates::modified) {
    constexpr auto column = static_cast<std::size_t>(Option::retain_longitudinal_modified_dates);
    if (row->options[column] == Code::C) return Code::C;
  }
  return row->basic;
}

std::vector<dicom::EditPlan::Code> method_codes(const Profile& profile, bool face_removed,
                                                bool structured_content_cleaned) {
  std::vector<dicom::EditPlan::Code> codes;
  codes.push_back({"113100", "DCM", "Basic Application Confidentiality Profile"});
  if (face_removed && profile.clean_visual_features) {
    codes.push_back({"113102", "DCM", "Clean Recognizable Visual Features Option"});
  }
  if (structured_content_cleaned) {
    codes.push_back({"113104", "DCM", "Clean Structured Content Option"});
  }
  if (profile.dates == Dates::modified) {
    codes.push_back(
        {"113107", "DCM", "Retain Longitudinal Temporal Information Modified Dates Option"});
  }
  return codes;
}

}  // namespace efface::deid
