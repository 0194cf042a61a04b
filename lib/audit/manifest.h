// manifest.json: header, totals, volumes, inputs, sorted by token, written atomically. Its JSON Schema is
// lib/audit/manifest.schema.json. The bytes do not depend on thread count or order: no clock, no host.
#pragma once

#include <filesystem>
#include <string>

#include "audit/journal.h"
#include "audit/record.h"

namespace efface::audit {

struct ManifestTotals {
  std::uint64_t inputs = 0, written = 0, withheld = 0, failed = 0;
};

/// Streams the committed studies of the journal into `path` (temporary name, fsync, rename).
ManifestTotals write_manifest(const std::filesystem::path& path, const RunHeader& header,
                              const Journal& journal);

/// The text of one study's plan for --dry-run, one JSON object.
std::string to_json(const StudyRecord& study);

/// Digest-ready canonical text of what makes two runs the same (all of the header but the device).
std::string canonical_text(const RunHeader& header);

}  // namespace efface::audit
