// The folder of --export-maps: uid_map.csv and patid_map.csv, old and new identifiers of what was
// written, for outside judges. What it holds identifies patients: readable by its owner alone,
// apart from inputs and outputs, and nothing of it in manifest, journal or messages.
//
// Each study's pairs lie sorted in a file of their own below .studies, durable before the study is
// committed, so that a study that an interrupted run finished is in the maps of the run that ends.
// At the end those of all committed studies are merged; memory is bounded by a study and by the
// number of files that are merged at once.
#pragma once

#include <filesystem>
#include <string>

#include "audit/journal.h"
#include "batch/options.h"
#include "deid/replaced_identifiers.h"

namespace efface::batch {

/// Makes UTF-8, in which the maps are written, of patient IDs as they stand in a file.
void decode_patient_ids(deid::ReplacedIdentifiers& identifiers,
                        const std::string& specific_character_set);

class MapsFolder {
 public:
  /// Takes up `options.maps`: a new or empty folder, or that of the same run (`mark`); Error{usage}
  /// for any other. That it keeps apart from inputs and outputs is the caller's check.
  MapsFolder(const RunOptions& options, std::string mark);

  /// Throws Error{usage} when the pairs of a study that the journal knows as finished are not here.
  void require_all(const audit::Journal& journal) const;

  /// Of one study, in place of what an earlier attempt left. Thread-safe for distinct studies.
  void write_study(const std::string& token, const deid::ReplacedIdentifiers& pairs) const;

  /// Both maps, whole or not at all: sorted, each pair once, of committed studies alone.
  void write_maps(const audit::Journal& journal) const;

 private:
  std::filesystem::path part(const std::string& token) const;

  std::filesystem::path folder_, parts_;
};

}  // namespace efface::batch
