// What the walk must know of the data set it is in: is it a coded entry (PS3.3 section 8), is it a
// content item of a structured report (PS3.3 C.17.3), and what follows for its attributes. For
// lib/deid only; it looks and makes no edits.
#pragma once

#include <cstdint>
#include <string_view>

#include "deid/profile.h"
#include "deid/table.h"
#include "dicom/dataset.h"

namespace efface::deid::internal {

/// How much of a coded entry has to go.
enum class CodedEntry : std::uint8_t {
  keep,
  meaning_unless_public,  ///< in content trees: words of a private scheme may be a person's own
  replace,                ///< directly inside a sequence of code D, where the code names someone
  retained                ///< directly inside one of code K: an option keeps what it names
};

/// Where a data set stands.
struct Place {
  CodedEntry coded_entry = CodedEntry::keep;
  bool in_content_tree = false;      ///< below a Content Sequence (0040,A730)
  std::string_view character_set{};  ///< (0008,0005) that holds here
};

/// A content item's treatment beyond that of its attributes by Table E.1-1.
struct ContentItem {
  Code code = Code::none;  ///< by Table E.3.4-1, none = not listed or no content item
  bool is_item = false;
  bool is_retained = false;  ///< an option keeps its value
  bool dates_stay = false;  ///< moved or not, as the profile says: the concept is listed with dates
};

/// A subject's age over 89 years is not retained.
ContentItem content_item(const dicom::DataSet& data_set, const Profile& profile);
/// What the concept says of an attribute of the item; Code::none when nothing beyond Table E.1-1.
Ruling ruling_in_item(dicom::Tag tag, const ContentItem& item);
/// Date, time, or date and time as the value of an item.
bool is_date_of_item(dicom::Tag tag);

/// A content item that Table E.3.4-1 wants gone (X), so that no template asks for it. Not one that
/// an option keeps, or whose date it keeps, moved or not.
bool is_cut_out(const dicom::DataSet& data_set, const Profile& profile);
/// Whether a content item below refers to another by its place in the tree (0040,DB73): then none
/// may be cut out.
bool refers_by_place(const dicom::DataSet& data_set);
/// The VR of a content item's value; Vr::none for a container, a code, an image…
dicom::Vr value_vr(const dicom::DataSet& data_set);

inline constexpr dicom::Tag concept_name{0x0040, 0xA043};
inline constexpr dicom::Tag content_sequence{0x0040, 0xA730};
/// Where the items of `sequence` stand. `ruling`: of the sequence itself.
Place place_inside(const Place& around, dicom::Tag sequence, const Ruling& ruling);

/// An attribute that makes up a coded entry: code value, scheme, version or meaning.
bool is_part_of_code(dicom::Tag tag);
/// The code for an attribute of a coded entry that stands in `place`; Code::none when it stays.
Code code_in_coded_entry(const dicom::DataSet& entry, dicom::Tag tag, const Place& place);
/// Dummy for such an attribute.
const char* coded_entry_dummy(dicom::Tag tag);

}  // namespace efface::deid::internal
