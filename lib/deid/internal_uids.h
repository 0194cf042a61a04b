// Which UIDs stay and which are replaced. For lib/deid only.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>

#include "deid/pseudonyms.h"
#include "dicom/tag.h"

namespace efface::deid::internal {

/// UI attributes that say of which kind something is (SOP class, transfer syntax, coding scheme,
/// context group, mapping resource), never which one: their values stay, registered or not, if they
/// are UIDs.
bool names_a_kind(dicom::Tag tag);

/// Replaces UIDs, each original once computed.
class UidMap {
 public:
  explicit UidMap(const Pseudonyms& pseudonyms) : pseudonyms_(pseudonyms) {}

  /// The value of a UI attribute with every UID replaced that is neither registered nor, if
  /// `is_kind`, a valid UID. Values are separated by backslashes; surrounding padding is dropped.
  std::string replaced(const std::string& value, bool is_kind);
  /// Likewise for an attribute of text whose values may be UIDs (at least 20 characters and five
  /// dots); nothing when none is.
  std::optional<std::string> replaced_in_text(const std::string& value);

 private:
  const Pseudonyms& pseudonyms_;
  std::unordered_map<std::string, std::string> known_;

  const std::string& replacement(const std::string& original);
};

}  // namespace efface::deid::internal
