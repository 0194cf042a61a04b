#include "cmd/config_file.h"

#include <nlohmann/json.hpp>
#include <sstream>

namespace efface::cmd {

namespace {

std::string text_of(const nlohmann::json& value, const std::string& key) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>() ? "true" : "false";
  if (value.is_number()) return value.dump();
  throw CLI::ConversionError("configuration value of '" + key +
                             "' must be text, a number, true or false, or a list of them");
}

std::vector<CLI::ConfigItem> from_json(const std::string& text) {
  const nlohmann::json root = nlohmann::json::parse(text, nullptr, false);
  if (!root.is_object()) throw CLI::ConversionError("configuration is not a valid JSON object");
  const nlohmann::json& options = root.contains("run") ? root["run"] : root;
  if (!options.is_object()) throw CLI::ConversionError("'run' must be an object");
  std::vector<CLI::ConfigItem> items;
  for (const auto& [key, value] : options.items()) {
    CLI::ConfigItem& item = items.emplace_back();
    item.name = key;
    if (value.is_array()) {
      for (const nlohmann::json& element : value) item.inputs.push_back(text_of(element, key));
    } else {
      item.inputs.push_back(text_of(value, key));
    }
  }
  return items;
}

}  // namespace

std::vector<CLI::ConfigItem> ConfigFile::from_config(std::istream& input) const {
  const std::string text((std::istreambuf_iterator<char>(input)), {});
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  std::vector<CLI::ConfigItem> found;
  if (first != std::string::npos && text[first] == '{') {
    found = from_json(text);
  } else {
    std::istringstream toml(text);
    found = CLI::ConfigTOML::from_config(toml);
    std::erase_if(found, [](const CLI::ConfigItem& i) { return i.name == "++" || i.name == "--"; });
  }
  for (CLI::ConfigItem& item : found) item.parents = {"run"};
  return found;
}

}  // namespace efface::cmd
