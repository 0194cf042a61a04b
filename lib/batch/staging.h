// Where outputs wait until they are proven clean, and how they reach their place: everything is
// written below OUTPUT/.efface (staging), checked, synced, and a study appears by rename only.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "audit/record.h"
#include "base/digest.h"
#include "batch/options.h"
#include "deid/residue.h"

namespace efface::batch {

/// SHA-256 of a file and its size.
struct FileDigest {
  base::Digest sha256;
  std::uint64_t bytes = 0;
};
FileDigest digest_file(const std::filesystem::path& path);

/// Reads a staged file once: its digest, and every removed value still in it.
FileDigest check_staged(const std::filesystem::path& path, deid::ResidueScanner& scanner);

/// Below a shard's own folder: tables that await the merge, by the path of their output.
inline constexpr const char* waiting_tables_folder = "tables";

class OutputTree {
 public:
  /// Creates the output directory and its .efface folder. Throws Error{usage} when the directory
  /// holds something that efface did not put there.
  /// A shard has a folder of its own in .efface for all but the released files.
  OutputTree(std::filesystem::path root, Names names, const std::optional<Shard>& shard = {});

  const std::filesystem::path& root() const { return root_; }
  /// Where journal, staging and locks lie.
  const std::filesystem::path& own_folder() const { return own_; }
  std::filesystem::path journal_path() const { return own_ / "journal.jsonl"; }
  /// OUTPUT/manifest.json; a shard's lies in its own folder.
  std::filesystem::path manifest_path() const;

  /// An empty staging directory for one study; whatever a killed run left there is deleted (Error
  /// {io} when it cannot be).
  std::filesystem::path begin(const std::string& study_token) const;
  /// Flushes the staged files of some studies to disk.
  void sync(const std::vector<audit::StudyRecord>& studies) const;
  /// Moves the study's outputs into place: one rename for a study in keyed names, one a file
  /// otherwise; tables that await a merge go to the shard's folder (sidecar/waiting_table.h). May
  /// be called again after a crash: what is already in place stays. Never overwrites; after an
  /// error nothing that this call moved is in place.
  void commit(const audit::StudyRecord& study) const;
  /// Deletes a study's staging directory.
  void discard(const std::string& study_token) const;
  /// Deletes all staging.
  void finish() const;
  /// Deletes what a killed run had begun of its manifest. Only for who holds the folder's lease.
  void remove_leftovers() const;

 private:
  std::filesystem::path staging(const std::string& study_token) const;
  bool move_unit(const std::filesystem::path& from, const std::filesystem::path& to) const;
  /// `folder` below the root, and those above it that are then empty.
  void remove_empty(const std::filesystem::path& folder) const;
  /// What is moved at once: from below the study's staging, to below the root.
  struct Unit {
    std::filesystem::path staged, place;
    auto operator<=>(const Unit&) const = default;
  };
  std::vector<Unit> units(const audit::StudyRecord& study) const;

  std::filesystem::path root_, own_;
  Names names_;
  bool is_shard_ = false;
};

}  // namespace efface::batch
