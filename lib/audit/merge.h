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
#include "audit/record.h"

namespace efface::audit {

using Complete = std::function<void(InputRecord&, const std::filesystem::path& shard)>;

/// Merges the manifests `shards`, one of each shard in any order, into `output` (whole or not at
/// all). Members of the head must be equal, but: "device" names all devices; an option of
/// pace_options that differs reads "various"; "shard" is left out. Memory: a line of each shard.
/// Throws Error{usage} for shards that are missing, doubled, of different runs, keys, options or
/// models, or made over different inputs, and Error{bad_input | io | no_space}.
/// `complete` gets every record that awaits the merge, with the manifest that it is of, and makes
/// it what one run would have written. `before_replacing` is called when everything is proven
/// whole, before `output` is replaced.
ManifestTotals merge_manifests(const std::vector<std::filesystem::path>& shards,
                               const std::filesystem::path& output, const Complete& complete,
                               const std::function<void()>& before_replacing);

/// Every input of a manifest, in its order. Throws Error{bad_input | io}.
void for_each_input(const std::filesystem::path& manifest,
                    const std::function<void(const InputRecord&)>& visit);

}  // namespace efface::audit
