#include "batch/walk.h"

#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <map>
#include <vector>

#include "tests/support/errors.h"
#include "tests/support/temporary_folder.h"

namespace efface::batch::test {
namespace {

namespace fs = std::filesystem;
using support::content_of;
using support::error_of;
using support::Folder;
using support::put;

using Names = std::vector<std::string>;

Names names(const std::vector<FoundFile>& found) {
  Names all;
  for (const FoundFile& file : found) all.emplace_back(file.name());
  return all;
}

std::map<std::string, FileKind> kinds(const std::vector<FoundFile>& found) {
  std::map<std::string, FileKind> all;
  for (const FoundFile& file : found) all.emplace(file.name(), file.kind);
  return all;
}

TEST(Walk, FindsEveryFileSortedByName) {
  const Folder folder;
  for (const char* name : {"in/z", "in/b/2", "in/b/10", "in/b/.hidden", "in/a/c/d/e", "in/b c"}) {
    put(folder / name, name);
  }
  fs::create_directory(folder / "in/empty");
  const std::vector<FoundFile> found = walk({folder / "in"}, false);
  EXPECT_EQ(names(found),
            (Names{"in/a/c/d/e", "in/b c", "in/b/.hidden", "in/b/10", "in/b/2", "in/z"}));
  for (const FoundFile& file : found) {
    EXPECT_EQ(file.kind, FileKind::regular);
    EXPECT_EQ(file.path, (folder / std::string(file.name())).string());
    EXPECT_EQ(file.bytes, file.name().size());
    EXPECT_EQ(content_of(file.path), file.name());
  }
}

TEST(Walk, GivesTheSameForAnyOrderOfInputs) {
  const Folder folder;
  for (const char* name : {"p/in/a", "p/in/b", "q/in/a", "r"}) put(folder / name, name);
  const auto paths = [&](const std::vector<fs::path>& inputs) {
    Names all;
    for (const FoundFile& file : walk(inputs, false)) all.push_back(file.path);
    return all;
  };
  const Names expected = paths({folder / "p/in", folder / "q/in", folder / "r"});
  EXPECT_EQ(expected.size(), 4U);
  EXPECT_EQ(paths({folder / "r", folder / "q/in", folder / "p/in"}), expected);
  EXPECT_EQ(paths({folder / "q/in", folder / "p/in", folder / "r"}), expected);
}

TEST(Walk, FindsEachPathOnce) {
  const Folder folder;
  put(folder / "in/sub/a", "");
  put(folder / "in/b", "");
  const std::vector<fs::path> inputs{folder / "in", folder / "in/sub", folder / "in/b",
                                     folder / "in/./sub/../sub/a", folder / "in"};
  EXPECT_EQ(names(walk(inputs, false)), (Names{"in/b", "in/sub/a"}));
}

TEST(Walk, NamesFilesByTheInputsLastPart) {
  const Folder folder;
  put(folder / "in/sub/a", "");
  EXPECT_EQ(names(walk({(folder / "in").string() + "/"}, false)), Names{"in/sub/a"});
  EXPECT_EQ(names(walk({folder / "in/./sub/."}, false)), Names{"sub/a"});
  EXPECT_EQ(names(walk({folder / "in/sub/a"}, false)), Names{"a"});
  EXPECT_EQ(names(walk({folder / "in/sub/.."}, false)), Names{"in/sub/a"});
}

/// A folder with a link to a file and one to a folder, both outside the input.
struct Linked {
  Linked() {
    put(folder / "outside/file", "12345");
    put(folder / "in/own", "");
    fs::create_symlink(folder / "outside/file", folder / "in/to-file");
    fs::create_directory_symlink(folder / "outside", folder / "in/to-folder");
    fs::create_symlink(folder / "nowhere", folder / "in/to-nothing");
  }
  Folder folder;
};

TEST(Walk, RecordsLinksWithoutFollowingThem) {
  const Linked linked;
  const std::vector<FoundFile> found = walk({linked.folder / "in"}, false);
  EXPECT_EQ(kinds(found),
            (std::map<std::string, FileKind>{{"in/own", FileKind::regular},
                                             {"in/to-file", FileKind::symbolic_link},
                                             {"in/to-folder", FileKind::symbolic_link},
                                             {"in/to-nothing", FileKind::symbolic_link}}));
}

TEST(Walk, FollowsLinksWhenAsked) {
  const Linked linked;
  const std::vector<FoundFile> found = walk({linked.folder / "in"}, true);
  EXPECT_EQ(kinds(found),
            (std::map<std::string, FileKind>{{"in/own", FileKind::regular},
                                             {"in/to-file", FileKind::regular},
                                             {"in/to-folder/file", FileKind::regular},
                                             {"in/to-nothing", FileKind::unreadable}}));
  EXPECT_EQ(found[1].bytes, 5U) << "of the file, not of the link";
}

TEST(Walk, FollowsALinkThatTheUserNames) {
  const Linked linked;
  EXPECT_EQ(kinds(walk({linked.folder / "in/to-folder", linked.folder / "in/to-file"}, false)),
            (std::map<std::string, FileKind>{{"to-folder/file", FileKind::regular},
                                             {"to-file", FileKind::regular}}));
}

TEST(Walk, TakesTheParentOfALinkedFolderForWhatItIs) {
  const Folder folder;
  put(folder / "far/off/a", "");
  put(folder / "far/b", "");
  put(folder / "near/c", "");
  fs::create_directory_symlink(folder / "far/off", folder / "near/link");
  EXPECT_EQ(names(walk({folder / "near/link/.."}, false)), (Names{"far/b", "far/off/a"}));
}

TEST(Walk, ComesToAnEndInLoops) {
  const Folder folder;
  put(folder / "in/a/file", "");
  fs::create_directory_symlink(folder / "in", folder / "in/a/up");
  fs::create_symlink("self", folder / "in/self");
  fs::create_symlink("pong", folder / "in/ping");
  fs::create_symlink("ping", folder / "in/pong");
  EXPECT_EQ(kinds(walk({folder / "in"}, true)),
            (std::map<std::string, FileKind>{{"in/a/file", FileKind::regular},
                                             {"in/a/up", FileKind::link_loop},
                                             {"in/self", FileKind::link_loop},
                                             {"in/ping", FileKind::link_loop},
                                             {"in/pong", FileKind::link_loop}}));
}

TEST(Walk, RecordsWhatIsNoFile) {
  const Folder folder;
  put(folder / "in/file", "");
  ASSERT_EQ(::mkfifo((folder / "in/pipe").c_str(), 0600), 0);
  EXPECT_EQ(kinds(walk({folder / "in"}, false)),
            (std::map<std::string, FileKind>{{"in/file", FileKind::regular},
                                             {"in/pipe", FileKind::special}}))
      << "and does not wait for somebody to write into it";
  EXPECT_EQ(kinds(walk({folder / "in/pipe"}, false)),
            (std::map<std::string, FileKind>{{"pipe", FileKind::special}}));
}

TEST(Walk, RecordsFoldersThatItMayNotRead) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may read everything";
  const Folder folder;
  put(folder / "in/closed/file", "");
  put(folder / "in/open", "");
  fs::permissions(folder / "in/closed", fs::perms::none);
  const auto found = kinds(walk({folder / "in"}, false));
  fs::permissions(folder / "in/closed", fs::perms::owner_all);
  EXPECT_EQ(found, (std::map<std::string, FileKind>{{"in/closed", FileKind::unreadable},
                                                    {"in/open", FileKind::regular}}));
}

TEST(Walk, RefusesAnInputThatDoesNotExist) {
  const Folder folder;
  put(folder / "in/a", "");
  fs::create_symlink(folder / "nowhere", folder / "dangling");
  for (const char* missing : {"nowhere", "in/nowhere", "in/a/below-a-file", "dangling"}) {
    EXPECT_EQ(error_of([&] {
                walk({folder / "in", folder / missing}, false);
              }).fault(),
              base::Fault::usage)
        << missing;
  }
}

TEST(Overlap, IsRefusedThroughLinksToo) {
  const Folder folder;
  put(folder / "in/sub/a", "");
  put(folder / "other/a", "");
  fs::create_directory_symlink(folder / "in/sub", folder / "link");
  for (const char* output : {"in", "in/out", "in/sub/new/deep", "link", "link/out", ".", "in/../in",
                             "other/../in/out"}) {
    const base::Error error = error_of([&] {
      refuse_overlap({folder / "other", folder / "in"}, folder / output);
    });
    EXPECT_EQ(error.fault(), base::Fault::usage) << output;
    EXPECT_FALSE(error.hint().empty());
  }
  EXPECT_EQ(error_of([&] { refuse_overlap({folder / "link"}, folder / "in/sub/out"); }).fault(),
            base::Fault::usage)
      << "an input that is a link";
  for (const char* output : {"out", "in2", "other2/in", "in/../out"}) {
    EXPECT_NO_THROW(refuse_overlap({folder / "other", folder / "in"}, folder / output)) << output;
  }
}

}  // namespace
}  // namespace efface::batch::test
