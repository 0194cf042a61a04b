#include "deid/internal_private_blocks.h"

#include <algorithm>

#include "deid/safe_private.h"

namespace efface::deid::internal {

using dicom::Tag;

PrivateBlocks::PrivateBlocks(const dicom::DataSet& data_set, const Profile& profile)
    : data_set_(data_set),
      profile_(profile),
      may_keep_(profile.has(Option::retain_safe_private) ||
                std::any_of(profile.changes.begin(), profile.changes.end(),
                            [](const RowChange& row) { return !row.private_creator.empty(); })) {}

PrivateBlocks::PrivateRuling PrivateBlocks::ruling(Tag tag) const {
  if (!may_keep_ || tag.element < 0x0010) return {};
  if (tag.element >= 0x1000) return ruling_of_element(tag);
  if (tag.element > 0x00FF || !has_kept_element(tag)) return {};
  return {Code::K, dicom::Vr::LO};
}

PrivateBlocks::PrivateRuling PrivateBlocks::ruling_of_element(Tag tag) const {
  const auto block = static_cast<std::uint16_t>(tag.element >> 8U);
  const std::string creator = data_set_.text({tag.group, block});
  if (creator.empty()) return {};
  const auto element = static_cast<std::uint8_t>(tag.element & 0xFFU);
  const SafePrivateRow* safe = find_safe_private(creator, tag.group, element);
  const dicom::Vr vr = safe == nullptr ? dicom::Vr::none : safe->vr;
  if (const RowChange* change = find_private_change(creator, tag, profile_)) {
    return {change->code, vr};
  }
  const bool is_kept = safe != nullptr && profile_.has(Option::retain_safe_private);
  return {is_kept ? Code::K : Code::X, vr};
}

bool PrivateBlocks::has_kept_element(Tag creator) const {
  return std::any_of(data_set_.attributes.begin(), data_set_.attributes.end(),
                     [&](const dicom::Attribute& attribute) {
                       const Tag tag = attribute.tag;
                       return tag.group == creator.group && tag.element >> 8U == creator.element &&
                              ruling_of_element(tag).code != Code::X;
                     });
}

}  // namespace efface::deid::internal
