#include "batch/staging.h"

#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "crypto_openssl/crypto.h"
#include "tests/support/errors.h"
#include "tests/support/temporary_folder.h"

namespace efface::batch::test {
namespace {

namespace fs = std::filesystem;
using support::content_of;
using support::error_of;
using support::Folder;
using support::put;

using Files = std::vector<std::string>;

/// A study whose written outputs are `outputs`; one input of it was withheld.
audit::StudyRecord study(const std::string& token, const Files& outputs) {
  audit::StudyRecord record;
  record.token = token;
  record.inputs.emplace_back().outcome = audit::Outcome::withheld;
  for (const std::string& output : outputs) {
    audit::InputRecord& input = record.inputs.emplace_back();
    input.outcome = audit::Outcome::written;
    input.output = output;
  }
  return record;
}

/// Stages the study's outputs; a file holds its own path.
void stage(const OutputTree& tree, const audit::StudyRecord& record) {
  const fs::path staging = tree.begin(record.token);
  for (const audit::InputRecord& input : record.inputs) {
    if (!input.output.empty()) put(staging / input.output, input.output);
  }
}

/// Regular files below a folder, relative to it; without .efface.
Files files_in(const fs::path& folder) {
  Files files;
  for (auto i = fs::recursive_directory_iterator(folder); i != fs::recursive_directory_iterator();
       ++i) {
    if (i->path().filename() == ".efface") i.disable_recursion_pending();
    if (i->is_regular_file()) files.push_back(i->path().lexically_relative(folder).string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

const Files outputs{"patient/study/s1/a.dcm", "patient/study/s1/b.dcm", "patient/study/s2/c.dcm"};

TEST(OutputTree, ShowsAStudyByCommitOnly) {
  for (const Names names : {Names::keyed, Names::keep}) {
    const Folder folder;
    const OutputTree tree(folder / "out", names);
    const audit::StudyRecord record = study("t", outputs);
    stage(tree, record);
    tree.sync({record});
    EXPECT_EQ(files_in(folder / "out"), Files{});
    tree.commit(record);
    EXPECT_EQ(files_in(folder / "out"), outputs);
    for (const std::string& output : outputs) EXPECT_EQ(content_of(tree.root() / output), output);
    tree.discard("t");
    tree.finish();
    EXPECT_EQ(files_in(folder / "out"), outputs);
    EXPECT_FALSE(fs::exists(folder / "out/.efface/staging"));
  }
}

TEST(OutputTree, MovesAStudyInKeyedNamesWithOneRename) {
  const Folder folder;
  const OutputTree tree(folder / "out", Names::keyed);
  const audit::StudyRecord record = study("t", outputs);
  stage(tree, record);
  struct stat before {
  }, after{};
  ASSERT_EQ(::stat((folder / "out/.efface/staging/t/patient/study").c_str(), &before), 0);
  tree.commit(record);
  ASSERT_EQ(::stat((folder / "out/patient/study").c_str(), &after), 0);
  EXPECT_EQ(before.st_ino, after.st_ino) << "the folder itself was moved";
}

TEST(OutputTree, PutsStudiesOfOnePatientSideBySide) {
  const Folder folder;
  const OutputTree tree(folder / "out", Names::keyed);
  for (const char* token : {"t1", "t2"}) {
    const audit::StudyRecord record = study(token, {std::string("patient/") + token + "/s/a.dcm"});
    stage(tree, record);
    tree.commit(record);
  }
  EXPECT_EQ(files_in(folder / "out"), (Files{"patient/t1/s/a.dcm", "patient/t2/s/a.dcm"}));
}

TEST(OutputTree, NeverOverwrites) {
  for (const Names names : {Names::keyed, Names::keep}) {
    const Folder folder;
    const OutputTree tree(folder / "out", names);
    put(folder / "out/patient/study/s2/c.dcm", "of somebody else");
    const audit::StudyRecord record = study("t", outputs);
    stage(tree, record);
    EXPECT_EQ(error_of([&] { tree.commit(record); }).fault(), base::Fault::io);
    EXPECT_EQ(content_of(folder / "out/patient/study/s2/c.dcm"), "of somebody else");
    EXPECT_EQ(files_in(folder / "out"), Files{"patient/study/s2/c.dcm"})
        << "all of a study or nothing";
  }
}

TEST(OutputTree, DoesNotOverwriteALinkEither) {
  for (const Names names : {Names::keyed, Names::keep}) {
    const Folder folder;
    const OutputTree tree(folder / "out", names);
    fs::create_directories(folder / "out/patient/study/s1");
    const fs::path place = names == Names::keep ? "patient/study/s1/a.dcm" : "patient/study";
    fs::remove_all(folder / "out" / place);
    fs::create_symlink(folder / "elsewhere", folder / "out" / place);
    const audit::StudyRecord record = study("t", outputs);
    stage(tree, record);
    EXPECT_EQ(error_of([&] { tree.commit(record); }).fault(), base::Fault::io);
    EXPECT_TRUE(fs::is_symlink(folder / "out" / place));
  }
}

TEST(OutputTree, CommitsAgainWhatAKilledRunHadMoved) {
  for (const Names names : {Names::keyed, Names::keep}) {
    const Folder folder;
    const audit::StudyRecord record = study("t", outputs);
    {
      const OutputTree tree(folder / "out", names);
      stage(tree, record);
      if (names == Names::keep) {  // killed between two renames
        fs::create_directories(folder / "out/patient/study/s1");
        fs::rename(folder / "out/.efface/staging/t" / outputs[0], folder / "out" / outputs[0]);
      } else {
        tree.commit(record);
      }
    }
    const OutputTree tree(folder / "out", names);
    tree.commit(record);
    tree.commit(record);
    EXPECT_EQ(files_in(folder / "out"), outputs);
  }
}

TEST(OutputTree, MissesAStagedStudyThatVanished) {
  for (const Names names : {Names::keyed, Names::keep}) {
    const Folder folder;
    const OutputTree tree(folder / "out", names);
    const audit::StudyRecord record = study("t", outputs);
    stage(tree, record);
    tree.discard("t");
    const base::Error error = error_of([&] { tree.commit(record); });
    EXPECT_EQ(error.fault(), base::Fault::io);
    EXPECT_FALSE(error.hint().empty());
  }
}

TEST(OutputTree, BeginsWithoutTheLeftoversOfAKilledRun) {
  const Folder folder;
  { stage(OutputTree(folder / "out", Names::keyed), study("t", outputs)); }
  ASSERT_TRUE(fs::exists(folder / "out/.efface/staging/t" / outputs[2]));
  const OutputTree tree(folder / "out", Names::keyed);
  const fs::path staging = tree.begin("t");
  EXPECT_TRUE(fs::is_directory(staging));
  EXPECT_TRUE(fs::is_empty(staging));
}

TEST(OutputTree, DoesNotBeginOnLeftoversThatItCannotDelete) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may delete everything";
  const Folder folder;
  const OutputTree tree(folder / "out", Names::keyed);
  put(tree.begin("t") / "patient/study/unproven.dcm", "");
  fs::permissions(folder / "out/.efface/staging/t/patient/study", fs::perms::none);
  EXPECT_EQ(error_of([&] { tree.begin("t"); }).fault(), base::Fault::io);
  fs::permissions(folder / "out/.efface/staging/t/patient/study", fs::perms::owner_all);
}

TEST(OutputTree, DiscardsOneStudyOnly) {
  const Folder folder;
  const OutputTree tree(folder / "out", Names::keyed);
  stage(tree, study("t1", outputs));
  stage(tree, study("t2", outputs));
  tree.discard("t1");
  tree.discard("never begun");
  EXPECT_FALSE(fs::exists(folder / "out/.efface/staging/t1"));
  EXPECT_TRUE(fs::exists(folder / "out/.efface/staging/t2" / outputs[0]));
}

TEST(OutputTree, TakesANewAnEmptyAndItsOwnFolder) {
  const Folder folder;
  EXPECT_NO_THROW(OutputTree(folder / "new/deep", Names::keyed));
  fs::create_directory(folder / "empty");
  EXPECT_NO_THROW(OutputTree(folder / "empty", Names::keyed));
  put(folder / "empty/patient/study/a.dcm", "");
  EXPECT_NO_THROW(OutputTree(folder / "empty", Names::keyed));
}

TEST(OutputTree, RefusesFoldersOfOthers) {
  const Folder folder;
  put(folder / "full/notes.txt", "");
  put(folder / "file", "");
  for (const char* name : {"full", "file"}) {
    EXPECT_EQ(error_of([&] { OutputTree(folder / name, Names::keyed); }).fault(),
              base::Fault::usage);
  }
  EXPECT_FALSE(fs::exists(folder / "full/.efface")) << "and leaves them as they are";
}

TEST(OutputTree, IsNamedWithOrWithoutASlash) {
  const Folder folder;
  const fs::path before = fs::current_path();
  fs::current_path(folder.path());
  int number = 0;
  for (const std::string& root : {std::string("out/"), std::string("./out2//"), std::string("out3"),
                                  (folder / "out4").string() + "/", std::string("x/../out5/.")}) {
    const audit::StudyRecord record = study("t" + std::to_string(++number), outputs);
    const OutputTree tree(root, Names::keyed);
    stage(tree, record);
    tree.sync({record});
    tree.commit(record);
    EXPECT_EQ(files_in(fs::weakly_canonical(root)), outputs) << root;
  }
  fs::current_path(before);
}

TEST(OutputTree, SyncsManyFilesAndMissesAbsentOnes) {
  const Folder folder;
  const OutputTree tree(folder / "out", Names::keyed);
  Files many;
  for (int i = 0; i < 100; ++i) many.push_back("patient/study/s/" + std::to_string(i));
  const audit::StudyRecord large = study("large", many), small = study("small", outputs);
  stage(tree, large);
  EXPECT_NO_THROW(tree.sync({large}));
  EXPECT_EQ(error_of([&] { tree.sync({small}); }).fault(), base::Fault::io) << "never staged";
}

TEST(Digest, IsThatOfTheWholeFile) {
  const Folder folder;
  for (const std::size_t size : {0U, 1U, 262143U, 262144U, 262145U, 700000U}) {
    std::string content;
    for (std::size_t i = 0; i < size; ++i) content += static_cast<char>(i * i >> 7);
    put(folder / "file", content);
    const FileDigest digest = digest_file(folder / "file");
    EXPECT_EQ(digest.bytes, size);
    EXPECT_EQ(base::to_hex(digest.sha256),
              base::to_hex(crypto_openssl::sha256(std::as_bytes(std::span(content)))));
  }
  EXPECT_EQ(error_of([&] { digest_file(folder / "nowhere"); }).fault(), base::Fault::io);
}

}  // namespace
}  // namespace efface::batch::test
