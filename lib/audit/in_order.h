// Results of many pieces of work in their order, made by several threads a few pieces ahead of
// where they are used. Knows nothing of what the pieces are.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace efface::audit {

/// Calls use(make(i)) for each i in [0, count), in ascending order and on this thread; make() runs
/// in `threads` others, where there is more than one. In memory: a few results a thread. The first
/// exception in that order is rethrown when all threads have ended.
template <class Make, class Use>
void in_order(std::size_t count, std::size_t threads, const Make& make, const Use& use) {
  if (threads < 2 || count < 2) {
    for (std::size_t i = 0; i < count; ++i) use(make(i));
    return;
  }
  using Result = decltype(make(std::size_t{0}));
  struct Slot {
    std::optional<Result> result;
    std::exception_ptr error;
    bool is_full() const { return result || error; }
  };
  std::vector<Slot> slots(4 * threads);
  std::mutex mutex;
  std::condition_variable changed;
  std::size_t next = 0, used = 0;
  bool is_stopping = false;
  const auto work = [&] {
    std::unique_lock lock(mutex);
    while (true) {
      changed.wait(lock,
                   [&] { return is_stopping || next >= count || next < used + slots.size(); });
      if (is_stopping || next >= count) return;
      const std::size_t i = next++;
      lock.unlock();
      Slot made;
      try {
        made.result.emplace(make(i));
      } catch (...) {
        made.error = std::current_exception();
      }
      lock.lock();
      slots[i % slots.size()] = std::move(made);
      changed.notify_all();
    }
  };
  const auto stop = [&] {
    const std::lock_guard lock(mutex);
    is_stopping = true;
    changed.notify_all();
  };
  std::vector<std::jthread> workers;
  try {
    for (std::size_t t = 0; t < threads; ++t) workers.emplace_back(work);
    for (std::size_t i = 0; i < count; ++i) {
      Slot made;
      {
        std::unique_lock lock(mutex);
        Slot& slot = slots[i % slots.size()];
        changed.wait(lock, [&] { return slot.is_full(); });
        made = std::exchange(slot, {});
        used = i + 1;
        changed.notify_all();
      }
      if (made.error) std::rethrow_exception(made.error);
      use(std::move(*made.result));
    }
  } catch (...) {
    stop();
    throw;
  }
  stop();
}

}  // namespace efface::audit
