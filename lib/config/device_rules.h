// Known places of burned-in text by device, from JSON. Checks the form of every rule; what it means
// is burned_in's affair.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "burned_in/device_rules.h"

namespace efface::config {

/// An object with "rules", each of them {"name", "match", "boxes"}; "source" where they come from.
/// "match": at least one of manufacturer, model, modality, image_type, series_description,
/// burned_in, dose_comment (texts that must occur in the attribute, in whatever case), columns,
/// rows (numbers). "boxes": [x, y, width, height] from the top left, in pixels. Throws base::Error
/// usage for anything else, naming the rule.
std::vector<burned_in::DeviceRule> parse_device_rules(std::string_view json);

/// The text of a file of such rules; usage when it cannot be read.
std::string read_device_rules(const std::filesystem::path& path);

}  // namespace efface::config
