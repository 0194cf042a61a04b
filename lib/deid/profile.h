// The choice of a user: the Basic Profile, options of Table E.1-1, single rows changed. Says for
// one tag which action code holds, and why. It knows no data set: plan_edits carries codes out.
//
// Where several options have a cell in one row, what changes a value comes before what keeps it (C
// before K). That decides the eleven rows of Table E.1-1 in which options disagree, dates of a
// device's calibration, manufacture and installation and one date of a treatment: with Retain
// Device Identity (K) and Modified Dates (C) they move by the subject's weeks like all other dates.
// A row that the user changed comes before all options.
#pragma once

#include <bitset>
#include <string>
#include <vector>

#include "deid/table.h"
#include "dicom/edit.h"

namespace efface::deid {

enum class Dates : std::uint8_t {
  removed,   ///< Basic Profile
  modified,  ///< Retain Longitudinal Temporal Information with Modified Dates (113107)
  kept       ///< … with Full Dates (113106)
};

/// A row that the user changed.
struct RowChange {
  /// Of one attribute of the standard, or of a private one: its group and the low byte of its
  /// element.
  dicom::Tag tag;
  std::string private_creator;  ///< empty for attributes of the standard
  Code code = Code::none;       ///< D, Z, X, K, U, or C for dates and times
  std::string reason;
};

struct Profile {
  Dates dates = Dates::removed;
  std::bitset<option_count> options;  ///< by Option; those of dates are never set: `dates` says it
  bool clean_visual_features =
      true;                        ///< 113101-113102 are claimed only where they were carried out
  std::vector<RowChange> changes;  ///< ascending by creator and tag, each once

  void choose(Option option) { options.set(static_cast<std::size_t>(option)); }
  bool has(Option option) const;
};

enum class Source : std::uint8_t {
  silent,  ///< the table does not name the attribute
  basic,   ///< the Basic Profile's column
  option,  ///< an option's column
  change   ///< a row that the user changed
};

struct Ruling {
  Code code = Code::none;
  /// What holds for a value that K or C cannot be carried out on, e.g. an invalid date.
  Code strict = Code::none;
  Source source = Source::silent;
  Option option{};                    ///< where `source` says option
  const RowChange* change = nullptr;  ///< where it says change
};

/// Which code holds for a tag of the standard.
Ruling ruling_for(dicom::Tag tag, const Profile& profile);
/// The cell of a row that holds under the profile's options, among `options` and `basic`.
Ruling ruling_of(const std::array<Code, option_count>& options, Code basic, const Profile& profile);
/// The code for a tag under the profile; Code::none = the table does not name it (kept, unless it
/// is a UID or private).
Code code_for(dicom::Tag tag, const Profile& profile);
/// The change of a private attribute, `tag` with any block, or nullptr.
const RowChange* find_private_change(std::string_view creator, dicom::Tag tag,
                                     const Profile& profile);

/// Whether free text is cleaned instead of removed: then plan_edits wants a FreeText.
bool cleans_free_text(const Profile& profile);

/// Whether a changed row keeps what the standard wants removed or replaced under the options
/// chosen: then the Basic Profile is not claimed.
bool keeps_more_than_standard(const Profile& profile);

/// CID 7050 codes to write into (0012,0064). `face_removed`: this instance's face was removed or
/// shown to be absent by the model (113102 Clean Recognizable Visual Features). `text_cleaned`: its
/// pixels were read and burned-in text blanked (113101 Clean Pixel Data).
std::vector<dicom::EditPlan::Code> method_codes(const Profile& profile, bool face_removed,
                                                bool structured_content_cleaned, bool text_cleaned);

}  // namespace efface::deid
