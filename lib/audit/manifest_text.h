// How records read in the manifest (manifest.schema.json): each as one line of JSON.
#pragma once

#include <map>
#include <string>

#include "audit/json_text.h"
#include "audit/record.h"

namespace efface::audit {

/// {"remove":3,…}: actions that did not occur are left out.
void write_actions(JsonText& json, const std::map<std::string, ActionCounts>& actions);

/// {"eyes":…,"nose":…,"mouth":…,"ears":…}
void write_features(JsonText& json, const std::array<std::uint64_t, face::feature_count>& voxels);

void write_counts(JsonText& json, const std::map<std::string, std::uint64_t>& counts);

/// Volumes and inputs of a study in the order of the manifest: by token, then by content, so that
/// the order in which they were found does not matter.
std::vector<std::string> volume_lines(const StudyRecord& study);
std::vector<std::string> input_lines(const StudyRecord& study);

/// The members of the manifest before "totals", without braces; device and shard
/// only when asked for.
std::string header_members(const RunHeader& header, bool with_device, const char* separator);

}  // namespace efface::audit
