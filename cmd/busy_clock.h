// How long at least one of several threads was at something, e.g. at showing volumes to the
// networks: the share of a run's time tells whether they were kept busy.
#pragma once

#include <chrono>
#include <mutex>

namespace efface::cmd {

class BusyClock {
 public:
  /// While one lives, the clock runs.
  class Work {
   public:
    explicit Work(BusyClock& clock) : clock_(clock) { clock_.begin(); }
    Work(const Work&) = delete;
    Work& operator=(const Work&) = delete;
    ~Work() { clock_.end(); }

   private:
    BusyClock& clock_;
  };

  double seconds() const {
    const std::lock_guard lock(mutex_);
    return std::chrono::duration<double>(busy_).count();
  }

 private:
  using Clock = std::chrono::steady_clock;

  void begin() {
    const std::lock_guard lock(mutex_);
    if (workers_++ == 0) since_ = Clock::now();
  }
  void end() {
    const std::lock_guard lock(mutex_);
    if (--workers_ == 0) busy_ += Clock::now() - since_;
  }

  mutable std::mutex mutex_;
  unsigned workers_ = 0;
  Clock::time_point since_;
  Clock::duration busy_{};
};

}  // namespace efface::cmd
