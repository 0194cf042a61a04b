#include "base/file_lock.h"

#include <sys/file.h>

#include <cerrno>
#include <thread>

#include "base/error.h"

namespace efface::base {

LockResult lock_alone(const FileDescriptor& file, const std::filesystem::path& path,
                      std::chrono::milliseconds patience, const std::function<bool()>& is_over) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (::flock(file.number(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno == ENOSYS || errno == EOPNOTSUPP || errno == ENOLCK) return LockResult::unsupported;
    if (errno != EWOULDBLOCK) throw system_error("cannot lock '" + path.string() + "'", errno);
    if (std::chrono::steady_clock::now() >= end || (is_over && is_over())) return LockResult::busy;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return LockResult::taken;
}

}  // namespace efface::base
