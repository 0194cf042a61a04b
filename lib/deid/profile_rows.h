// What a profile does, row by row and each with its reason: for people who choose one, and for the
// statement that the standard asks for. It only tells; plan_edits does.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "deid/profile.h"

namespace efface::deid {

struct ProfileRow {
  std::string tag;              ///< (gggg,eeee), x for any digit
  std::string private_creator;  ///< empty for attributes of the standard
  std::string name;             ///< keyword, or the meaning that Table E.3.10-1 gives
  Code basic = Code::X;         ///< of the Basic Profile; none where the table is silent
  Code code = Code::X;          ///< under the profile
  std::string reason;           ///< what decides, and over what

  bool is_changed() const { return code != basic; }
};

/// All rows of Table E.1-1 in its order, rows of the profile that it does not have, safe private
/// attributes (Table E.3.10-1) where the profile retains them, ascending by creator, and private
/// rows of the profile.
std::vector<ProfileRow> profile_rows(const Profile& profile);

/// What efface does for a code, in words: "removed", "a dummy" … Compound codes as plan_edits.h
/// says.
std::string_view in_words(Code code);

}  // namespace efface::deid
