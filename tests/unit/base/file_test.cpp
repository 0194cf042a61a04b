#include "base/file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <iterator>
#include <string>
#include <utility>

#include "tests/support/errors.h"
#include "tests/support/temporary_folder.h"

namespace efface::base {
namespace {

namespace fs = std::filesystem;
using support::content_of;
using support::fault_of;
using support::put;

class FileTest : public testing::Test {
 protected:
  const support::Folder folder_;
};

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

bool is_open(int number) {
  return ::fcntl(number, F_GETFD) != -1;
}

TEST_F(FileTest, DescriptorsCloseThemselvesAndCanBeMoved) {
  put(folder_ / "a", "a");
  int number = -1;
  {
    FileDescriptor file = open_for_reading(folder_ / "a");
    number = file.number();
    FileDescriptor moved = std::move(file);
    EXPECT_FALSE(file.is_open());
    EXPECT_EQ(moved.number(), number);
    EXPECT_TRUE(is_open(number));
    EXPECT_NE(::fcntl(number, F_GETFD) & FD_CLOEXEC, 0);
  }
  EXPECT_FALSE(is_open(number));
}

TEST_F(FileTest, OpeningSaysWhatIsMissing) {
  EXPECT_EQ(fault_of([&] { open_for_reading(folder_ / "missing"); }), Fault::io);
  try {
    open_for_reading(folder_ / "missing");
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("missing'"), std::string::npos);
  }
}

TEST_F(FileTest, LinksAreFollowedOnlyWhenAsked) {
  put(folder_ / "a", "a");
  fs::create_symlink(folder_ / "a", folder_ / "link");
  EXPECT_TRUE(open_for_reading(folder_ / "link").is_open());
  EXPECT_EQ(fault_of([&] { open_for_reading(folder_ / "link", false); }), Fault::io);
}

TEST_F(FileTest, CreatingNeverOverwrites) {
  put(folder_ / "a", "precious");
  EXPECT_EQ(fault_of([&] { create_file(folder_ / "a"); }), Fault::io);
  EXPECT_EQ(content_of(folder_ / "a"), "precious");
  write_all(create_file(folder_ / "b", 0600), bytes_of("new"), folder_ / "b");
  EXPECT_EQ(content_of(folder_ / "b"), "new");
  struct stat status {};
  ASSERT_EQ(::stat((folder_ / "b").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(FileTest, AFullDiskIsSaidSo) {
  const fs::path full = "/dev/full";
  if (!fs::exists(full)) GTEST_SKIP() << "no /dev/full here";
  const FileDescriptor file(::open(full.c_str(), O_WRONLY | O_CLOEXEC));
  EXPECT_EQ(fault_of([&] { write_all(file, bytes_of("text"), full); }), Fault::no_space);
}

TEST_F(FileTest, DirectoriesAreMadeOnceOrRefused) {
  make_directories(folder_ / "x" / "y");
  make_directories(folder_ / "x" / "y");
  EXPECT_TRUE(fs::is_directory(folder_ / "x" / "y"));
  put(folder_ / "a", "text");
  EXPECT_EQ(fault_of([&] { make_directories(folder_ / "a" / "b"); }), Fault::io);
}

TEST_F(FileTest, MapsAreShownPieceByPieceAndStayReadableAfterwards) {
  std::string content(3'000'000, 'x');
  for (std::size_t i = 0; i < content.size(); i += 997) content[i] = static_cast<char>(i % 251);
  put(folder_ / "a", content);
  const MappedFile map(folder_ / "a");
  std::string shown;
  const auto show = [&](std::span<const std::byte> piece) {
    EXPECT_LE(piece.size(), 70'000U);
    shown.append(reinterpret_cast<const char*>(piece.data()), piece.size());
  };
  map.visit(70'000, show);
  EXPECT_EQ(shown, content);
  map.release(map.bytes().subspan(5, 2'000'000));
  shown.clear();
  map.visit_part(map.bytes().subspan(1'000, 500'000), 70'000, show);
  EXPECT_EQ(shown, content.substr(1'000, 500'000));
}

TEST_F(FileTest, MapsShowTheWholeFile) {
  put(folder_ / "a", "content");
  put(folder_ / "empty", "");
  MappedFile map(folder_ / "a");
  const MappedFile moved = std::move(map);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(moved.bytes().data()), moved.bytes().size()),
            "content");
  EXPECT_TRUE(MappedFile(folder_ / "empty").bytes().empty());
  EXPECT_EQ(fault_of([&] { MappedFile missing(folder_ / "missing"); }), Fault::io);
}

TEST_F(FileTest, WholeFilesShowTheSameHoweverTheyAreRead) {
  for (const std::size_t size : {1U, 65'536U, 65'537U, 1'048'576U, 1'048'577U}) {
    const std::string content(size, 'w'), other(size, 'o');
    put(folder_ / "a", content);
    put(folder_ / "b", other);
    const MappedFile a(folder_ / "a", Extent::whole);
    { const MappedFile b(folder_ / "b", Extent::whole); }
    MappedFile again(folder_ / "b", Extent::whole);  // in the memory that the last one left
    const MappedFile moved = std::move(again);
    const auto text = [](const MappedFile& file) {
      return std::string(reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size());
    };
    EXPECT_EQ(text(a), content) << size;
    EXPECT_EQ(text(moved), other) << size;
  }
}

TEST_F(FileTest, FilesAreVisitedPieceByPiece) {
  const std::string content = std::string(1'000, 'x') + std::string(500, 'y');
  put(folder_ / "a", content);
  put(folder_ / "empty", "");
  std::vector<std::size_t> sizes;
  std::string shown;
  const auto show = [&](std::span<const std::byte> piece) {
    sizes.push_back(piece.size());
    shown.append(reinterpret_cast<const char*>(piece.data()), piece.size());
  };
  EXPECT_EQ(visit_file(folder_ / "a", 600, show), 1'500U);
  EXPECT_EQ(sizes, (std::vector<std::size_t>{600, 600, 300}));
  EXPECT_EQ(shown, content);
  EXPECT_EQ(visit_file(folder_ / "empty", 600, show), 0U);
  EXPECT_EQ(sizes.size(), 3U);
  EXPECT_EQ(fault_of([&] { visit_file(folder_ / "missing", 600, show); }), Fault::io);
}

TEST_F(FileTest, AFileIsAppendedToAnother) {
  const std::string content(1'000'000, 'x');
  put(folder_ / "a", content);
  {
    const FileDescriptor file = create_file(folder_ / "b");
    write_all(file, bytes_of("start"), folder_ / "b");
    append_file(file, folder_ / "a", folder_ / "b");
  }
  EXPECT_EQ(content_of(folder_ / "b"), "start" + content);
}

TEST_F(FileTest, TheHeadIsReadUpToALimit) {
  put(folder_ / "a", "content");
  const FileHead head = read_head(folder_ / "a", 3), whole = read_head(folder_ / "a", 100);
  EXPECT_EQ(head.bytes.size(), 3U);
  EXPECT_EQ(static_cast<char>(head.bytes.back()), 'n');
  EXPECT_EQ(head.file_size, 7U);
  EXPECT_EQ(whole.bytes.size(), 7U);
  EXPECT_EQ(fault_of([&] { read_head(folder_ / "missing", 3); }), Fault::io);
}

TEST_F(FileTest, TextIsReadUpToALimit) {
  put(folder_ / "a", std::string(1000, 'x'));
  EXPECT_EQ(read_text_file(folder_ / "a", 1000), std::string(1000, 'x'));
  EXPECT_EQ(fault_of([&] { read_text_file(folder_ / "a", 999); }), Fault::bad_input);
  EXPECT_EQ(fault_of([&] { read_text_file(folder_.path(), 999); }), Fault::io);
}

TEST_F(FileTest, WritingAtomicallyReplacesAndLeavesNothingElse) {
  put(folder_ / "a", "old");
  write_atomically(folder_ / "a", "new");
  EXPECT_EQ(content_of(folder_ / "a"), "new");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), {}), 1);
}

TEST_F(FileTest, WritingAtomicallyLeavesNothingWhenItFails) {
  fs::create_directory(folder_ / "a");
  put(folder_ / "a" / "inside", "x");  // a directory that is not empty cannot be replaced
  EXPECT_EQ(fault_of([&] { write_atomically(folder_ / "a", "new"); }), Fault::io);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), {}), 1);
  EXPECT_EQ(fault_of([&] { write_atomically(folder_ / "no" / "b", "new"); }), Fault::io);
}

TEST_F(FileTest, SyncingKnowsFilesAndDirectories) {
  put(folder_ / "a", "x");
  EXPECT_NO_THROW(sync_path(folder_ / "a"));
  EXPECT_NO_THROW(sync_path(folder_.path()));
  EXPECT_EQ(fault_of([&] { sync_path(folder_ / "missing"); }), Fault::io);
}

}  // namespace
}  // namespace efface::base
