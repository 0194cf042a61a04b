// The command line as CLI11 binds it: text and numbers as the user gave them. resolve.h turns them
// into what the library takes.
#pragma once

#include <string>
#include <vector>

#include "cmd/check_command.h"
#include "cmd/doctor_command.h"
#include "cmd/manifest_command.h"
#include "cmd/profile_command.h"
#include "cmd/profile_options.h"

namespace CLI {
class App;
}

namespace efface::cmd {

struct RunArguments {
  std::vector<std::string> inputs;
  std::string files_from;
  std::string output;
  std::string qc;
  std::string maps;
  std::string certificate;
  std::string key;
  std::string shard;
  std::string sign_key;
  std::string summary;
  std::string model;
  std::string device = "auto";
  std::vector<std::string> features{"eyes", "nose", "mouth", "ears"};
  std::string extent = "features";
  std::string fill = "noise";
  ProfileArguments profile;
  std::string pixels = "clean";
  std::string device_rules;
  std::string names = "keyed";
  std::string progress = "auto";
  int jobs = 0;  ///< 0 = as many as there are processors
  int batch = 1;
  bool follow_links = false;
  bool relabel = false;
  bool record_paths = false;
  bool dry_run = false;
  bool quiet = false;
  bool verbose = false;
};

struct RestoreArguments {
  std::vector<std::string> inputs;
  std::string output;
  std::string private_key;
  std::string passphrase_file;
};

struct Arguments {
  RunArguments run;
  CheckArguments check;
  ProfileCommandArguments profile;
  RestoreArguments restore;
  ManifestArguments manifest;
  DoctorArguments doctor;
  std::string new_key_file;
  std::string schema = "manifest";
  std::string completion_shell;
};

/// Declares every option of every subcommand on `app`, bound to `arguments`.
void declare(CLI::App& app, Arguments& arguments);

}  // namespace efface::cmd
