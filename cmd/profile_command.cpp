#include "cmd/profile_command.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <tuple>
#include <vector>

#include "cmd/exit_codes.h"
#include "cmd/profile_statement.h"
#include "deid/option.h"
#include "deid/profile_rows.h"

namespace efface::cmd {

namespace {

using Json = nlohmann::ordered_json;
using deid::ProfileRow;

void print(const Json& json) {
  fmt::print("{}\n", json.dump(1));
}

std::string how_to_choose(const deid::Method& method) {
  const std::string name(method.name);
  if (name == "basic") return "always";
  if (name == "clean-visual-features") return "always, where a face was removed or is absent";
  if (name == "clean-pixel-data") return "always, where pixels were read (--pixels clean)";
  if (!method.option) return "";
  const std::size_t hyphen = name.find('-');
  return "--" + name.substr(0, hyphen) + " " + name.substr(hyphen + 1);
}

std::size_t rows_with(deid::Option option) {
  std::size_t count = 0;
  for (const deid::TableRow& row : deid::table()) {
    if (row.options[static_cast<std::size_t>(option)] != deid::Code::none) ++count;
  }
  return count;
}

int list(bool as_json) {
  Json all = Json::array();
  if (!as_json) fmt::print("{:<32}{:<8}{:>5}  {}\n", "name", "code", "rows", "chosen by");
  for (const deid::Method& method : deid::methods()) {
    const std::string chosen = how_to_choose(method);
    if (chosen.empty()) continue;
    const std::size_t rows = method.option ? rows_with(*method.option) : 0;
    if (as_json) {
      all.push_back({{"name", method.name},
                     {"code", method.code},
                     {"meaning", method.meaning},
                     {"rows", rows},
                     {"chosen_by", chosen}});
    } else {
      fmt::print("{:<32}{:<8}{:>5}  {}\n", method.name, method.code,
                 rows == 0 ? "" : std::to_string(rows), chosen);
    }
  }
  if (as_json) print(all);
  return exit_ok;
}

Json to_json(const ProfileRow& row) {
  Json json{{"tag", row.tag}};
  if (!row.private_creator.empty()) json["private_creator"] = row.private_creator;
  if (!row.name.empty()) json["name"] = row.name;
  json["basic"] = to_string(row.basic);
  json["code"] = to_string(row.code);
  json["means"] = in_words(row.code);
  json["reason"] = row.reason;
  return json;
}

std::string name_of(const ProfileRow& row) {
  if (row.private_creator.empty()) return row.name;
  return row.private_creator + (row.name.empty() ? "" : ": " + row.name);
}

int show(const deid::Profile& profile, bool as_json) {
  Json all = Json::array();
  for (const ProfileRow& row : deid::profile_rows(profile)) {
    if (as_json) {
      all.push_back(to_json(row));
    } else {
      fmt::print("{} {:<6}{:<28}{}  ({})\n", row.tag, to_string(row.code), in_words(row.code),
                 name_of(row), row.reason);
    }
  }
  if (as_json) print(all);
  return exit_ok;
}

using RowKey = std::tuple<std::string, std::string>;

std::map<RowKey, ProfileRow> by_key(const deid::Profile& profile) {
  std::map<RowKey, ProfileRow> rows;
  for (ProfileRow& row : deid::profile_rows(profile)) {
    rows.emplace(RowKey(row.private_creator, row.tag), std::move(row));
  }
  return rows;
}

/// A row that one side alone has: the other follows the Basic Profile there.
ProfileRow as_basic(const ProfileRow& row) {
  ProfileRow other = row;
  other.code = row.basic;
  other.reason = "Basic Profile";
  return other;
}

int diff(const deid::Profile& before, const deid::Profile& after, bool as_json) {
  std::map<RowKey, ProfileRow> old = by_key(before), now = by_key(after);
  for (const auto& [key, row] : now) old.try_emplace(key, as_basic(row));
  for (const auto& [key, row] : old) now.try_emplace(key, as_basic(row));
  Json all = Json::array();
  for (const auto& [key, row] : now) {
    const ProfileRow& other = old.at(key);
    if (other.code == row.code) continue;
    if (as_json) {
      Json json = to_json(row);
      json["before"] = to_string(other.code);
      json["reason_before"] = other.reason;
      all.push_back(std::move(json));
    } else {
      fmt::print("{} {:>5} -> {:<6}{}  ({})\n", row.tag, to_string(other.code), to_string(row.code),
                 name_of(row), row.reason);
    }
  }
  if (as_json) print(all);
  return exit_ok;
}

}  // namespace

void declare_profile_command(CLI::App& app, ProfileCommandArguments& a) {
  CLI::App* profile =
      app.add_subcommand("profile", "What the options of PS3.15 do to attributes, row by row");
  profile->require_subcommand(1);
  CLI::App* list = profile->add_subcommand("list", "The options that can be chosen");
  CLI::App* show = profile->add_subcommand("show", "Every row under a choice, with its reason");
  CLI::App* diff = profile->add_subcommand("diff", "The rows in which two choices differ");
  CLI::App* conformance = profile->add_subcommand(
      "conformance", "The conformance statement that PS3.2 and PS3.15 ask for, as Markdown");
  declare_profile_options(*show, a.choice);
  declare_profile_options(*conformance, a.choice);
  diff->add_option("BEFORE", a.before, "Names of profile list, separated by commas, or basic")
      ->required();
  diff->add_option("AFTER", a.after, "The same")->required();
  for (CLI::App* command : {list, show, diff}) {
    command->add_flag("--json", a.as_json, "JSON instead of text");
  }
}

int profile_command(const CLI::App& app, const ProfileCommandArguments& a) {
  const CLI::App* profile = app.get_subcommand("profile");
  if (profile->got_subcommand("list")) return list(a.as_json);
  if (profile->got_subcommand("diff")) {
    return diff(profile_of_names(a.before), profile_of_names(a.after), a.as_json);
  }
  const ChosenProfile chosen = choose_profile(a.choice);
  if (profile->got_subcommand("show")) return show(chosen.profile, a.as_json);
  fmt::print("{}", conformance_statement(chosen));
  return exit_ok;
}

}  // namespace efface::cmd
