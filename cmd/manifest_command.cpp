#include "cmd/manifest_command.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "batch/merge.h"
#include "batch/shard.h"
#include "batch/sign.h"
#include "batch/verify.h"
#include "cmd/exit_codes.h"
#include "cmd/manifest_show.h"
#include "crypto_openssl/signature.h"

namespace efface::cmd {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

fs::path manifest_at(const fs::path& named) {
  return fs::is_directory(named) ? named / "manifest.json" : named;
}

/// Names may hold control characters; a line is a finding.
std::string on_one_line(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
  }
  return text;
}

int verify(const ManifestArguments& a, const std::atomic<bool>& cancelled) {
  std::unique_ptr<crypto_openssl::PublicKey> key;
  if (!a.public_key.empty()) key = std::make_unique<crypto_openssl::PublicKey>(a.public_key);
  Json findings = Json::array();
  const batch::VerifyResult result = batch::verify_outputs(
      a.directory, key.get(), cancelled, [&](const batch::VerifyFinding& finding) {
        if (a.as_json) {
          findings.push_back({{"kind", finding.kind}, {"path", finding.path}});
        } else {
          fmt::print("{} {}\n", finding.kind, on_one_line(finding.path));
        }
      });
  if (a.as_json) {
    const Json json{{"outputs", result.outputs},
                    {"bytes", result.bytes},
                    {"signature", key ? "asked for" : "not asked for"},
                    {"findings", findings}};
    fmt::print("{}\n", json.dump(1, ' ', false, Json::error_handler_t::replace));
  } else {
    fmt::print(stderr, "efface: {} outputs, {} findings{}\n", result.outputs, result.findings,
               key ? "" : "; signature not asked for (--public-key)");
  }
  return result.findings == 0 ? exit_ok : exit_incomplete;
}

/// Manifests of shards as they are named, or all that lie in an output directory.
std::vector<fs::path> shard_manifests(const std::vector<std::string>& named) {
  std::vector<fs::path> manifests;
  for (const std::string& name : named) {
    if (!fs::is_directory(name)) {
      manifests.emplace_back(name);
      continue;
    }
    const std::vector<fs::path> found = batch::shard_manifests_in(name);
    if (found.empty()) {
      throw base::Error(base::Fault::usage, "no finished shard in '" + name + "'",
                        "run efface run --shard I/N with this output directory first");
    }
    manifests.insert(manifests.end(), found.begin(), found.end());
  }
  return manifests;
}

int merge(const ManifestArguments& a) {
  std::unique_ptr<crypto_openssl::SigningKey> key;
  if (!a.sign_key.empty()) key = std::make_unique<crypto_openssl::SigningKey>(a.sign_key);
  const fs::path output = manifest_at(a.output);
  const std::vector<fs::path> shards = shard_manifests(a.shards);
  const audit::ManifestTotals totals = batch::merge_shards(shards, output);
  if (key) batch::sign_manifest(output, *key);
  fmt::print(stderr, "efface: {} shards merged: {} files: {} written, {} withheld, {} failed\n",
             shards.size(), totals.inputs, totals.written, totals.withheld, totals.failed);
  return exit_ok;
}

}  // namespace

void declare_manifest_command(CLI::App& app, ManifestArguments& a) {
  CLI::App* manifest = app.add_subcommand("manifest", "What runs have done, afterwards");
  manifest->require_subcommand(1);
  CLI::App* verify = manifest->add_subcommand(
      "verify", "Check outputs against their manifest: all there, unchanged, nothing extra");
  verify->add_option("DIR", a.directory, "Output directory of efface run")->required();
  verify
      ->add_option("--public-key", a.public_key,
                   "Public Ed25519 key (PEM): the manifest must be signed by its private key")
      ->type_name("FILE");
  verify->footer("Exit codes: 0 nothing found; 1 the command failed; 2 usage; 3 findings.");
  CLI::App* show = manifest->add_subcommand("show", "Print head and totals of a manifest");
  show->add_option("MANIFEST", a.manifest, "A manifest, or an output directory")->required();
  CLI::App* diff = manifest->add_subcommand("diff", "Print what differs between two manifests");
  diff->add_option("BEFORE", a.before, "A manifest, or an output directory")->required();
  diff->add_option("AFTER", a.after, "The same")->required();
  diff->footer("Exit codes: 0 no difference; 1 the command failed; 2 usage; 3 differences.");
  for (CLI::App* command : {verify, show, diff}) {
    command->add_flag("--json", a.as_json, "JSON instead of text");
  }
  CLI::App* merge = manifest->add_subcommand(
      "merge", "Make one manifest of those of all shards of a run (efface run --shard)");
  merge
      ->add_option("SHARD", a.shards,
                   "Manifests of shards, or output directories with all their finished shards")
      ->required();
  merge->add_option("-o,--output", a.output, "The manifest to write, or its directory")
      ->type_name("FILE")
      ->required();
  merge->add_option("--sign-key", a.sign_key, "Private Ed25519 key (PEM): sign the manifest")
      ->type_name("FILE");
}

int manifest_command(const CLI::App& app, const ManifestArguments& a,
                     const std::atomic<bool>& cancelled) {
  const CLI::App* manifest = app.get_subcommand("manifest");
  if (manifest->got_subcommand("verify")) return verify(a, cancelled);
  if (manifest->got_subcommand("show")) return show_manifest(manifest_at(a.manifest), a.as_json);
  if (manifest->got_subcommand("diff")) {
    return diff_manifests(manifest_at(a.before), manifest_at(a.after), a.as_json);
  }
  return merge(a);
}

}  // namespace efface::cmd
