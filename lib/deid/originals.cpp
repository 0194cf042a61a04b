#include "deid/originals.h"

#include <algorithm>
#include <set>

#include "deid/dictionary.h"

namespace efface::deid {

namespace {

using dicom::Tag;

constexpr Tag always_kept[] = {
    {0x0008, 0x0018},  // SOP Instance UID
    {0x0012, 0x0062},  // Patient Identity Removed
    {0x0012, 0x0063},  // De-identification Method
    {0x0012, 0x0064},  // De-identification Method Code Sequence
    {0x0028, 0x0303},  // Longitudinal Temporal Information Modified
};
constexpr Tag recognizable_features{0x0028, 0x0302};
constexpr Tag icon_image{0x0088, 0x0200};
constexpr Tag encapsulated_document{0x0042, 0x0011};
constexpr std::size_t most_unknown_bytes = 4096;  // a picture of 64 by 64 pixels

bool is_text_byte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 ? byte != 0x7F : byte == '\r' || byte == '\n' || byte == '\t' || byte == 0x1B;
}

}  // namespace

std::vector<Tag> original_tags(const dicom::DataSet& data_set, const dicom::EditPlan& plan) {
  std::set<Tag> tags(std::begin(always_kept), std::end(always_kept));
  for (const dicom::Edit& edit : plan.edits) {
    tags.insert(edit.path.parents.empty() ? edit.path.tag : edit.path.parents.front().tag);
  }
  tags.erase(recognizable_features);
  std::erase_if(tags, [&](Tag tag) { return data_set.find(tag) == nullptr; });
  return {tags.begin(), tags.end()};
}

bool may_be_picture(Tag tag, dicom::Vr vr, std::string_view value) {
  const std::uint16_t group = tag.group & 0xFF00U;
  if (group == 0x5000 || group == 0x6000 || group == 0x7F00) return true;
  if (tag == icon_image || tag == encapsulated_document) return true;
  const bool is_known = !tag.is_private() && dictionary_vr(tag) != dicom::Vr::none;
  if (is_known || dicom::is_text(vr) || value.size() <= most_unknown_bytes) return false;
  const std::size_t end = value.find_last_not_of('\0');
  value = value.substr(0, end == std::string_view::npos ? 0 : end + 1);
  return !std::all_of(value.begin(), value.end(), is_text_byte);
}

}  // namespace efface::deid
