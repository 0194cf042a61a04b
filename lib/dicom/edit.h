// What shall happen to the attributes of one instance: a plan as data, made by deid, shown by
// --dry-run, carried out by dicom_dcmtk, counted in the manifest.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/phi.h"
#include "dicom/tag.h"
#include "dicom/vr.h"

namespace efface::dicom {

/// The action codes of PS3.15 Table E.1-1a, and `add` for what the profile itself writes.
enum class Action : std::uint8_t {
  remove,       ///< X
  empty,        ///< Z with a zero-length value
  pseudonym,    ///< Z or D with a value derived from the project key
  dummy,        ///< D with a fixed value that is valid for the VR
  replace_uid,  ///< U
  shift_date,   ///< C for dates: moved by the patient's whole weeks
  clean,        ///< C for anything else
  add           ///< written by efface, e.g. (0012,0062)
};
inline constexpr std::size_t action_count = 8;
const char* to_string(Action action);

struct Edit {
  TagPath path;  ///< ending in item_tag: the whole item goes (remove only); the places of the other
                 ///< items in later paths stay what they are in the file as read
  Action action = Action::remove;
  Vr vr = Vr::none;   ///< of the new value; for remove, of the value that goes, where known
  std::string value;  ///< new value, already encoded for the file's character set; empty for remove
                      ///< and empty. A sequence is never given a value: its items' attributes are.
};

struct EditPlan {
  std::vector<Edit> edits;  ///< ascending by path; a removed sequence has no edits below it
  /// Values that left the file, for the residue check. Raw bytes as they stood, without padding.
  std::vector<base::Phi<std::string>> removed_values;
  /// Values that an option of the profile keeps on purpose, in the same form: a removed value that
  /// is found inside one of them is no residue.
  std::vector<base::Phi<std::string>> retained_values;
  /// Kind -> how many places went from free text that stays otherwise.
  std::map<std::string, std::uint64_t> found_in_text;
  /// New items for sequences that efface writes, e.g. (0012,0064): code value, scheme, meaning.
  struct Code {
    std::string value, scheme, meaning;
  };
  std::vector<Code> method_codes;
  /// CMS EnvelopedData (DER) around the originals, written as the one item of (0400,0500) Encrypted
  /// Attributes Sequence (PS3.15 E.1.1); empty = none.
  std::string envelope;
};

}  // namespace efface::dicom
