#include "cmd/options.h"

#include <CLI/CLI.hpp>

#include "cmd/config_file.h"

namespace efface::cmd {

namespace {

void declare_inputs(CLI::App& run, RunArguments& a) {
  run.add_option("INPUT", a.inputs, "Files and directories to de-identify; directories are walked");
  run.add_option("--files-from", a.files_from,
                 "Read more inputs from FILE, one path a line; - is standard input")
      ->type_name("FILE");
  run.add_flag(
      "--follow-links", a.follow_links,
      "Follow symbolic links found while walking (they are recorded and skipped otherwise)");
}

void declare_outputs(CLI::App& run, RunArguments& a) {
  run.add_option("-o,--output", a.output,
                 "Directory for clean files and manifest.json; new, or one of an interrupted run")
      ->type_name("DIR");
  run.add_option("--qc", a.qc,
                 "Directory for pictures of what is written, and index.html over them; never of an "
                 "original face")
      ->type_name("DIR");
  run.add_option("--export-maps", a.maps,
                 "Directory for uid_map.csv and patid_map.csv: old and new identifiers, which "
                 "identify patients; off by default")
      ->type_name("DIR");
  run.add_option("--sign-key", a.sign_key,
                 "Private Ed25519 key (PEM): sign the manifest, in manifest.json.sig beside it")
      ->type_name("FILE");
  run.add_option(
         "--summary", a.summary,
         "File for what the run came to, written at its end: Prometheus' text format when it "
         "ends in .prom, JSON otherwise; a shard puts its own name into it")
      ->type_name("FILE");
  run.add_option("--names", a.names,
                 "Output names: keyed pseudonyms, or keep the input's (which may carry names)")
      ->check(CLI::IsMember({"keyed", "keep"}))
      ->capture_default_str();
  run.add_flag("--relabel", a.relabel,
               "Replace subject labels of BIDS (sub-LABEL) in names, tables and sidecars; needs "
               "--names keep");
  run.add_flag("--record-paths", a.record_paths, "Write input paths into the manifest");
  run.add_flag("-n,--dry-run", a.dry_run,
               "Print the plan of every study as a line of JSON and write nothing");
}

void declare_choices(CLI::App& run, RunArguments& a) {
  run.add_option(
         "--key", a.key,
         "Project key file (efface key new): makes pseudonyms repeatable. Without it a random "
         "key serves this run alone, which then cannot be resumed")
      ->type_name("FILE");
  declare_profile_options(run, a.profile);
  declare_text_actions(run, a.profile);
  run.add_option("--encrypt-attributes", a.certificate,
                 "Keep the originals of removed and changed attributes inside every DICOM output, "
                 "encrypted for the holder of this certificate (efface restore); off by default")
      ->type_name("CERT");
  run.add_option("--features", a.features, "Parts of the face to remove")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::IsMember({"eyes", "nose", "mouth", "ears"}))
      ->type_name("LIST")
      ->default_str("eyes,nose,mouth,ears");
  run.add_option("--extent", a.extent,
                 "How much of a face to remove: its features, or the whole facial surface from "
                 "brow to chin")
      ->check(CLI::IsMember({"features", "face"}))
      ->capture_default_str();
  run.add_option("--fill", a.fill,
                 "What takes a face's place: noise from the image's own background, or a constant")
      ->check(CLI::IsMember({"noise", "constant"}))
      ->capture_default_str();
  run.add_option("--pixels", a.pixels,
                 "Images that may hold burned-in text: clean (read every frame and blank it), "
                 "withhold them, or keep them as they are")
      ->check(CLI::IsMember({"keep", "clean", "withhold"}))
      ->capture_default_str();
  run.add_option("--device-rules", a.device_rules,
                 "Known places of burned-in text by device (JSON), beside the built-in ones")
      ->type_name("FILE");
}

void declare_machine(CLI::App& run, RunArguments& a) {
  run.add_option("--device", a.device,
                 "Where the model runs: auto (CUDA if it works, else CPU), cpu, cuda or cuda:N")
      ->type_name("DEVICE")
      ->capture_default_str();
  run.add_option("--model", a.model,
                 "Model card (JSON beside its weights) instead of the built-in one")
      ->type_name("CARD");
  run.add_option(
         "--shard", a.shard,
         "Do the I-th of N parts of the run, by patient; auto takes them from Slurm's array "
         "task. Needs --key. efface manifest merge joins the manifests")
      ->type_name("I/N");
  run.add_option("-j,--jobs", a.jobs, "Threads; 0 = one a processor")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  run.add_option("--batch", a.batch,
                 "Volumes of one size, waiting at the same time, that a network may be shown "
                 "together; for CUDA: on the CPU more than one are slower")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  run.add_option("--progress", a.progress,
                 "auto (status line on a terminal, plain lines otherwise), plain, json or none")
      ->check(CLI::IsMember({"auto", "plain", "json", "none"}))
      ->capture_default_str();
  run.add_flag("-q,--quiet", a.quiet, "Errors only");
  run.add_flag("-v,--verbose", a.verbose, "A line for each file that is withheld or failed");
}

void declare_restore(CLI::App& app, RestoreArguments& a) {
  CLI::App* restore = app.add_subcommand(
      "restore",
      "Put originals back into files of efface run --encrypt-attributes; faces stay removed");
  restore->add_option("INPUT", a.inputs, "De-identified files and directories")->required();
  restore->add_option("--private-key", a.private_key, "Private RSA key (PEM) of the certificate")
      ->type_name("FILE")
      ->required();
  restore
      ->add_option("--passphrase-file", a.passphrase_file,
                   "Its first line opens the private key; asked for on the terminal otherwise")
      ->type_name("FILE");
  restore
      ->add_option("-o,--output", a.output,
                   "Directory for the restored files, readable by you alone")
      ->type_name("DIR")
      ->required();
  restore->footer(
      "Exit codes: 0 everything restored; 1 the command failed; 2 usage; 3 finished, but a file "
      "was not restored; 130 interrupted.");
}

}  // namespace

void declare(CLI::App& app, Arguments& arguments) {
  app.require_subcommand(0, 1);
  app.add_flag("--version")
      ->description("Show the versions of efface and its libraries, and the device");
  app.set_help_flag("-h,--help", "Show this help");
  app.set_config("--config", "", "Read options from a TOML or JSON file (names without dashes)")
      ->type_name("FILE");
  app.config_formatter(std::make_shared<ConfigFile>());
  app.allow_config_extras(CLI::config_extras_mode::error);

  CLI::App* run = app.add_subcommand(
      "run",
      "De-identify files and directories: attributes by DICOM PS3.15, and faces in MR, CT, PET");
  run->fallthrough();  // so that --config may stand anywhere
  declare_inputs(*run, arguments.run);
  declare_outputs(*run, arguments.run);
  declare_choices(*run, arguments.run);
  declare_machine(*run, arguments.run);
  run->footer(
      "Exit codes: 0 everything written; 1 the run failed; 2 usage; 3 finished, but something "
      "was withheld or failed; 130 interrupted.\n"
      "What is not proven clean is withheld, with its reason in OUTPUT/manifest.json.");

  declare_check_command(app, arguments.check);
  declare_profile_command(app, arguments.profile);
  declare_restore(app, arguments.restore);
  declare_manifest_command(app, arguments.manifest);
  declare_doctor_command(app, arguments.doctor);

  CLI::App* key = app.add_subcommand("key", "Project keys");
  key->require_subcommand(1);
  key->add_subcommand("new", "Make a key file, readable by you alone")
      ->add_option("FILE", arguments.new_key_file, "Where to write it; never overwritten")
      ->required();

  app.add_subcommand("schema", "Print the JSON Schema of manifest.json, or of efface check's")
      ->add_option("OF", arguments.schema, "manifest or findings")
      ->check(CLI::IsMember({"manifest", "findings"}))
      ->capture_default_str();
  app.add_subcommand("completion", "Print a completion script for a shell")
      ->add_option("SHELL", arguments.completion_shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
}

}  // namespace efface::cmd
