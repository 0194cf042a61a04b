// Shards of a run: which studies are whose, when several tasks share the work of one run without
// talking. A study goes to a shard by a keyed hash of its patient, so that all studies of one
// patient meet. Starts no task and merges nothing: see audit/merge.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "audit/record.h"
#include "deid/pseudonyms.h"

namespace efface::batch {

struct StudyFiles;

/// One of `count` parts of a run; index from 1.
struct Shard {
  std::uint64_t index = 1, count = 1;
};

/// Folder of a shard below OUTPUT/.efface: "shard-3-of-8".
std::string folder_of(const Shard& shard);

/// Finished shards' manifests in an output directory, in order of name.
std::vector<std::filesystem::path> shard_manifests_in(const std::filesystem::path& output);

/// What says who a file is of, none to two keyed tokens: the patient ID, in which letter case and
/// everything but letters and digits do not count, so that spellings of one ID agree; and the
/// BIDS subject "sub-LABEL" of the first folder, or the file name, that bears one. Different
/// issuers of patient IDs are not told apart: more meets than must.
std::vector<std::uint64_t> subjects_of(std::string_view patient_id, std::string_view name,
                                       const deid::Pseudonyms& pseudonyms);

/// Leaves the studies of one shard. Studies that share a subject, directly or through others, are
/// one patient's; a study without a subject is a patient of its own.
void keep_shard(std::vector<StudyFiles>& studies, const Shard& shard,
                const deid::Pseudonyms& pseudonyms);

/// For the shard's manifest; `studies` are those of all shards.
audit::ShardRecord shard_record(const std::vector<StudyFiles>& studies, const Shard& shard);

}  // namespace efface::batch
