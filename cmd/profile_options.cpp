#include "cmd/profile_options.h"

#include <CLI/CLI.hpp>
#include <sstream>
#include <utility>

#include "base/error.h"
#include "batch/staging.h"
#include "config/profile_file.h"
#include "deid/option.h"

namespace efface::cmd {

namespace {

/// What stands behind "retain-" or "clean-" in the names of methods that have rows.
std::vector<std::string> names_behind(std::string_view prefix) {
  std::vector<std::string> names;
  for (const deid::Method& method : deid::methods()) {
    if (method.option && method.name.starts_with(prefix)) {
      names.emplace_back(method.name.substr(prefix.size()));
    }
  }
  return names;
}

void choose(const std::string& prefix, const std::vector<std::string>& names,
            deid::Profile& profile) {
  for (const std::string& name : names) {
    const deid::Method* method = deid::find_method(prefix + name);
    profile.choose(method->option.value());
  }
}

text::Actions actions_of(const std::vector<std::string>& choices) {
  text::Actions actions;
  for (const std::string& choice : choices) {
    const std::size_t sign = choice.find('=');
    const auto kind = text::entity_from(choice.substr(0, sign));
    const auto action = sign == std::string::npos
                            ? std::nullopt
                            : text::entity_action_from(choice.substr(sign + 1));
    if (!kind || !action) {
      throw base::Error(base::Fault::usage, "--text-actions: '" + choice + "' is no KIND=ACTION",
                        "for instance name=hash,date=remove; the kinds stand in efface(1)");
    }
    actions.set(*kind, *action);
  }
  return actions;
}

}  // namespace

void declare_profile_options(CLI::App& app, ProfileArguments& a) {
  app.add_option("--retain", a.retain,
                 "Options of PS3.15 that keep more (efface profile list): uids, device-identity, "
                 "institution-identity, patient-characteristics, safe-private")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::IsMember(names_behind("retain-")))
      ->type_name("LIST");
  app.add_option(
         "--clean", a.clean,
         "Options of PS3.15 that clean instead of removing: descriptors, structured-content, "
         "graphics")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::IsMember(names_behind("clean-")))
      ->type_name("LIST");
  app.add_option("--dates", a.dates,
                 "Dates: removed (Basic Profile), modified: shifted by whole weeks per patient, or "
                 "kept")
      ->check(CLI::IsMember({"removed", "modified", "kept"}))
      ->capture_default_str();
  app.add_option("--profile", a.file,
                 "JSON file that changes single rows, each with its reason (efface(1))")
      ->type_name("FILE");
}

void declare_text_actions(CLI::App& app, ProfileArguments& a) {
  app.add_option("--text-actions", a.text_actions,
                 "What is done to what is found in cleaned text: KIND=keep, remove, replace, mask "
                 "or hash, separated by commas; replace unless told (efface(1))")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("LIST");
}

deid::Profile profile_of_names(const std::string& names) {
  deid::Profile profile;
  std::istringstream list(names);
  for (std::string name; std::getline(list, name, ',');) {
    if (name == "basic") continue;
    const deid::Method* method = deid::find_method(name);
    if (method == nullptr || !method->option) {
      throw base::Error(base::Fault::usage, "no option '" + name + "' has rows in Table E.1-1",
                        "see efface profile list");
    }
    if (name == "dates-kept") {
      profile.dates = deid::Dates::kept;
    } else if (name == "dates-modified") {
      profile.dates = deid::Dates::modified;
    } else {
      profile.choose(*method->option);
    }
  }
  return profile;
}

ChosenProfile choose_profile(const ProfileArguments& a) {
  ChosenProfile chosen;
  choose("retain-", a.retain, chosen.profile);
  choose("clean-", a.clean, chosen.profile);
  chosen.text_actions = actions_of(a.text_actions);
  if (a.dates == "modified") chosen.profile.dates = deid::Dates::modified;
  if (a.dates == "kept") chosen.profile.dates = deid::Dates::kept;
  if (a.file.empty()) return chosen;
  config::ProfileFile file = config::read_profile_file(a.file);
  chosen.profile.changes = std::move(file.changes);
  chosen.file_name = std::move(file.name);
  chosen.file_sha256 = base::to_hex(batch::digest_file(a.file).sha256);
  config::check_dates(chosen.profile);
  return chosen;
}

}  // namespace efface::cmd
