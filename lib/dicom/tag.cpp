#include "dicom/tag.h"

#include <fmt/format.h>

namespace efface::dicom {

std::string to_string(Tag tag) {
  return fmt::format("({:04x},{:04x})", tag.group, tag.element);
}

std::string to_string(const TagPath& path) {
  std::string text;
  for (const TagPath::Step& step : path.parents) {
    text += fmt::format("{}[{}].", to_string(step.tag), step.item);
  }
  return text + to_string(path.tag);
}

}  // namespace efface::dicom
