#include "config/key_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "tests/support/errors.h"
#include "tests/support/temporary_folder.h"

namespace efface::config {
namespace {

namespace fs = std::filesystem;
using support::error_of;

class KeyFile : public testing::Test {
 protected:
  KeyFile() {
    for (std::size_t i = 0; i < key_.bytes.size(); ++i) {
      key_.bytes[i] = static_cast<std::uint8_t>(i * 9 + 3);
    }
  }

  void put(const std::string& text, unsigned mode = 0600) {
    fs::remove(path_);
    support::put(path_, text);
    ::chmod(path_.c_str(), mode);
  }
  std::string text() { return support::content_of(path_); }
  unsigned mode() {
    struct stat status {};
    EXPECT_EQ(::stat(path_.c_str(), &status), 0);
    return status.st_mode & 07777;
  }

  const support::Folder folder_;
  const fs::path path_ = folder_ / "project.key";
  base::Digest key_;
};

TEST_F(KeyFile, ReadsWhatItWrote) {
  write_key_file(path_, key_);
  EXPECT_EQ(read_key_file(path_), key_);
  EXPECT_EQ(text(), "efface-project-key-1 " + base::to_hex(key_) + "\n");
}

TEST_F(KeyFile, HasMode0600WhateverTheUmask) {
  for (const mode_t mask : {0000, 0022, 0277, 0777}) {
    fs::remove(path_);
    const mode_t before = ::umask(mask);
    write_key_file(path_, key_);
    ::umask(before);
    EXPECT_EQ(mode(), 0600U) << mask;
  }
}

TEST_F(KeyFile, IsNeverOverwritten) {
  put("precious");
  EXPECT_EQ(error_of([&] { write_key_file(path_, key_); }).fault(), base::Fault::usage);
  EXPECT_EQ(text(), "precious");
  fs::remove(path_);
  fs::create_symlink(folder_ / "elsewhere", path_);
  EXPECT_EQ(error_of([&] { write_key_file(path_, key_); }).fault(), base::Fault::usage);
  EXPECT_FALSE(fs::exists(folder_ / "elsewhere"));
}

TEST_F(KeyFile, CannotBeWrittenWhereNoDirectoryIs) {
  EXPECT_EQ(error_of([&] { write_key_file(folder_ / "no/key", key_); }).fault(), base::Fault::io);
}

TEST_F(KeyFile, IsRefusedWhenOpenToGroupOrOthers) {
  write_key_file(path_, key_);
  for (const unsigned bit : {0040U, 0020U, 0010U, 0004U, 0002U, 0001U}) {
    ::chmod(path_.c_str(), 0600 | bit);
    const base::Error error = error_of([&] { read_key_file(path_); });
    EXPECT_EQ(error.fault(), base::Fault::crypto) << bit;
    EXPECT_NE(error.hint().find("chmod 600"), std::string::npos);
  }
  ::chmod(path_.c_str(), 0400);
  EXPECT_EQ(read_key_file(path_), key_);
}

TEST_F(KeyFile, IsRefusedThroughALinkWhoseTargetIsOpen) {
  write_key_file(path_, key_);
  const fs::path link = folder_ / "link";
  fs::create_symlink(path_, link);
  EXPECT_EQ(read_key_file(link), key_);
  ::chmod(path_.c_str(), 0644);
  EXPECT_EQ(error_of([&] { read_key_file(link); }).fault(), base::Fault::crypto);
}

TEST_F(KeyFile, MustBeARegularFile) {
  EXPECT_EQ(error_of([&] { read_key_file(folder_.path()); }).fault(), base::Fault::crypto);
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  EXPECT_EQ(error_of([&] { read_key_file(path_); }).fault(), base::Fault::crypto);
  fs::remove(path_);
  const base::Error error = error_of([&] { read_key_file(path_); });
  EXPECT_EQ(error.fault(), base::Fault::crypto);
  EXPECT_NE(error.hint().find("efface key new"), std::string::npos);
}

TEST_F(KeyFile, MustBelongToThisUserOrRoot) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
  write_key_file(path_, key_);
  ASSERT_EQ(::chown(path_.c_str(), 12345, 12345), 0);
  EXPECT_EQ(error_of([&] { read_key_file(path_); }).fault(), base::Fault::crypto);
}

TEST_F(KeyFile, MustBeWellFormed) {
  const std::string digits = base::to_hex(key_);
  const std::string good = "efface-project-key-1 " + digits + "\n";
  for (std::size_t length = 0; length < good.size(); ++length) {
    put(good.substr(0, length));
    EXPECT_EQ(error_of([&] { read_key_file(path_); }).fault(), base::Fault::crypto) << length;
  }
  for (const std::string& bad :
       {good + "\n", good + good, " " + good, "efface-project-key-2 " + digits + "\n",
        "efface-project-key-1\t" + digits + "\n", "efface-project-key-1 " + digits + "\r",
        "efface-project-key-1 " + digits.substr(1) + "g\n"}) {
    put(bad);
    const base::Error error = error_of([&] { read_key_file(path_); });
    EXPECT_EQ(error.fault(), base::Fault::crypto);
    EXPECT_EQ(std::string(error.what()).find(digits.substr(1)), std::string::npos);
  }
  std::string upper = digits;
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](char c) { return c >= 'a' && c <= 'f' ? static_cast<char>(c - 32) : c; });
  put("efface-project-key-1 " + upper + "\n");
  EXPECT_EQ(read_key_file(path_), key_);
}

TEST_F(KeyFile, MustNotHoldTheZeroKey) {
  put("efface-project-key-1 " + std::string(64, '0') + "\n");
  EXPECT_EQ(error_of([&] { read_key_file(path_); }).fault(), base::Fault::crypto);
}

}  // namespace
}  // namespace efface::config
