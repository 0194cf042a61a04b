#include "cmd/completion.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

namespace efface::cmd {

namespace {

std::string option_words(const CLI::App& app) {
  std::string words;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) words += "--" + name + " ";
    for (const std::string& name : option->get_snames()) words += "-" + name + " ";
  }
  return words;
}

std::string subcommand_words(const CLI::App& app) {
  std::string words;
  for (const CLI::App* sub : app.get_subcommands({})) words += sub->get_name() + " ";
  return words;
}

std::string bash(const CLI::App& app) {
  std::string cases;
  for (const CLI::App* sub : app.get_subcommands({})) {
    cases += fmt::format("    {}) words=\"{}{}\" ;;\n", sub->get_name(), subcommand_words(*sub),
                         option_words(*sub));
  }
  return fmt::format(
      "_efface() {{\n"
      "  local current=${{COMP_WORDS[COMP_CWORD]}} words=\"{}{}\"\n"
      "  case ${{COMP_WORDS[1]-}} in\n{}  esac\n"
      "  [[ $COMP_CWORD == 1 ]] && words=\"{}{}\"\n"
      "  COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
      "  [[ $current == -* ]] || COMPREPLY+=($(compgen -f -- \"$current\"))\n"
      "}}\n"
      "complete -o filenames -F _efface efface\n",
      subcommand_words(app), option_words(app), cases, subcommand_words(app), option_words(app));
}

std::string quoted(std::string text) {
  std::string safe;
  for (const char c : text) safe += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return "'" + safe + "'";
}

std::string fish(const CLI::App& app) {
  std::string script = "complete -c efface -n __fish_use_subcommand -f\n";
  for (const CLI::App* sub : app.get_subcommands({})) {
    script += fmt::format("complete -c efface -n __fish_use_subcommand -a {} -d {}\n",
                          sub->get_name(), quoted(sub->get_description()));
    for (const CLI::Option* option : sub->get_options()) {
      std::string names;
      for (const std::string& name : option->get_lnames()) names += " -l " + name;
      for (const std::string& name : option->get_snames()) names += " -s " + name;
      if (names.empty()) continue;
      script += fmt::format("complete -c efface -n '__fish_seen_subcommand_from {}'{} -d {}\n",
                            sub->get_name(), names, quoted(option->get_description()));
    }
  }
  return script;
}

}  // namespace

std::string completion_script(const CLI::App& app, const std::string& shell) {
  if (shell == "fish") return fish(app);
  const std::string script = bash(app);
  return shell == "zsh" ? "#compdef efface\nautoload -U +X bashcompinit && bashcompinit\n" + script
                        : script;
}

}  // namespace efface::cmd
