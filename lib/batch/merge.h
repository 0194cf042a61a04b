// The end of a run in shards: one manifest, and the tables of many subjects that no shard alone
// could finish, since their rows stay when what they name is released by any of them.
#pragma once

#include <filesystem>
#include <vector>

#include "audit/manifest.h"

namespace efface::batch {

/// Merges the manifests `shards` into `manifest` (audit/merge.h) and writes the tables that wait
/// beside them, each into the output directory of its shard. Everything is proven whole first; then
/// tables and, last, the manifest appear by rename, and its signature goes. May be called again.
/// Throws as merge_manifests does, and Error{usage} when a waiting table is not there.
audit::ManifestTotals merge_shards(const std::vector<std::filesystem::path>& shards,
                                   const std::filesystem::path& manifest);

}  // namespace efface::batch
