#include "dicom/dataset.h"

#include <algorithm>

namespace efface::dicom {

namespace {

std::string trimmed(std::string text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\0')) text.pop_back();
  const std::size_t first = text.find_first_not_of(' ');
  return first == std::string::npos ? std::string() : text.substr(first);
}

}  // namespace

const Attribute* DataSet::find(Tag tag) const {
  const auto found = std::find_if(attributes.begin(), attributes.end(),
                                  [tag](const Attribute& a) { return a.tag == tag; });
  return found == attributes.end() ? nullptr : &*found;
}

std::string DataSet::text(Tag tag) const {
  const Attribute* attribute = find(tag);
  return attribute == nullptr ? std::string() : trimmed(attribute->value.reveal());
}

std::vector<std::string> split_values(const std::string& text) {
  std::vector<std::string> values;
  std::size_t start = 0;
  for (;;) {
    const std::size_t end = text.find('\\', start);
    values.push_back(trimmed(text.substr(start, end - start)));
    if (end == std::string::npos) return values;
    start = end + 1;
  }
}

}  // namespace efface::dicom
