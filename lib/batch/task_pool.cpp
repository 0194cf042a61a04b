#include "batch/task_pool.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <memory>

namespace efface::batch {

TaskPool::TaskPool(std::size_t threads) {
  for (std::size_t i = 0; i < std::max<std::size_t>(threads, 1); ++i) {
    threads_.emplace_back([this] { work(); });
  }
}

TaskPool::~TaskPool() {
  wait_below(1);
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void TaskPool::start(std::function<void()> task) {
  {
    const std::lock_guard lock(mutex_);
    ++unfinished_;
    tasks_.push_back([this, task = std::move(task)] {
      task();
      const std::lock_guard inner(mutex_);
      --unfinished_;
      changed_.notify_all();
    });
  }
  changed_.notify_all();
}

void TaskPool::wait_below(std::size_t limit) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return unfinished_ < limit; });
}

bool TaskPool::take(std::function<void()>& task) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return stopping_ || !helpers_.empty() || !tasks_.empty(); });
  std::deque<std::function<void()>>& queue = helpers_.empty() ? tasks_ : helpers_;
  if (queue.empty()) return false;
  task = std::move(queue.front());
  queue.pop_front();
  return true;
}

void TaskPool::work() {
  std::function<void()> task;
  while (take(task)) {
    task();
    task = nullptr;
  }
}

void TaskPool::help_until(const std::function<bool()>& is_done) {
  while (!is_done()) {
    std::function<void()> share;
    {
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, std::chrono::milliseconds(2), [&] { return !helpers_.empty(); });
      if (!helpers_.empty()) {
        share = std::move(helpers_.front());
        helpers_.pop_front();
      }
    }
    if (share) share();
  }
}

void TaskPool::parallel_for(std::size_t count, const std::function<void(std::size_t)>& body) {
  // Shared by the helpers, which may run after this call has returned and then find nothing to do.
  struct Loop {
    std::atomic<std::size_t> next{0};
    std::size_t count = 0;
    std::size_t done = 0;
    std::function<void(std::size_t)> body;
    std::exception_ptr error;
    std::mutex mutex;
    std::condition_variable finished;

    void run() {
      for (std::size_t i = next++; i < count; i = next++) {
        std::exception_ptr caught;
        bool skip = false;
        {
          const std::lock_guard lock(mutex);
          skip = error != nullptr;
        }
        try {
          if (!skip) body(i);
        } catch (...) {
          caught = std::current_exception();
        }
        const std::lock_guard lock(mutex);
        if (caught && !error) error = caught;
        if (++done == count) finished.notify_all();
      }
    }
  };
  if (count == 0) return;
  auto loop = std::make_shared<Loop>();
  loop->count = count;
  loop->body = body;
  const std::size_t helpers = std::min(threads_.size() - 1, count - 1);
  if (helpers > 0) {
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < helpers; ++i) helpers_.push_back([loop] { loop->run(); });
  }
  changed_.notify_all();
  loop->run();
  std::unique_lock lock(loop->mutex);
  loop->finished.wait(lock, [&] { return loop->done == loop->count; });
  if (loop->error) std::rethrow_exception(loop->error);
}

}  // namespace efface::batch
