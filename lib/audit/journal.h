// The journal: JSON Lines, appended and synced, so that a killed run can go on and nothing is
// recorded twice. First line: the journal's version and the run's digest. Two lines a study:
// "prepared" (everything staged, with its record) before the renames, "committed" after them. When
// a study comes again, its last record counts. It moves no files and knows no outputs: see batch.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "audit/record.h"

namespace efface::audit {

/// What a journal says about earlier work.
struct JournalState {
  std::map<std::string, StudyRecord>
      prepared;                     ///< staged, perhaps partly renamed; not yet committed
  std::set<std::string> committed;  ///< study tokens
};

class Journal {
 public:
  /// Opens or creates `path` (mode 0600) and locks it until the end of this object. A torn last
  /// line is cut off. Throws Error{usage} when another process holds it, or when it was begun with
  /// another `run_digest` (options, key, model, profile) or by another version; Error{bad_input}
  /// when a line before the last is damaged; Error{io | no_space}. A file system without locks
  /// (ENOSYS, EOPNOTSUPP) is used without one.
  Journal(const std::filesystem::path& path, const std::string& run_digest);
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  /// As it was when this object was made.
  const JournalState& earlier() const;
  /// Append and sync; thread-safe. An append that fails leaves the journal as it was; after a sync
  /// that failed nothing can be appended any more, since nobody knows what is on the disk.
  void prepared(const StudyRecord& study);
  /// The same; does nothing for a study committed already, Error{internal} for one never prepared.
  void committed(const std::string& study_token);
  /// Calls back with every committed study's last record, in order of token, one at a time: in
  /// memory are only the tokens and where in the file the records stand. Thread-safe; `visit` may
  /// append.
  void for_each_committed(const std::function<void(const StudyRecord&)>& visit) const;
  /// The same for those who choose when to read which: all tokens, ascending, and one record.
  std::vector<std::string> committed_tokens() const;
  StudyRecord committed_record(const std::string& token) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace efface::audit
