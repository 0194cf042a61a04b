// What a run tells while it works. Calls come from any thread, one at a time. No patient data:
// counts, tokens, codes.
#pragma once

#include <cstdint>
#include <string>

#include "audit/record.h"

namespace efface::batch {

class Observer {
 public:
  virtual ~Observer() = default;
  virtual void files_found(std::uint64_t) {}
  virtual void studies_found(std::uint64_t) {}
  virtual void file_done(const audit::InputRecord&) {}
  virtual void study_done(const audit::StudyRecord&, bool /*was_done_before*/) {}
  /// The plan of one study, in --dry-run.
  virtual void study_planned(const audit::StudyRecord&) {}
  virtual void message(const std::string&) {}
};

}  // namespace efface::batch
