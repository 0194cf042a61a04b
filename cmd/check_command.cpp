#include "cmd/check_command.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <thread>

#include "base/error.h"
#include "base/file.h"
#include "batch/check.h"
#include "batch/observer.h"
#include "cmd/exit_codes.h"
#include "cmd/resolve.h"
#include "findings/baseline.h"
#include "findings/report.h"

namespace efface::cmd {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t most_baseline_bytes = 256U << 20U;

void print_rules() {
  for (const findings::Rule& rule : findings::rules()) {
    fmt::print("{:32} {:8} {}\n", rule.id, findings::to_string(rule.severity), rule.summary);
  }
}

/// A report or a baseline inside the data set would be part of it at the next check.
void refuse_inside(const std::string& file, const std::vector<std::string>& inputs,
                   const char* option) {
  if (file.empty()) return;
  const fs::path folder = fs::weakly_canonical(fs::absolute(file).parent_path());
  for (const std::string& input : inputs) {
    if (!fs::is_directory(input)) continue;
    const fs::path relative = folder.lexically_relative(fs::canonical(input));
    if (!relative.empty() && *relative.begin() != "..") {
      throw base::Error(base::Fault::usage,
                        fmt::format("{} '{}' lies in the data set", option, file),
                        "efface check writes nothing there: name a file elsewhere");
    }
  }
}

std::string text_of(const findings::Report& report, const std::string& format) {
  if (format == "json") return findings::json_report(report);
  if (format == "junit") return findings::junit_report(report);
  if (format == "sarif") return findings::sarif_report(report);
  return findings::text_report(report);
}

batch::CheckOptions options_of(const CheckArguments& a, const std::atomic<bool>& cancelled) {
  batch::CheckOptions options;
  options.inputs.assign(a.inputs.begin(), a.inputs.end());
  options.profile = choose_profile(a.profile).profile;
  options.reads_pixels = a.pixels == "read";
  options.looks_for_faces = a.faces == "look";
  options.follow_links = a.follow_links;
  options.jobs = a.jobs > 0 ? static_cast<std::size_t>(a.jobs)
                            : std::max(1U, std::thread::hardware_concurrency());
  options.cancelled = &cancelled;
  return options;
}

void declare_reports(CLI::App& check, CheckArguments& a) {
  check.add_option("--format", a.format, "What the report is written as")
      ->check(CLI::IsMember({"text", "json", "junit", "sarif"}))
      ->capture_default_str();
  check.add_option("-o,--output", a.output, "Write the report to FILE, not to standard output")
      ->type_name("FILE");
  check
      .add_option("--fail-on", a.fail_on,
                  "Findings that fail the check: error, warning, note, rules or their first words "
                  "(--list-rules), or none; error,warning unless told")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("LIST");
  check
      .add_option("--baseline", a.baseline,
                  "Findings that are known: left out and counted (--write-baseline)")
      ->type_name("FILE");
  check.add_option("--write-baseline", a.new_baseline, "Write all findings to FILE as known ones")
      ->type_name("FILE");
  check.add_flag("--list-rules", a.lists_rules, "Print the kinds of findings and end");
}

}  // namespace

void declare_check_command(CLI::App& app, CheckArguments& a) {
  CLI::App* check = app.add_subcommand(
      "check", "Look for what identifies in a data set that any tool made; writes nothing into it");
  check->fallthrough();  // so that --config may stand anywhere
  check->add_option("INPUT", a.inputs, "Files and directories to check; directories are walked");
  check->add_flag("--follow-links", a.follow_links, "Follow symbolic links found while walking");
  declare_profile_options(*check, a.profile);
  declare_reports(*check, a);
  check->add_option("--pixels", a.pixels, "Images that may hold burned-in text: read them or not")
      ->check(CLI::IsMember({"read", "skip"}))
      ->capture_default_str();
  check->add_option("--faces", a.faces, "Look for faces in MR, CT and PET volumes or not")
      ->check(CLI::IsMember({"look", "skip"}))
      ->capture_default_str();
  check->add_option("--device", a.device, "Where the model runs: auto, cpu, cuda or cuda:N")
      ->type_name("DEVICE")
      ->capture_default_str();
  check->add_option("--model", a.model, "Model card instead of the built-in one")
      ->type_name("CARD");
  check->add_option("-j,--jobs", a.jobs, "Threads; 0 = one a processor")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  check->footer(
      "Exit codes: 0 nothing that fails the check; 1 the check failed; 2 usage; 3 findings; 130 "
      "interrupted.");
}

int check_command(const CheckArguments& a, const std::atomic<bool>& cancelled) {
  if (a.lists_rules) {
    print_rules();
    return exit_ok;
  }
  if (a.inputs.empty()) {
    throw base::Error(base::Fault::usage, "no input given", "efface check DIR");
  }
  refuse_inside(a.output, a.inputs, "--output");
  refuse_inside(a.new_baseline, a.inputs, "--write-baseline");
  findings::Report report;
  report.tool_version = EFFACE_VERSION;
  if (!a.fail_on.empty()) report.fail_on = findings::FailOn(a.fail_on);
  findings::Baseline baseline;
  if (!a.baseline.empty()) {
    baseline = findings::Baseline(base::read_text_file(a.baseline, most_baseline_bytes));
  }
  const batch::CheckOptions options = options_of(a, cancelled);
  const LoadedModel model = make_model({a.model, a.device, options.jobs, 1});
  burned_in::ReaderPool text_readers = make_text_readers();
  batch::Observer silent;
  batch::CheckResult result = batch::check(options, model.networks(), text_readers, silent);

  if (!a.new_baseline.empty()) {
    base::write_atomically(a.new_baseline, findings::baseline_text(result.findings));
  }
  report.files = std::move(result.files);
  for (findings::Finding& finding : result.findings) {
    if (baseline.knows(finding)) {
      ++report.known;
    } else {
      report.findings.push_back(std::move(finding));
    }
  }
  const std::string text = text_of(report, a.format);
  if (a.output.empty()) {
    std::fwrite(text.data(), 1, text.size(), stdout);
  } else {
    base::write_atomically(a.output, text);
  }
  return report.failing() == 0 ? exit_ok : exit_incomplete;
}

}  // namespace efface::cmd
