#include "batch/committer.h"

#include <utility>

namespace efface::batch {

audit::StudyRecord refused_by_disk(audit::StudyRecord study, const base::Error& error) {
  const bool is_full = error.fault() == base::Fault::no_space;
  study.volumes.clear();
  for (audit::InputRecord& input : study.inputs) {
    audit::InputRecord failed;
    failed.token = std::move(input.token);
    failed.path = std::move(input.path);
    failed.kind = std::move(input.kind);
    failed.bytes = input.bytes;
    failed.study = std::move(input.study);
    failed.outcome = audit::Outcome::failed;
    failed.reason = is_full ? "no-space" : "io";
    failed.detail =
        is_full ? "no space left for the study's outputs" : "the study's outputs cannot be written";
    input = std::move(failed);
  }
  return study;
}

Committer::Committer(const OutputTree& tree, audit::Journal& journal, Observer& observer,
                     std::size_t room, std::function<void()> before_commit)
    : tree_(tree),
      journal_(journal),
      observer_(observer),
      room_(room),
      before_commit_(std::move(before_commit)),
      thread_([this] { work(); }) {}

Committer::~Committer() {
  {
    const std::lock_guard lock(mutex_);
    is_ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Committer::add(audit::StudyRecord study) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return waiting_.size() < room_ || error_; });
  if (error_) return;
  waiting_.push_back(std::move(study));
  changed_.notify_all();
}

void Committer::finish() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return error_ || (waiting_.empty() && !is_busy_); });
  if (error_) std::rethrow_exception(error_);
}

bool Committer::has_failed() {
  const std::lock_guard lock(mutex_);
  return error_ != nullptr;
}

void Committer::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return is_ending_ || !waiting_.empty(); });
    if (waiting_.empty() || error_) return;
    std::vector<audit::StudyRecord> studies = std::exchange(waiting_, {});
    is_busy_ = true;
    lock.unlock();
    changed_.notify_all();
    std::exception_ptr error;
    try {
      const bool is_synced = sync(studies);
      for (audit::StudyRecord& study : studies) commit(std::move(study), is_synced);
    } catch (...) {
      error = std::current_exception();
    }
    lock.lock();
    is_busy_ = false;
    error_ = error;
    changed_.notify_all();
  }
}

/// False when the disk refused: which study's fault it is shows when each is tried alone.
bool Committer::sync(const std::vector<audit::StudyRecord>& studies) {
  try {
    tree_.sync(studies);
    return true;
  } catch (const base::Error&) {
    return false;
  }
}

void Committer::commit(audit::StudyRecord study, bool is_synced) {
  before_commit_();
  try {
    if (!is_synced) tree_.sync({study});
    journal_.prepared(study);
    tree_.commit(study);
  } catch (const base::Error& error) {
    if (error.fault() != base::Fault::no_space && error.fault() != base::Fault::io) throw;
    observer_.message("study " + study.token + ": " + error.what());
    study = refused_by_disk(std::move(study), error);
    journal_.prepared(study);  // before staging goes: a journal that failed may hold the first line
  }
  journal_.committed(study.token);
  tree_.discard(study.token);
  observer_.study_done(study, false);
}

}  // namespace efface::batch
