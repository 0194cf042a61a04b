// efface check: is a data set what it claims to be? Reads, never writes into the data set; reports
// as text, JSON, JUnit XML or SARIF.
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "cmd/profile_options.h"

namespace CLI {
class App;
}

namespace efface::cmd {

struct CheckArguments {
  std::vector<std::string> inputs;
  ProfileArguments profile;
  std::string format = "text";
  std::string output;
  std::vector<std::string> fail_on;
  std::string baseline, new_baseline;
  std::string pixels = "read", faces = "look";
  std::string device = "auto";
  std::string model;
  int jobs = 0;
  bool follow_links = false;
  bool lists_rules = false;
};

void declare_check_command(CLI::App& app, CheckArguments& arguments);

/// exit_incomplete when something was found that fails the check.
int check_command(const CheckArguments& arguments, const std::atomic<bool>& cancelled);

}  // namespace efface::cmd
