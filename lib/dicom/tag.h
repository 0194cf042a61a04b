// A DICOM attribute tag, and the path to an attribute inside nested sequences (PS3.5 section 7).
// No dictionary here: names belong to deid's table and to the adapter.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

namespace efface::dicom {

struct Tag {
  std::uint16_t group = 0;
  std::uint16_t element = 0;

  constexpr bool is_private() const { return (group & 1U) != 0; }
  constexpr bool is_group_length() const { return element == 0; }
  friend constexpr auto operator<=>(const Tag&, const Tag&) = default;
};

/// Item (PS3.5 section 7.5): at the end of a path, the item itself that the last step names.
inline constexpr Tag item_tag{0xFFFE, 0xE000};

/// "(gggg,eeee)", lower-case hexadecimal.
std::string to_string(Tag tag);

/// An attribute inside a data set: the sequences passed through, each with its item (from 0), then
/// the attribute itself. Empty `parents` is the top level.
struct TagPath {
  struct Step {
    Tag tag;
    std::uint32_t item = 0;
    friend auto operator<=>(const Step&, const Step&) = default;
  };
  std::vector<Step> parents;
  Tag tag;
  friend auto operator<=>(const TagPath&, const TagPath&) = default;
};

/// "(0040,0275)[0].(0032,1060)".
std::string to_string(const TagPath& path);

}  // namespace efface::dicom
