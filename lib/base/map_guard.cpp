#include "base/map_guard.h"

#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>

namespace efface::base {

namespace {

struct Guarded {
  std::atomic<std::uintptr_t> begin{0};  ///< 0: free; 1: being filled
  std::atomic<std::size_t> size{0};
};

constexpr std::size_t most_maps = 4096;
constexpr std::uintptr_t is_busy = 1;
std::array<Guarded, most_maps> guarded;
std::atomic<std::size_t> used{0};  ///< no slot behind it was ever taken
std::atomic<std::uint64_t> pages{0};
std::uintptr_t page_size = 4096;

bool is_guarded(std::uintptr_t address) {
  for (std::size_t i = 0; i < used.load(); ++i) {
    const std::uintptr_t begin = guarded[i].begin.load();
    if (begin > is_busy && address >= begin && address - begin < guarded[i].size.load())
      return true;
  }
  return false;
}

/// Only what may be called in a handler.
void on_bus_error(int, siginfo_t* info, void*) {
  const int error = errno;
  const auto address = reinterpret_cast<std::uintptr_t>(info->si_addr);
  void* const page = reinterpret_cast<void*>(address / page_size * page_size);
  const bool is_replaced =
      is_guarded(address) &&
      ::mmap(page, page_size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == page;
  if (is_replaced) {
    pages.fetch_add(1);
  } else {
    ::signal(SIGBUS, SIG_DFL);  // it comes again, and ends the program
  }
  errno = error;
}

bool install() {
  page_size = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  struct sigaction action {};
  action.sa_sigaction = on_bus_error;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  return ::sigaction(SIGBUS, &action, nullptr) == 0;
}

}  // namespace

void guard_map(const void* data, std::size_t size) {
  [[maybe_unused]] static const bool is_installed = install();
  for (std::size_t i = 0; i < most_maps; ++i) {
    std::uintptr_t free = 0;
    if (!guarded[i].begin.compare_exchange_strong(free, is_busy)) continue;
    guarded[i].size.store(size);
    guarded[i].begin.store(reinterpret_cast<std::uintptr_t>(data));
    std::size_t seen = used.load();
    while (seen < i + 1 && !used.compare_exchange_weak(seen, i + 1)) continue;
    return;
  }
}

void unguard_map(const void* data) {
  for (std::size_t i = 0; i < used.load(); ++i) {
    if (guarded[i].begin.load() == reinterpret_cast<std::uintptr_t>(data)) {
      guarded[i].begin.store(0);
      return;
    }
  }
}

std::uint64_t unreadable_pages() {
  return pages.load();
}

}  // namespace efface::base
