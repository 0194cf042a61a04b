#include "batch/lease.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>

#include "tests/support/errors.h"
#include "tests/support/temporary_folder.h"

namespace efface::batch::test {
namespace {

using namespace std::chrono_literals;
using support::content_of;
using support::fault_of;
using support::Folder;

constexpr LeaseTiming quick{20ms, 200ms, 100ms};

std::string of_another_machine(const std::string& count) {
  return "11111111-2222-3333-4444-555555555555\nlease-of-another\n" + count + "\n";
}

std::size_t files_in(const Folder& folder) {
  const std::filesystem::directory_iterator all(folder.path());
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

TEST(Lease, IsGivenBackAndLeavesNoClaims) {
  const Folder folder;
  { const Lease lease(folder.path(), nullptr, quick); }
  { const Lease again(folder.path(), nullptr, quick); }
  EXPECT_EQ(files_in(folder), 1u);  // lease.lock
}

TEST(Lease, IsOfOneAtATime) {
  const Folder folder;
  const Lease lease(folder.path(), nullptr, quick);
  EXPECT_EQ(fault_of([&] { const Lease second(folder.path(), nullptr, quick); }),
            base::Fault::usage);
  EXPECT_NO_THROW(lease.require_held());
}

TEST(Lease, OfOneThatIsGoingAwayIsWaitedFor) {
  const Folder folder;
  auto first = std::make_unique<Lease>(folder.path(), nullptr, quick);
  std::thread holder([&] {
    std::this_thread::sleep_for(100ms);
    first.reset();
  });
  EXPECT_NO_THROW(const Lease second(folder.path(), nullptr, LeaseTiming{}));
  holder.join();
}

TEST(Lease, WaitingForOneThatLivesEndsWhenTheRunIsInterrupted) {
  const Folder folder;
  const Lease lease(folder.path(), nullptr, quick);
  const std::atomic<bool> cancelled = true;
  EXPECT_EQ(fault_of([&] { const Lease second(folder.path(), &cancelled, LeaseTiming{}); }),
            base::Fault::cancelled);
}

TEST(Lease, OfADeadProcessOfThisMachineIsTakenAtOnce) {
  const Folder folder;
  std::string boot = content_of("/proc/sys/kernel/random/boot_id");
  folder.write("lease", boot + "lease-of-the-dead\n000000000007\n");
  const auto began = std::chrono::steady_clock::now();
  const Lease lease(folder.path(), nullptr, LeaseTiming{1s, 30s});
  EXPECT_LT(std::chrono::steady_clock::now() - began, 5s);
  EXPECT_NO_THROW(lease.require_held());
}

TEST(Lease, OfAnotherMachineExpiresWhenItStandsStill) {
  const Folder folder;
  folder.write("lease", of_another_machine("000000000007"));
  const auto began = std::chrono::steady_clock::now();
  const Lease lease(folder.path(), nullptr, quick);
  EXPECT_GE(std::chrono::steady_clock::now() - began, quick.expiry);
  EXPECT_NO_THROW(lease.require_held());
}

TEST(Lease, OfAnotherMachineIsLeftWhileItsHolderWrites) {
  const Folder folder;
  folder.write("lease", of_another_machine("000000000007"));
  std::thread holder([&] {
    std::this_thread::sleep_for(60ms);
    folder.write("lease", of_another_machine("000000000008"));
  });
  EXPECT_EQ(fault_of([&] { const Lease lease(folder.path(), nullptr, quick); }),
            base::Fault::usage);
  holder.join();
  EXPECT_EQ(content_of(folder / "lease"), of_another_machine("000000000008"));
}

TEST(Lease, ThatIsEmptyExpiresToo) {  // its machine lost power before the disk had it
  const Folder folder;
  folder.write("lease", "");
  const Lease lease(folder.path(), nullptr, quick);
  EXPECT_NO_THROW(lease.require_held());
}

TEST(Lease, WaitingEndsWhenTheRunIsInterrupted) {
  const Folder folder;
  folder.write("lease", of_another_machine("000000000007"));
  const std::atomic<bool> cancelled = true;
  EXPECT_EQ(fault_of([&] {
              const Lease lease(folder.path(), &cancelled, LeaseTiming{1s, 30s});
            }),
            base::Fault::cancelled);
}

TEST(Lease, ThatWasTakenOverStopsItsOldHolder) {
  const Folder folder;
  const Lease lease(folder.path(), nullptr, quick);
  std::filesystem::remove(folder / "lease");
  folder.write("lease", of_another_machine("000000000001"));
  EXPECT_EQ(fault_of([&] { lease.require_held(); }), base::Fault::resource);
}

TEST(Lease, HoldersNumberGrows) {
  const Folder folder;
  const Lease lease(folder.path(), nullptr, quick);
  const std::string before = content_of(folder / "lease");
  std::this_thread::sleep_for(200ms);
  EXPECT_NE(content_of(folder / "lease"), before);
}

TEST(ClaimOutput, IsOfOneRunInOneNumberOfShards) {
  const Folder folder;
  std::filesystem::create_directories(folder / ".efface");
  EXPECT_NO_THROW(claim_output(folder.path(), "abc", 3));
  EXPECT_NO_THROW(claim_output(folder.path(), "abc", 3));
  EXPECT_EQ(fault_of([&] { claim_output(folder.path(), "abc", 4); }), base::Fault::usage);
  EXPECT_EQ(fault_of([&] { claim_output(folder.path(), "other", 3); }), base::Fault::usage);
}

TEST(ClaimOutput, OfManyTasksAtOnceIsOne) {
  const Folder folder;
  std::filesystem::create_directories(folder / ".efface");
  std::atomic<int> claimed = 0;
  std::vector<std::thread> tasks;
  for (std::uint64_t shards = 1; shards <= 8; ++shards) {
    tasks.emplace_back([&, shards] {
      try {
        claim_output(folder.path(), "abc", shards);
        ++claimed;
      } catch (const base::Error&) {
      }
    });
  }
  for (std::thread& task : tasks) task.join();
  EXPECT_EQ(claimed, 1);
}

}  // namespace
}  // namespace efface::batch::test
