// The choice of a user: the Basic Profile plus options. Says for one tag which action code holds.
#pragma once

#include <string>
#include <vector>

#include "deid/table.h"
#include "dicom/edit.h"

namespace efface::deid {

enum class Dates : std::uint8_t {
  removed,  ///< Basic Profile
  modified  ///< Retain Longitudinal Temporal Information with Modified Dates (113107)
};

struct Profile {
  Dates dates = Dates::removed;
  bool clean_visual_features =
      true;  ///< 113101-113102 are claimed only where they were carried out
};

/// The code for a tag under the profile; Code::none = the table does not name it (kept, unless it
/// is a UID or private).
Code code_for(dicom::Tag tag, const Profile& profile);

/// CID 7050 codes to write into (0012,0064). `face_removed`: this instance's face was removed or
/// shown to be absent by the model (113102 Clean Recognizable Visual Features).
std::vector<dicom::EditPlan::Code> method_codes(const Profile& profile, bool face_removed,
                                                bool structured_content_cleaned);

}  // namespace efface::deid
