// efface manifest: what was done, afterwards. verify, show, diff and merge read manifests and
// outputs; only merge writes, one manifest.
#pragma once

#include <atomic>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace efface::cmd {

struct ManifestArguments {
  std::vector<std::string> shards;  ///< of merge: manifests, or output directories
  std::string directory;            ///< of verify
  std::string manifest;             ///< of show: a manifest, or an output directory
  std::string before, after;        ///< of diff: the same
  std::string output;               ///< of merge
  std::string public_key;
  std::string sign_key;
  bool as_json = false;
};

/// Declares `manifest` and its subcommands below `app`.
void declare_manifest_command(CLI::App& app, ManifestArguments& arguments);

/// The exit code: exit_incomplete when verify or diff found something.
int manifest_command(const CLI::App& app, const ManifestArguments& arguments,
                     const std::atomic<bool>& cancelled);

}  // namespace efface::cmd
