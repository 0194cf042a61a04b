// Completion scripts for shells, made from the declared options so that they cannot fall behind.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace efface::cmd {

/// `shell`: "bash", "zsh" or "fish".
std::string completion_script(const CLI::App& app, const std::string& shell);

}  // namespace efface::cmd
