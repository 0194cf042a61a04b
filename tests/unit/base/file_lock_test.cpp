#include "base/file_lock.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "tests/support/temporary_folder.h"

namespace efface::base::test {
namespace {

using namespace std::chrono_literals;
using support::Folder;

FileDescriptor opened(const std::filesystem::path& path) {
  return FileDescriptor(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
}

TEST(FileLock, IsOfOneDescriptorAtATime) {
  const Folder folder;
  const auto first = opened(folder / "lock"), second = opened(folder / "lock");
  EXPECT_EQ(lock_alone(first, folder / "lock"), LockResult::taken);
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(lock_alone(second, folder / "lock", 100ms), LockResult::busy);
  EXPECT_GE(std::chrono::steady_clock::now() - began, 100ms);
}

TEST(FileLock, WaitsForAHolderThatGoesAway) {
  const Folder folder;
  auto first = opened(folder / "lock");
  const auto second = opened(folder / "lock");
  ASSERT_EQ(lock_alone(first, folder / "lock"), LockResult::taken);
  std::thread holder([&] {
    std::this_thread::sleep_for(100ms);
    first = FileDescriptor();
  });
  EXPECT_EQ(lock_alone(second, folder / "lock", 20s), LockResult::taken);
  holder.join();
}

TEST(FileLock, OfAProcessThatWasJustKilledIsTaken) {
  const Folder folder;
  const auto path = folder / "lock";
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto held = opened(path);
    const bool is_taken = lock_alone(held, path) == LockResult::taken;
    (void)!::write(ready[1], is_taken ? "1" : "0", 1);
    for (;;) ::pause();
  }
  char answer = 0;
  ASSERT_EQ(::read(ready[0], &answer, 1), 1);
  EXPECT_EQ(answer, '1');
  const auto mine = opened(path);
  EXPECT_EQ(lock_alone(mine, path, 0ms), LockResult::busy);
  ASSERT_EQ(::kill(child, SIGKILL), 0);
  EXPECT_EQ(lock_alone(mine, path), LockResult::taken);  // without waiting for the child's end
  ::waitpid(child, nullptr, 0);
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST(FileLock, WaitingEndsWhenToldTo) {
  const Folder folder;
  const auto first = opened(folder / "lock"), second = opened(folder / "lock");
  ASSERT_EQ(lock_alone(first, folder / "lock"), LockResult::taken);
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(lock_alone(second, folder / "lock", 60s, [] { return true; }), LockResult::busy);
  EXPECT_LT(std::chrono::steady_clock::now() - began, 30s);
}

}  // namespace
}  // namespace efface::base::test
