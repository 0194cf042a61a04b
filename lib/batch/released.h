// Which files of a run are released, by the path of the output: what a table that lists files asks.
#pragma once

#include <mutex>
#include <set>
#include <string>

#include "audit/record.h"

namespace efface::batch {

/// Holds images that are no DICOM alone: of those a data set has thousands at most. Thread-safe.
class Released {
 public:
  void add(const audit::StudyRecord& study) {
    for (const audit::InputRecord& input : study.inputs) {
      if (input.kind == "dicom" || input.outcome != audit::Outcome::written) continue;
      const std::lock_guard lock(mutex_);
      outputs_.insert(input.output);
    }
  }
  bool contains(const std::string& output) const {
    const std::lock_guard lock(mutex_);
    return outputs_.contains(output);
  }

 private:
  mutable std::mutex mutex_;
  std::set<std::string> outputs_;
};

}  // namespace efface::batch
