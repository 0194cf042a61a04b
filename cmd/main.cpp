// efface: one function a subcommand, one place where errors become messages and exit codes.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <new>

#include "audit/manifest.h"
#include "base/error.h"
#include "batch/run.h"
#include "batch/walk.h"
#include "cmd/check_command.h"
#include "cmd/completion.h"
#include "cmd/doctor_command.h"
#include "cmd/exit_codes.h"
#include "cmd/manifest_command.h"
#include "cmd/observers.h"
#include "cmd/options.h"
#include "cmd/profile_command.h"
#include "cmd/resolve.h"
#include "cmd/restore_command.h"
#include "cmd/summary.h"
#include "config/key_file.h"
#include "crypto_openssl/crypto.h"
#include "findings/report.h"

namespace efface::cmd {
namespace {

std::atomic<bool> cancelled{false};
constexpr unsigned seconds_to_end = 5;

void catch_signals() {
  struct sigaction action {};
  action.sa_handler = [](int) { cancelled.store(true); };
  action.sa_flags = static_cast<int>(SA_RESETHAND);  // a second signal ends the program at once
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

/// Preemption leaves little time: what does not stop by itself within seconds (a network that looks
/// at a large volume) is abandoned. Nothing is lost by it: a run may be killed at any moment. A
/// second SIGINT ends at once; a second SIGTERM, of which Slurm sends several, changes nothing.
void end_soon_after_signals() {
  struct sigaction on_alarm {};
  on_alarm.sa_handler = [](int) { ::_exit(exit_interrupted); };
  sigaction(SIGALRM, &on_alarm, nullptr);
  struct sigaction on_end {};
  on_end.sa_handler = [](int) {
    if (!cancelled.exchange(true)) ::alarm(seconds_to_end);
  };
  sigaction(SIGTERM, &on_end, nullptr);
  on_end.sa_flags = static_cast<int>(SA_RESETHAND);
  sigaction(SIGINT, &on_end, nullptr);
}

int exit_code_of(const base::Error& error) {
  switch (error.fault()) {
    case base::Fault::usage:
      return exit_usage;
    case base::Fault::cancelled:
      return exit_interrupted;
    default:
      return exit_failed;
  }
}

void warn_of_options(const batch::RunOptions& options, const RunArguments& arguments,
                     batch::Observer& observer) {
  if (options.dry_run) return;
  if (options.key_is_random && !arguments.quiet) {
    observer.message(
        "no --key given: pseudonyms of this run cannot be repeated, nor the run resumed");
  }
  if (!options.maps.empty()) {
    fmt::print(stderr,
               "efface: warning: --export-maps writes old and new identifiers: they identify "
               "patients; never release them\n");
  }
  if (options.recipient && !arguments.quiet) {
    observer.message(
        "--encrypt-attributes: outputs hold the originals of their attributes; who has the private "
        "key can identify patients");
  }
}

int run_with(const batch::RunOptions& options, const RunArguments& arguments,
             const LoadedModel& model, batch::Observer& observer) {
  burned_in::ReaderPool text_readers = make_text_readers();
  const batch::RunResult result = batch::run(options, model.networks(), text_readers, observer);
  if (options.dry_run) return exit_ok;
  if (!arguments.quiet) {
    const std::string place = options.shard
                                  ? ".efface/" + batch::folder_of(*options.shard) + "/manifest.json"
                                  : "manifest.json";
    observer.message(fmt::format("{} files: {} written, {} withheld, {} failed; see {}",
                                 result.totals.inputs, result.totals.written,
                                 result.totals.withheld, result.totals.failed, place));
  }
  return result.is_complete() ? exit_ok : exit_incomplete;
}

int run_command(const RunArguments& arguments) {
  catch_signals();
  end_soon_after_signals();
  batch::RunOptions options = resolve(arguments);
  options.cancelled = &cancelled;
  const auto observer = make_observer(arguments);
  warn_of_options(options, arguments, *observer);
  const LoadedModel model = make_model(
      {arguments.model, arguments.device, options.jobs, static_cast<std::size_t>(arguments.batch)});
  if (arguments.summary.empty()) return run_with(options, arguments, model, *observer);

  Summary summary(*observer);
  const std::filesystem::path file = summary_path(arguments.summary, options.shard);
  batch::refuse_overlap(options.inputs, options.output, file, "summary");
  int code = exit_failed;
  try {
    code = run_with(options, arguments, model, summary);
  } catch (const base::Error& error) {
    summary.write(file, options.shard, exit_code_of(error), model.work());
    throw;
  }
  summary.write(file, options.shard, code, model.work());
  return code;
}

int restore_files(const RestoreArguments& arguments) {
  catch_signals();
  return restore_command(arguments, cancelled);
}

int manifest_files(const CLI::App& app, const ManifestArguments& arguments) {
  catch_signals();
  return manifest_command(app, arguments, cancelled);
}

int check_files(const CheckArguments& arguments) {
  catch_signals();
  end_soon_after_signals();
  return check_command(arguments, cancelled);
}

int schema_command(const std::string& of) {
  const std::string_view schema =
      of == "findings" ? findings::findings_schema() : audit::manifest_schema();
  std::fwrite(schema.data(), 1, schema.size(), stdout);
  return exit_ok;
}

int key_command(const std::string& file) {
  config::write_key_file(file, crypto_openssl::random_key());
  return exit_ok;
}

int version_command() {
  fmt::print("efface {}\n", EFFACE_VERSION);
  for (const auto& [name, version] : library_versions(true)) fmt::print("{} {}\n", name, version);
  fmt::print("device {}\n", default_device());
  return exit_ok;
}

int dispatch(const CLI::App& app, const Arguments& arguments) {
  if (app.count("--version") > 0) return version_command();
  if (app.got_subcommand("run")) return run_command(arguments.run);
  if (app.got_subcommand("check")) return check_files(arguments.check);
  if (app.got_subcommand("profile")) return profile_command(app, arguments.profile);
  if (app.got_subcommand("restore")) return restore_files(arguments.restore);
  if (app.got_subcommand("manifest")) return manifest_files(app, arguments.manifest);
  if (app.got_subcommand("doctor")) return doctor_command(arguments.doctor);
  if (app.got_subcommand("key")) return key_command(arguments.new_key_file);
  if (app.got_subcommand("schema")) return schema_command(arguments.schema);
  if (app.got_subcommand("completion")) {
    fmt::print("{}", completion_script(app, arguments.completion_shell));
    return exit_ok;
  }
  fmt::print(stderr, "{}", app.help());
  return exit_usage;
}

int report(const base::Error& error) {
  fmt::print(stderr, "efface: {}\n", error.what());
  if (!error.hint().empty()) fmt::print(stderr, "efface: hint: {}\n", error.hint());
  return exit_code_of(error);
}

/// LibTorch's threads sleep between their loops instead of spinning on cores that other jobs need:
/// libgomp, which is loaded with the networks, reads this once. A user's own setting stands.
void let_idle_threads_sleep() {
  ::setenv("OMP_WAIT_POLICY", "passive", 0);
}

int main_of(int argc, char** argv) {
  CLI::App app{"efface removes people from medical images: identifying DICOM attributes and faces.",
               "efface"};
  Arguments arguments;
  declare(app, arguments);
  try {
    app.parse(argc, argv);
    return dispatch(app, arguments);
  } catch (const CLI::Success& help) {
    return app.exit(help);
  } catch (const CLI::ParseError& error) {
    app.exit(error);
    return exit_usage;
  } catch (const base::Error& error) {
    return report(error);
  } catch (const std::bad_alloc&) {
    return report(base::Error(base::Fault::resource, "out of memory", "use fewer --jobs"));
  } catch (const std::exception&) {
    // Foreign messages can hold values: they are not repeated.
    return report(base::Error(base::Fault::internal, "unexpected internal error"));
  }
}

}  // namespace
}  // namespace efface::cmd

int main(int argc, char** argv) {
  efface::cmd::let_idle_threads_sleep();
  return efface::cmd::main_of(argc, argv);
}
