// Where the files of an installation are: found from where the program itself lies, PREFIX/bin and
// PREFIX/... when installed, BUILD/cmd and BUILD/... in a build tree. Reads none of them.
#pragma once

#include <filesystem>
#include <string>

namespace efface::cmd {

/// All throw base::Error{model} when the file is missing.
std::filesystem::path torch_plugin_path();
std::filesystem::path ocr_plugin_path();
std::filesystem::path device_rules_path();
/// The card named by the user, which is not looked for, or the built-in one when that is empty.
std::filesystem::path model_card_path(const std::string& asked);

}  // namespace efface::cmd
