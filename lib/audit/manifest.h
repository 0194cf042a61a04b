// manifest.json: header, totals, volumes, inputs, sorted by study token and then by their own,
// written atomically. Its JSON Schema is lib/audit/manifest.schema.json. The bytes do not depend on
// thread count or order: no clock, no host. Only what the records hold is written; keeping patients
// out of them is their makers' task.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "audit/journal.h"
#include "audit/record.h"

namespace efface::audit {

struct ManifestTotals {
  std::uint64_t inputs = 0, written = 0, withheld = 0, failed = 0;
};

/// Streams the committed studies of the journal into `path` (temporary name, fsync, rename; nothing
/// is left behind on failure). In memory: a few studies a thread, and the lines of all volumes.
/// Throws Error{io | no_space}, and what the journal throws.
ManifestTotals write_manifest(const std::filesystem::path& path, const RunHeader& header,
                              const Journal& journal, std::size_t threads = 1);

/// The text of one study's plan for --dry-run, one JSON object on one line ("plan" in the schema).
std::string to_json(const StudyRecord& study);

/// Digest-ready canonical text of what makes two runs the same (all of the header but device and
/// shard).
std::string canonical_text(const RunHeader& header);

/// The text of manifest.schema.json (JSON Schema, draft 2020-12).
std::string_view manifest_schema();

}  // namespace efface::audit
