// One process at a time by flock(), with patience: a process that was killed holds its locks until
// the kernel has taken it apart, which takes moments. Knows nothing of what the lock protects.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>

#include "base/file.h"

namespace efface::base {

enum class LockResult : std::uint8_t {
  taken,
  busy,        ///< another held it for as long as was waited
  unsupported  ///< the file system has no such locks
};

/// For a process that was killed to be gone; a living holder keeps its lock for longer.
constexpr std::chrono::milliseconds dying_time{2000};

/// Takes the exclusive lock of an open file, asking again for `patience` while another holds it or
/// until `is_over()`. The lock goes with the descriptor. Throws Error{io}.
LockResult lock_alone(const FileDescriptor& file, const std::filesystem::path& path,
                      std::chrono::milliseconds patience = dying_time,
                      const std::function<bool()>& is_over = {});

}  // namespace efface::base
