#include "burned_in/device_rules.h"

#include <algorithm>
#include <cctype>

namespace efface::burned_in {

namespace {

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

bool fits(const DeviceRule& rule, const dicom::DataSet& data_set, int columns, int rows) {
  if (rule.columns.value_or(columns) != columns || rule.rows.value_or(rows) != rows) return false;
  return std::all_of(rule.contains.begin(), rule.contains.end(), [&](const auto& condition) {
    const auto& [tag, wanted] = condition;
    return upper(data_set.text(tag)).find(upper(wanted)) != std::string::npos;
  });
}

}  // namespace

std::vector<Box> known_boxes(const std::vector<DeviceRule>& rules, const dicom::DataSet& data_set,
                             int columns, int rows) {
  std::vector<Box> boxes;
  for (const DeviceRule& rule : rules) {
    if (!fits(rule, data_set, columns, rows)) continue;
    for (const Box& box : rule.boxes) boxes.push_back(grown(box, 0, columns, rows));
  }
  return without_contained(std::move(boxes));
}

}  // namespace efface::burned_in
