// Manifests for readers: their heads and totals, and what differs between two of them.
#pragma once

#include <filesystem>

namespace efface::cmd {

/// Prints head and totals of a manifest; with `as_json` as one JSON object. Returns the exit code.
int show_manifest(const std::filesystem::path& manifest, bool as_json);

/// Prints what differs, a line each; exit_incomplete when something does.
int diff_manifests(const std::filesystem::path& before, const std::filesystem::path& after,
                   bool as_json);

}  // namespace efface::cmd
