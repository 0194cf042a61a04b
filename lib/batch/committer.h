// The last steps of a study: sync, journal, rename. On a thread of its own, so that the workers go
// on with the next study while the disk works; studies that wait together are made durable by one
// call.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "audit/journal.h"
#include "audit/record.h"
#include "base/error.h"
#include "batch/observer.h"
#include "batch/staging.h"

namespace efface::batch {

/// The record of a study that an error of the disk stopped: its inputs failed, nothing is released.
audit::StudyRecord refused_by_disk(audit::StudyRecord study, const base::Error& error);

class Committer {
 public:
  /// At most `room` studies wait; add() blocks while there are more.
  /// `before_commit` may throw what stops the run.
  Committer(
      const OutputTree& tree, audit::Journal& journal, Observer& observer, std::size_t room,
      std::function<void()> before_commit = [] {});
  /// Finishes what was added.
  ~Committer();
  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;

  /// Takes over a study whose outputs lie complete in staging. From any thread. After an error that
  /// stops the run, studies are dropped.
  void add(audit::StudyRecord study);
  /// Waits until everything added is in place; rethrows the first error that stops the run.
  void finish();
  bool has_failed();

 private:
  void work();
  bool sync(const std::vector<audit::StudyRecord>& studies);
  void commit(audit::StudyRecord study, bool is_synced);

  const OutputTree& tree_;
  audit::Journal& journal_;
  Observer& observer_;
  std::size_t room_;
  std::function<void()> before_commit_;

  std::mutex mutex_;  ///< of all below
  std::condition_variable changed_;
  std::vector<audit::StudyRecord> waiting_;
  bool is_busy_ = false, is_ending_ = false;
  std::exception_ptr error_;
  std::thread thread_;
};

}  // namespace efface::batch
