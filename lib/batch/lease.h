// Who works in a folder of an output directory, on one machine or on several that share a file
// system. Two locks, because neither is enough alone: flock(), which the kernel gives back when its
// holder dies but which some network file systems keep to one machine; and a lease, a file
// made by link(), which is atomic on NFS. The lease's holder writes a number into it every few
// seconds; when it belongs to another boot of another machine and stands still, it has expired and
// is taken over. It protects no data by itself: what is written there survives any kill.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <string>
#include <thread>

#include "base/file.h"
#include "base/file_lock.h"

namespace efface::batch {

struct LeaseTiming {
  std::chrono::milliseconds beat{5000};
  std::chrono::milliseconds expiry{30000};  ///< several beats
  std::chrono::milliseconds dying =
      base::dying_time;  ///< for the flock of one that was just killed
};

class Lease {
 public:
  /// Takes `folder`, which exists; waits up to the expiry for a holder that may be dead. Throws
  /// Error{usage} when another run holds it, Error{cancelled}, Error{io | no_space}.
  Lease(std::filesystem::path folder, const std::atomic<bool>* cancelled,
        const LeaseTiming& timing = {});
  /// Gives it back.
  ~Lease();
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  /// Asks the file system, not memory. Throws Error{resource} when another run took over because
  /// this one stood still for longer than the expiry: it must touch nothing any more.
  void require_held() const;

 private:
  void lock_file();
  void write_claim();
  void take();
  void wait_for_holder(const std::string& seen) const;
  void break_lease(const std::string& seen) const;
  void beat();
  bool is_held() const;

  std::filesystem::path folder_, lease_, claim_;
  const std::atomic<bool>* cancelled_;
  LeaseTiming timing_;
  std::string boot_, text_;
  bool has_flock_ = false;
  base::FileDescriptor lock_, file_;
  std::mutex mutex_;
  std::condition_variable ended_;
  bool is_ending_ = false;
  std::thread thread_;
};

/// Marks an output directory as that of one run in `shards` parts (0: not in parts), by a file made
/// atomically. Throws Error{usage} when it is marked, or was used, as another's.
void claim_output(const std::filesystem::path& output, const std::string& run_digest,
                  std::uint64_t shards);

}  // namespace efface::batch
