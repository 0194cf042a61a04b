#include "batch/committer.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <set>

#include "tests/support/temporary_folder.h"

namespace efface::batch::test {
namespace {

namespace fs = std::filesystem;
using support::content_of;
using support::Folder;
using support::put;

audit::StudyRecord study(const std::string& token) {
  audit::StudyRecord record;
  record.token = token;
  audit::InputRecord& input = record.inputs.emplace_back();
  input.token = "input of " + token;
  input.kind = "dicom";
  input.bytes = 17;
  input.study = token;
  input.outcome = audit::Outcome::written;
  input.output = "patient/" + token + "/s/a.dcm";
  input.output_sha256 = "0";
  return record;
}

class Listener : public Observer {
 public:
  void study_done(const audit::StudyRecord& record, bool) override { done.push_back(record); }
  void message(const std::string& text) override { messages.push_back(text); }
  std::vector<audit::StudyRecord> done;
  std::vector<std::string> messages;
};

struct Bench {
  Bench() : tree(folder / "out", Names::keyed), journal(tree.journal_path(), "digest") {}
  audit::StudyRecord staged(const std::string& token) {
    audit::StudyRecord record = study(token);
    put(tree.begin(token) / record.inputs[0].output, token);
    return record;
  }
  std::set<std::string> committed() const {
    std::set<std::string> tokens;
    journal.for_each_committed([&](const auto& record) { tokens.insert(record.token); });
    return tokens;
  }

  Folder folder;
  OutputTree tree;
  audit::Journal journal;
  Listener listener;
};

TEST(Committer, PutsEveryStudyInPlaceAndIntoTheJournal) {
  Bench bench;
  std::set<std::string> expected;
  Committer committer(bench.tree, bench.journal, bench.listener, 3);
  for (int i = 0; i < 30; ++i) {
    const std::string token = "t" + std::to_string(i);
    expected.insert(token);
    committer.add(bench.staged(token));
  }
  committer.finish();
  EXPECT_FALSE(committer.has_failed());
  EXPECT_EQ(bench.committed(), expected);
  EXPECT_EQ(bench.listener.done.size(), 30U);
  for (const std::string& token : expected) {
    EXPECT_EQ(content_of(bench.folder / ("out/patient/" + token + "/s/a.dcm")), token);
    EXPECT_FALSE(fs::exists(bench.folder / ("out/.efface/staging/" + token)));
  }
}

TEST(Committer, FinishesWhatWasAddedWhenItEnds) {
  Bench bench;
  { Committer(bench.tree, bench.journal, bench.listener, 1).add(bench.staged("t")); }
  EXPECT_EQ(bench.committed(), std::set<std::string>{"t"});
}

TEST(Committer, FailsTheStudyWhosePlaceIsTaken) {
  Bench bench;
  put(bench.folder / "out/patient/bad/s/a.dcm", "of somebody else");
  Committer committer(bench.tree, bench.journal, bench.listener, 8);
  committer.add(bench.staged("good"));
  committer.add(bench.staged("bad"));
  committer.add(bench.staged("fine"));
  committer.finish();
  EXPECT_EQ(bench.committed(), (std::set<std::string>{"bad", "fine", "good"}));
  EXPECT_EQ(content_of(bench.folder / "out/patient/bad/s/a.dcm"), "of somebody else");
  EXPECT_EQ(bench.listener.messages.size(), 1U);
  bench.journal.for_each_committed([&](const audit::StudyRecord& record) {
    const audit::InputRecord& input = record.inputs.at(0);
    EXPECT_EQ(input.bytes, 17U);
    EXPECT_EQ(input.outcome == audit::Outcome::failed, record.token == "bad");
    EXPECT_EQ(input.output.empty(), record.token == "bad");
    EXPECT_EQ(input.output_sha256.empty(), record.token == "bad");
    EXPECT_EQ(input.reason, record.token == "bad" ? "io" : "");
  });
}

TEST(Committer, FailsTheStudyThatIsNotThere) {
  Bench bench;
  Committer committer(bench.tree, bench.journal, bench.listener, 8);
  committer.add(study("never staged"));
  committer.add(bench.staged("good"));
  committer.finish();
  ASSERT_EQ(bench.listener.done.size(), 2U);
  for (const audit::StudyRecord& record : bench.listener.done) {
    EXPECT_EQ(record.inputs[0].outcome,
              record.token == "good" ? audit::Outcome::written : audit::Outcome::failed);
  }
}

TEST(RefusedByDisk, KeepsWhatWasReadAndNothingThatWasMade) {
  audit::StudyRecord record = study("t");
  record.volumes.emplace_back();
  record.inputs[0].path = "in/a";
  record.inputs[0].safe_harbor["names"] = 3;
  record.inputs[0].volume = "v";
  record = refused_by_disk(record, base::Error(base::Fault::no_space, "disk full"));
  EXPECT_TRUE(record.volumes.empty());
  const audit::InputRecord& input = record.inputs.at(0);
  EXPECT_EQ(input.token, "input of t");
  EXPECT_EQ(input.path, "in/a");
  EXPECT_EQ(input.kind, "dicom");
  EXPECT_EQ(input.outcome, audit::Outcome::failed);
  EXPECT_EQ(input.reason, "no-space");
  EXPECT_FALSE(input.detail.empty());
  EXPECT_TRUE(input.output.empty());
  EXPECT_TRUE(input.safe_harbor.empty());
  EXPECT_TRUE(input.volume.empty()) << "its volume is not in the manifest";
  EXPECT_EQ(refused_by_disk(record, base::Error(base::Fault::io, "")).inputs[0].reason, "io");
}

}  // namespace
}  // namespace efface::batch::test
