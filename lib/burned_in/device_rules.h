// Known places of text, by the device that made an image: rules as data (config/device_rules.h
// reads them), matched against a data set. Knows no device itself.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "burned_in/box.h"
#include "dicom/dataset.h"

namespace efface::burned_in {

struct DeviceRule {
  std::string name;
  /// Each must occur in the attribute's value, in whatever case.
  std::map<dicom::Tag, std::string> contains;
  std::optional<int> columns, rows;  ///< of the image, exactly
  std::vector<Box> boxes;            ///< pixels to blank
};

/// The boxes of every rule that fits, cut at the borders of the frame.
std::vector<Box> known_boxes(const std::vector<DeviceRule>& rules, const dicom::DataSet& data_set,
                             int columns, int rows);

}  // namespace efface::burned_in
