// One manifest from those of all shards of a run, the same as one run would have written but for
// what is said of a run's pace and device. Fails rather than make a manifest of which something is
// missing, doubled or made otherwise. Looks at no output.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "audit/manifest.h"

namespace efface::audit {

/// Merges the manifests `shards`, one of each shard in any order, into `output` (whole or not at
/// all). Members of the head must be equal, but: "device" names all devices; an option of
/// pace_options that differs reads "various"; "shard" is left out. Memory: a line of each shard.
/// Throws Error{usage} for shards that are missing, doubled, of different runs, keys, options or
/// models, or made over different inputs, and Error{bad_input | io | no_space}.
/// `before_replacing` is called when everything is proven whole, before `output` is replaced.
ManifestTotals merge_manifests(const std::vector<std::filesystem::path>& shards,
                               const std::filesystem::path& output,
                               const std::function<void()>& before_replacing);

}  // namespace efface::audit
