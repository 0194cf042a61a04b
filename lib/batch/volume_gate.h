// Who may hold voxels in memory: one large study, or several small ones. Some are read and
// resampled while the networks see another, and see them while the first is written, so that the
// networks need not wait. Knows nothing of what the studies do; the networks serialise their own
// calls.
#pragma once

#include <cstdint>
#include <mutex>
#include <utility>

#include "batch/task_pool.h"

namespace efface::batch {

class VolumeGate {
 public:
  /// Bytes of stored voxels up to which a study is small. It takes up to ten times as many.
  static constexpr std::uint64_t most_bytes_of_small = std::uint64_t{64} << 20;

  /// `most`: small studies at a time, at least 1.
  explicit VolumeGate(std::size_t most) : most_(most) {}
  /// A small study a thread, as long as each has 1 GiB of the machine's memory; at least two, so
  /// that one can be ahead.
  static VolumeGate for_threads(std::size_t threads);

  /// A study's stay behind the gate; ends with this object.
  class Turn {
   public:
    Turn() = default;
    Turn(Turn&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)) {}
    Turn& operator=(Turn&& other) noexcept {
      std::swap(gate_, other.gate_);
      return *this;
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn() {
      if (gate_ != nullptr) gate_->leave();
    }

   private:
    friend class VolumeGate;
    explicit Turn(VolumeGate& gate) : gate_(&gate) {}
    VolumeGate* gate_ = nullptr;
  };

  /// Waits for a turn, first come, first served; meanwhile this thread helps with the loops of
  /// others. `bytes`: of the voxels as they are stored, about.
  Turn enter(TaskPool& pool, std::uint64_t bytes);

 private:
  bool try_enter(std::uint64_t ticket, bool is_small);
  void leave();

  const std::size_t most_;
  std::mutex mutex_;
  std::uint64_t next_ticket_ = 0, served_ = 0;
  std::size_t inside_ = 0;
  bool is_shared_ = true;  ///< those inside are small
};

}  // namespace efface::batch
