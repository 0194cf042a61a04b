#include <algorithm>

#include "deid/internal_uids.h"
#include "dicom/dataset.h"
#include "dicom/uid.h"

namespace efface::deid::internal {

namespace {

using dicom::Tag;

// Not among them, hence replaced: (0008,010D) Context Group Extension Creator UID names a person or
// an organization (its sister (0040,DB0D) is U in Table E.1-1), (0008,9123) Creator-Version UID a
// device, (3010,001F) Segmentation Template UID one object.
constexpr Tag kinds[] = {
    {0x0008, 0x0016},  // SOP Class UID
    {0x0008, 0x001A},  // Related General SOP Class UID
    {0x0008, 0x001B},  // Original Specialized SOP Class UID
    {0x0008, 0x0062},  // SOP Classes in Study
    {0x0008, 0x010C},  // Coding Scheme UID
    {0x0008, 0x0117},  // Context UID: of a context group
    {0x0008, 0x0118},  // Mapping Resource UID
    {0x0008, 0x040E},  // Stored Instance Transfer Syntax UID
    {0x0008, 0x1150},  // Referenced SOP Class UID
    {0x0008, 0x115A},  // SOP Classes Supported
    {0x0008, 0x3002},  // Available Transfer Syntax UID
    {0x0034, 0x0003},  // Flow Transfer Syntax UID
    {0x0400, 0x0010},  // MAC Calculation Transfer Syntax UID
    {0x0400, 0x0510},  // Encrypted Content Transfer Syntax UID
    {0x3010, 0x0052},  // Pertinent SOP Classes in Study
    {0x3010, 0x0053},  // Pertinent SOP Classes in Series
};

bool looks_like_uid(const std::string& value) {
  return value.size() >= 20 && std::count(value.begin(), value.end(), '.') >= 5 &&
         value[0] <= '2' && dicom::is_valid_uid(value);
}

}  // namespace

bool names_a_kind(Tag tag) {
  return std::binary_search(std::begin(kinds), std::end(kinds), tag);
}

const std::string& UidMap::replacement(const std::string& original) {
  const auto [entry, is_new] = known_.try_emplace(original);
  if (is_new) entry->second = pseudonyms_.uid(original);
  return entry->second;
}

std::string UidMap::replaced(const std::string& value, bool is_kind) {
  std::string all;
  bool is_first = true;
  for (const std::string& uid : dicom::split_values(value)) {
    if (!is_first) all += '\\';
    is_first = false;
    if (uid.empty()) continue;
    const bool stays = dicom::is_registered_uid(uid) || (is_kind && dicom::is_valid_uid(uid));
    all += stays ? uid : replacement(uid);
  }
  return all;
}

std::optional<std::string> UidMap::replaced_in_text(const std::string& value) {
  if (value.size() < 20 || value.find('.') == std::string::npos) return std::nullopt;
  std::string all;
  bool has_changed = false, is_first = true;
  for (const std::string& text : dicom::split_values(value)) {
    if (!is_first) all += '\\';
    is_first = false;
    const bool is_uid = looks_like_uid(text) && !dicom::is_registered_uid(text);
    has_changed = has_changed || is_uid;
    all += is_uid ? replacement(text) : text;
  }
  if (!has_changed) return std::nullopt;
  return all;
}

}  // namespace efface::deid::internal
