// A fixed number of worker threads for studies, with help inside each study: parallel_for runs on
// whichever workers are idle while the caller works too, so one huge study and a thousand small
// ones both keep every core busy. Results never depend on the number of threads.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace efface::batch {

class TaskPool {
 public:
  /// `threads` >= 1 workers.
  explicit TaskPool(std::size_t threads);
  /// Waits for everything that was started.
  ~TaskPool();
  TaskPool(const TaskPool&) = delete;
  TaskPool& operator=(const TaskPool&) = delete;

  /// Queues a task; it must not throw.
  void start(std::function<void()> task);
  /// Blocks until fewer than `limit` started tasks are unfinished.
  void wait_below(std::size_t limit);

  /// Returns when `is_done` says so, asked again and again; until then this thread helps with the
  /// loops of other studies instead of standing still.
  void help_until(const std::function<bool()>& is_done);

  /// Calls body(i) once for each i in [0, count), on this thread and idle workers; returns when all
  /// are done. The first exception (by time) is rethrown after that; later indices are then
  /// skipped.
  void parallel_for(std::size_t count, const std::function<void(std::size_t)>& body);

 private:
  void work();
  bool take(std::function<void()>& task);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> helpers_;  ///< shares of running loops: taken first
  std::deque<std::function<void()>> tasks_;
  std::size_t unfinished_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace efface::batch
