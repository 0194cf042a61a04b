// The journal: one JSON line a study, appended and fsynced, so that a killed run can go on and nothing is
// recorded twice. First line: the run's header digest. Two lines a study: "prepared" (everything staged,
// with its record) before the renames, "committed" after them.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "audit/record.h"

namespace efface::audit {

/// What a journal says about earlier work.
struct JournalState {
  std::map<std::string, StudyRecord> prepared;   ///< staged, perhaps partly renamed; not yet committed
  std::set<std::string> committed;               ///< study tokens
};

class Journal {
 public:
  /// Opens or creates `path`. An existing journal must have been begun with the same `run_digest`
  /// (options, key, model, profile), else Error{usage}; a torn last line is ignored and cut off.
  Journal(const std::filesystem::path& path, const std::string& run_digest);
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  const JournalState& earlier() const;
  void prepared(const StudyRecord& study);        ///< append and fsync; thread-safe
  void committed(const std::string& study_token); ///< append and fsync; thread-safe
  /// Calls back with every committed study's record, in order of token, one at a time (bounded memory).
  void for_each_committed(const std::function<void(const StudyRecord&)>& visit) const;

 private:
  struct State;
  State* state_;
};

}  // namespace efface::audit
