#include "batch/volume_gate.h"

#include <unistd.h>

#include <algorithm>

namespace efface::batch {

VolumeGate VolumeGate::for_threads(std::size_t threads) {
  const long pages = ::sysconf(_SC_PHYS_PAGES), page_bytes = ::sysconf(_SC_PAGESIZE);
  const std::size_t gigabytes =
      pages > 0 && page_bytes > 0
          ? static_cast<std::size_t>(pages) * static_cast<std::size_t>(page_bytes) >> 30
          : 0;
  return VolumeGate(std::max<std::size_t>(2, std::min(threads, gigabytes)));
}

VolumeGate::Turn VolumeGate::enter(TaskPool& pool, std::uint64_t bytes) {
  std::uint64_t ticket = 0;
  {
    const std::lock_guard lock(mutex_);
    ticket = next_ticket_++;
  }
  pool.help_until([&] { return try_enter(ticket, bytes <= most_bytes_of_small); });
  return Turn(*this);
}

bool VolumeGate::try_enter(std::uint64_t ticket, bool is_small) {
  const std::lock_guard lock(mutex_);
  if (ticket != served_) return false;
  if (inside_ > 0 && (inside_ >= most_ || !is_shared_ || !is_small)) return false;
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
