#include "batch/lease.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <utility>

#include "audit/journal_file.h"
#include "base/error.h"
#include "base/file_lock.h"
#include "crypto_openssl/crypto.h"

namespace efface::batch {

namespace fs = std::filesystem;
using base::Error;
using base::Fault;

namespace {

constexpr std::size_t counter_digits = 12;

std::string content_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string random_name() {
  return base::to_hex(crypto_openssl::random_key(), 8);
}

[[noreturn]] void throw_cancelled() {
  throw Error(Fault::cancelled, "interrupted", "run the same command again: it resumes");
}

void write_new(const fs::path& path, const std::string& text) {
  const base::FileDescriptor file = base::create_file(path);
  base::write_all(file, std::as_bytes(std::span(text)), path);
  if (::fsync(file.number()) != 0) {
    throw base::system_error("cannot sync '" + path.string() + "'", errno);
  }
}

/// For file systems without hard links (exFAT, some network shares).
bool rename_as(const fs::path& file, const fs::path& name) {
  if (::renameat2(AT_FDCWD, file.c_str(), AT_FDCWD, name.c_str(), RENAME_NOREPLACE) == 0) {
    return true;
  }
  if (errno == EEXIST) return false;
  throw base::system_error("cannot make '" + name.string() + "', neither by link nor by rename",
                           errno);
}

/// True when `name` is now `file`; false when `name` was there. The answer to link() may be lost on
/// NFS: the number of links tells.
bool link_as(const fs::path& file, const fs::path& name) {
  if (::link(file.c_str(), name.c_str()) == 0) return true;
  const int error = errno;
  if (error == EPERM || error == EOPNOTSUPP || error == ENOSYS) return rename_as(file, name);
  struct stat status {};
  if (::stat(file.c_str(), &status) == 0 && status.st_nlink == 2) return true;
  if (error == EEXIST) return false;
  throw base::system_error("cannot link '" + name.string() + "'", error);
}

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

}  // namespace

Lease::Lease(fs::path folder, const std::atomic<bool>* cancelled, const LeaseTiming& timing)
    : folder_(std::move(folder)),
      lease_(folder_ / "lease"),
      claim_(folder_ / ("lease-" + random_name())),
      cancelled_(cancelled),
      timing_(timing),
      boot_(first_line(content_of("/proc/sys/kernel/random/boot_id"))) {
  lock_file();
  write_claim();
  try {
    take();
  } catch (...) {
    ::unlink(claim_.c_str());
    throw;
  }
  ::unlink(claim_.c_str());
  thread_ = std::thread([this] { beat(); });
}

Lease::~Lease() {
  {
    const std::lock_guard lock(mutex_);
    is_ending_ = true;
  }
  ended_.notify_all();
  thread_.join();
  if (is_held()) ::unlink(lease_.c_str());
}

void Lease::lock_file() {
  const fs::path path = folder_ / "lease.lock";
  lock_ = base::FileDescriptor(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  if (!lock_.is_open()) throw base::system_error("cannot open '" + path.string() + "'", errno);
  const auto is_cancelled = [this] { return cancelled_ != nullptr && cancelled_->load(); };
  const base::LockResult result = base::lock_alone(lock_, path, timing_.dying, is_cancelled);
  if (result == base::LockResult::busy)
    is_cancelled() ? throw_cancelled() : audit::throw_output_busy();
  has_flock_ = result == base::LockResult::taken;
}

void Lease::write_claim() {
  text_ = boot_ + "\n" + claim_.filename().string() + "\n";
  file_ = base::create_file(claim_);
  const std::string whole = text_ + std::string(counter_digits, '0') + "\n";
  base::write_all(file_, std::as_bytes(std::span(whole)), claim_);
  if (::fsync(file_.number()) != 0) {
    throw base::system_error("cannot sync '" + claim_.string() + "'", errno);
  }
}

void Lease::take() {
  while (!link_as(claim_, lease_)) {
    const std::string seen = content_of(lease_);
    if (seen.empty() && !fs::exists(lease_)) continue;  // given back meanwhile
    // A holder on this machine would have the flock that is ours.
    const bool is_dead = has_flock_ && first_line(seen) == boot_;
    if (!is_dead) wait_for_holder(seen);
    break_lease(seen);
  }
}

void Lease::wait_for_holder(const std::string& seen) const {
  const auto end = std::chrono::steady_clock::now() + timing_.expiry;
  while (std::chrono::steady_clock::now() < end) {
    if (cancelled_ != nullptr && cancelled_->load()) throw_cancelled();
    std::this_thread::sleep_for(
        std::min<std::chrono::milliseconds>(timing_.beat / 10, std::chrono::milliseconds(500)));
    const std::string now = content_of(lease_);
    if (now.empty() && !fs::exists(lease_)) return;
    if (now != seen) audit::throw_output_busy();
  }
}

void Lease::break_lease(const std::string& seen) const {
  const fs::path stale = fs::path(claim_) += ".stale";
  if (::rename(lease_.c_str(), stale.c_str()) != 0) {
    if (errno == ENOENT) return;
    throw base::system_error("cannot rename '" + lease_.string() + "'", errno);
  }
  const bool is_other = content_of(stale) != seen;  // taken over by a third one meanwhile
  if (is_other) link_as(stale, lease_);
  ::unlink(stale.c_str());
  if (is_other) audit::throw_output_busy();
}

void Lease::beat() {
  std::unique_lock lock(mutex_);
  for (std::uint64_t count = 1; !ended_.wait_for(lock, timing_.beat, [&] { return is_ending_; });
       ++count) {
    std::array<char, counter_digits + 1> digits{};
    std::snprintf(digits.data(), digits.size(), "%012llu", static_cast<unsigned long long>(count));
    const auto offset = static_cast<off_t>(text_.size());
    if (::pwrite(file_.number(), digits.data(), counter_digits, offset) > 0) {
      ::fsync(file_.number());  // on NFS, others see it then; a failure shows as an expired lease
    }
  }
}

bool Lease::is_held() const {
  const base::FileDescriptor now(::open(lease_.c_str(), O_RDONLY | O_CLOEXEC));  // asks the server
  struct stat mine {};
  struct stat there {};
  return now.is_open() && ::fstat(now.number(), &there) == 0 &&
         ::fstat(file_.number(), &mine) == 0 && mine.st_ino == there.st_ino &&
         mine.st_dev == there.st_dev;
}

void Lease::require_held() const {
  if (!is_held()) {
    throw Error(Fault::resource, "another run took over this output directory",
                "this one stood still for too long; nothing is lost");
  }
}

void claim_output(const fs::path& output, const std::string& run_digest, std::uint64_t shards) {
  const fs::path own = output / ".efface", mark = own / "run";
  const char* const hint = "write to a new output directory, or run it as it was begun";
  const std::string digest_line = "run " + run_digest;
  const std::string text = digest_line + "\nshards " + std::to_string(shards) + "\n";
  if (!fs::exists(mark)) {
    if (shards > 0 && fs::exists(own / "journal.jsonl")) {
      throw Error(Fault::usage, "the output directory was begun without --shard", hint);
    }
    const fs::path claim = own / ("run-" + random_name());
    write_new(claim, text);
    link_as(claim, mark);
    ::unlink(claim.c_str());
  }
  const std::string there = content_of(mark);
  if (there == text) return;
  throw Error(Fault::usage,
              first_line(there) == digest_line
                  ? "the output directory was begun with another number of shards"
                  : "the output directory was begun with another key, model, profile or options",
              hint);
}

}  // namespace efface::batch
