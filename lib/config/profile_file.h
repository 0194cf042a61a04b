// A user's own rows for the profile: JSON -> deid::RowChange. Validated here: an unknown word, an
// action that does not fit its attribute, or one that would keep a direct identifier is an error
// that names the row. Which options hold is not said in this file.
//
//   {"efface_profile": 1,
//    "name": "trial 7",
//    "rows": [{"tag": "(0008,1030)", "action": "K", "reason": "written by our own protocol"},
//             {"tag": "PatientBirthDate", "action": "C", "reason": "intervals from birth"},
//             {"tag": "(0019,xx0c)", "private_creator": "ACME 1.0", "action": "K", "reason": "…"}]}
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "deid/profile.h"

namespace efface::config {

struct ProfileFile {
  std::string name;
  std::vector<deid::RowChange> changes;  ///< as deid::Profile wants them
};

/// `tag` is (gggg,eeee) or a keyword of Table E.1-1; for private attributes (gggg,xxee) with the
/// creator of their block. Actions: X remove, Z empty, D dummy, U replace the UID, K keep, C move
/// dates (where the run moves dates). Throws base::Error{usage} with the row's place and tag,
/// Error{io} when the file cannot be read.
ProfileFile read_profile_file(const std::filesystem::path& path);
/// The same from the text of such a file.
ProfileFile parse_profile(const std::string& text);

/// Whether the rows agree with what the run does to dates: K of a date or time needs --dates kept,
/// C needs --dates modified, or (0028,0303) would be untrue. Throws base::Error{usage}.
void check_dates(const deid::Profile& profile);

}  // namespace efface::config
