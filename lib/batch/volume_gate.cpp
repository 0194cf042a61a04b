#include "batch/volume_gate.h"

namespace efface::batch {

VolumeGate::Turn VolumeGate::enter(TaskPool& pool, std::uint64_t bytes) {
  std::uint64_t ticket = 0;
  {
    const std::lock_guard lock(mutex_);
    ticket = next_ticket_++;
  }
  pool.help_until([&] { return try_enter(ticket, bytes <= most_bytes_of_two); });
  return Turn(*this);
}

bool VolumeGate::try_enter(std::uint64_t ticket, bool is_small) {
  const std::lock_guard lock(mutex_);
  if (ticket != served_) return false;
  if (inside_ > 0 && (inside_ > 1 || !is_shared_ || !is_small)) return false;
  ++served_;
  ++inside_;
  is_shared_ = is_small;
  return true;
}

void VolumeGate::leave() {
  const std::lock_guard lock(mutex_);
  --inside_;
}

}  // namespace efface::batch
