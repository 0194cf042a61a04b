// Configuration files for CLI11: TOML, or JSON when the first character is a brace. Keys are the
// long names of the options of `run`; a [run] table (or a "run" object) is accepted too.
#pragma once

#include <CLI/CLI.hpp>

namespace efface::cmd {

class ConfigFile : public CLI::ConfigTOML {
 public:
  /// Throws CLI::ConversionError for malformed JSON or values that are neither text, numbers,
  /// booleans nor lists of them.
  std::vector<CLI::ConfigItem> from_config(std::istream& input) const override;
};

}  // namespace efface::cmd
