// efface profile: what the options of PS3.15 do, row by row, as text or JSON on standard output. It
// reads no image.
#pragma once

#include <string>

#include "cmd/profile_options.h"

namespace efface::cmd {

struct ProfileCommandArguments {
  ProfileArguments choice;
  std::string before, after;  ///< of diff: names of `profile list`, separated by commas
  bool as_json = false;
};

/// Declares `profile` and its subcommands below `app`.
void declare_profile_command(CLI::App& app, ProfileCommandArguments& arguments);

/// The exit code.
int profile_command(const CLI::App& app, const ProfileCommandArguments& arguments);

}  // namespace efface::cmd
