// How a user says what is to be removed from DICOM attributes: the options that `run` and `profile`
// share, and what they mean together.
#pragma once

#include <string>
#include <vector>

#include "deid/profile.h"
#include "text/entity.h"

namespace CLI {
class App;
}

namespace efface::cmd {

struct ProfileArguments {
  std::vector<std::string> retain, clean;
  std::string dates = "removed";
  std::string file;
  std::vector<std::string> text_actions;  ///< kind=action
};

void declare_profile_options(CLI::App& app, ProfileArguments& arguments);

/// What `run` alone takes.
void declare_text_actions(CLI::App& app, ProfileArguments& arguments);

/// From names of `efface profile list`, separated by commas. Throws base::Error{usage} for others.
deid::Profile profile_of_names(const std::string& names);

struct ChosenProfile {
  deid::Profile profile;
  text::Actions text_actions;
  std::string file_name, file_sha256;  ///< of --profile: the name that it gives itself; or empty
};

/// Reads the profile file. Throws base::Error{usage} for a wrong one, {io} when it cannot be read.
ChosenProfile choose_profile(const ProfileArguments& arguments);

}  // namespace efface::cmd
