#include "deid/dictionary.h"

#include <algorithm>

namespace efface::deid {

dicom::Vr dictionary_vr(dicom::Tag tag) {
  const std::uint32_t wanted = (std::uint32_t{tag.group} << 16) | tag.element;
  const std::span<const KnownTag> tags = known_tags();
  const auto found = std::lower_bound(
      tags.begin(), tags.end(), wanted,
      [](const KnownTag& known, std::uint32_t value) { return known.tag < value; });
  return found != tags.end() && found->tag == wanted ? found->vr : dicom::Vr::none;
}

}  // namespace efface::deid
