#include "config/device_rules.h"

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/error.h"

namespace efface::config {

namespace {

using Json = nlohmann::json;
using base::Error;
using base::Fault;

constexpr int largest_coordinate = 65535;

const std::map<std::string, dicom::Tag, std::less<>> attributes{
    {"manufacturer", {0x0008, 0x0070}},       {"model", {0x0008, 0x1090}},
    {"modality", {0x0008, 0x0060}},           {"image_type", {0x0008, 0x0008}},
    {"series_description", {0x0008, 0x103E}}, {"burned_in", {0x0028, 0x0301}},
    {"dose_comment", {0x0040, 0x0310}},
};

[[noreturn]] void reject(const std::string& name, const std::string& why) {
  throw Error(Fault::usage, "device rule '" + name + "': " + why,
              "see share/efface/pixels/devices.json for the form of rules");
}

int number(const Json& value, const std::string& name) {
  if (!value.is_number_integer()) reject(name, "a whole number is missing");
  const auto n = value.get<std::int64_t>();
  if (n < 0 || n > largest_coordinate) reject(name, "a number is out of range");
  return static_cast<int>(n);
}

void read_match(const Json& match, burned_in::DeviceRule& rule) {
  if (!match.is_object() || match.empty()) reject(rule.name, "\"match\" must name a condition");
  for (const auto& [key, value] : match.items()) {
    if (key == "columns") {
      rule.columns = number(value, rule.name);
    } else if (key == "rows") {
      rule.rows = number(value, rule.name);
    } else {
      const auto found = attributes.find(key);
      if (found == attributes.end()) reject(rule.name, "unknown condition '" + key + "'");
      if (!value.is_string() || value.get<std::string>().empty()) {
        reject(rule.name, "condition '" + key + "' needs a text");
      }
      rule.contains[found->second] = value.get<std::string>();
    }
  }
}

void read_boxes(const Json& boxes, burned_in::DeviceRule& rule) {
  if (!boxes.is_array() || boxes.empty()) reject(rule.name, "\"boxes\" must hold a box");
  for (const Json& box : boxes) {
    if (!box.is_array() || box.size() != 4) reject(rule.name, "a box is [x, y, width, height]");
    const auto at = [&](std::size_t i) { return number(box[i], rule.name); };
    rule.boxes.push_back({at(0), at(1), at(2), at(3)});
    if (rule.boxes.back().is_empty()) reject(rule.name, "a box is empty");
  }
}

burned_in::DeviceRule read_rule(const Json& json) {
  burned_in::DeviceRule rule;
  if (!json.is_object() || !json.contains("name") || !json.at("name").is_string()) {
    reject("?", "a rule is an object with a name");
  }
  rule.name = json.at("name").get<std::string>();
  for (const auto& [key, value] : json.items()) {
    if (key == "match") {
      read_match(value, rule);
    } else if (key == "boxes") {
      read_boxes(value, rule);
    } else if (key != "name") {
      reject(rule.name, "unknown member '" + key + "'");
    }
  }
  if (!json.contains("match") || !json.contains("boxes")) {
    reject(rule.name, "\"match\" or \"boxes\" is missing");
  }
  return rule;
}

}  // namespace

std::vector<burned_in::DeviceRule> parse_device_rules(std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object() || !json.contains("rules") || !json.at("rules").is_array()) {
    throw Error(Fault::usage, "device rules are not a JSON object with a list \"rules\"");
  }
  for (const auto& [key, value] : json.items()) {
    if (key != "rules" && key != "source") {
      throw Error(Fault::usage, "device rules: unknown member '" + key + "'");
    }
  }
  std::vector<burned_in::DeviceRule> rules;
  for (const Json& rule : json.at("rules")) rules.push_back(read_rule(rule));
  return rules;
}

std::string read_device_rules(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) throw Error(Fault::usage, "cannot read the device rules '" + path.string() + "'");
  return text.str();
}

}  // namespace efface::config
