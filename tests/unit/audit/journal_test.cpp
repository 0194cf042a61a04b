#include "audit/journal.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <memory>
#include <thread>
#include <vector>

#include "audit/journal_line.h"
#include "audit/study_text.h"
#include "sample_records.h"

namespace efface::audit {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> tokens_of(const Journal& journal) {
  std::vector<std::string> tokens;
  journal.for_each_committed([&](const StudyRecord& study) { tokens.push_back(study.token); });
  return tokens;
}

void finish(Journal& journal, const StudyRecord& study) {
  journal.prepared(study);
  journal.committed(study.token);
}

using Tokens = std::vector<std::string>;

TEST(Crc32, HasTheCheckValueOfItsStandard) {
  EXPECT_EQ(crc32("123456789"), 0xCBF43926U);
  EXPECT_EQ(crc32(""), 0U);
}

TEST(JournalLine, ShowsEveryChangedByte) {
  const std::string line = frame_line(3, "\"a\":1");
  const std::string_view text = std::string_view(line).substr(0, line.size() - 1);
  EXPECT_EQ(unframe_line(3, text), "\"a\":1");
  EXPECT_FALSE(unframe_line(4, text));
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (const char flip : {'\1', ' '}) {
      std::string damaged(text);
      damaged[i] = static_cast<char>(damaged[i] ^ flip);
      EXPECT_FALSE(unframe_line(3, damaged)) << damaged;
    }
    EXPECT_FALSE(unframe_line(3, text.substr(0, i)));
  }
}

TEST(Journal, BeginsEmptyAndPrivate) {
  const Folder folder;
  const mode_t before = ::umask(0);
  const Journal journal(folder / "j", "digest");
  ::umask(before);
  EXPECT_TRUE(journal.earlier().prepared.empty());
  EXPECT_TRUE(journal.earlier().committed.empty());
  EXPECT_TRUE(tokens_of(journal).empty());
  struct stat status {};
  ASSERT_EQ(::stat((folder / "j").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST(Journal, VisitsCommittedStudiesInOrderOfToken) {
  const Folder folder;
  Journal journal(folder / "j", "digest");
  finish(journal, sample_study("m"));
  journal.prepared(sample_study("p"));
  finish(journal, sample_study("a"));
  finish(journal, sample_study("z"));
  EXPECT_EQ(tokens_of(journal), (Tokens{"a", "m", "z"}));
  journal.committed("p");
  EXPECT_EQ(tokens_of(journal), (Tokens{"a", "m", "p", "z"}));
}

TEST(Journal, GivesBackWholeRecords) {
  const Folder folder;
  Journal journal(folder / "j", "digest");
  const StudyRecord study = sample_study("s,\"study\":{");  // looks like the journal's own text
  finish(journal, study);
  int visits = 0;
  journal.for_each_committed([&](const StudyRecord& back) {
    ++visits;
    EXPECT_EQ(encode_study(back), encode_study(study));
  });
  EXPECT_EQ(visits, 1);
}

TEST(Journal, RemembersAcrossRuns) {
  const Folder folder;
  {
    Journal journal(folder / "j", "digest");
    finish(journal, sample_study("b"));
    finish(journal, sample_study("a"));
    journal.prepared(sample_study("c"));
  }
  Journal journal(folder / "j", "digest");
  EXPECT_EQ(journal.earlier().committed, (std::set<std::string>{"a", "b"}));
  ASSERT_EQ(journal.earlier().prepared.size(), 1U);
  EXPECT_EQ(encode_study(journal.earlier().prepared.at("c")), encode_study(sample_study("c")));
  journal.committed("c");
  finish(journal, sample_study("d"));
  EXPECT_EQ(journal.earlier().prepared.size(), 1U) << "what was earlier does not change";
  EXPECT_EQ(tokens_of(journal), (Tokens{"a", "b", "c", "d"}));
}

TEST(Journal, LetsTheLastRecordOfAStudyCount) {
  const Folder folder;
  {
    Journal journal(folder / "j", "digest");
    StudyRecord study = sample_study("s");
    finish(journal, study);
    study.inputs.resize(1);
    journal.prepared(study);
    study.inputs.clear();
    journal.prepared(study);
    journal.committed("s");
    journal.committed("s");  // has no effect
  }
  const Journal journal(folder / "j", "digest");
  std::size_t visits = 0;
  journal.for_each_committed([&](const StudyRecord& study) {
    ++visits;
    EXPECT_TRUE(study.inputs.empty());
  });
  EXPECT_EQ(visits, 1U);
  EXPECT_TRUE(journal.earlier().prepared.empty());
}

TEST(Journal, KnowsNoCommitWithoutPreparation) {
  const Folder folder;
  Journal journal(folder / "j", "digest");
  EXPECT_EQ(error_of([&] { journal.committed("s"); }).fault(), base::Fault::internal);
}

TEST(Journal, RefusesAnotherDigest) {
  const Folder folder;
  { const Journal journal(folder / "j", "digest"); }
  const base::Error error = error_of([&] { const Journal journal(folder / "j", "other"); });
  EXPECT_EQ(error.fault(), base::Fault::usage);
  EXPECT_FALSE(error.hint().empty());
  EXPECT_NO_THROW(const Journal journal(folder / "j", "digest"));
}

TEST(Journal, RefusesAnotherVersion) {
  const Folder folder;
  put(folder / "j",
      frame_line(0, "\"event\":\"begin\",\"journal_version\":2,\"run_digest\":\"digest\""));
  EXPECT_EQ(error_of([&] { const Journal journal(folder / "j", "digest"); }).fault(),
            base::Fault::usage);
}

TEST(Journal, IsLockedAgainstASecondRun) {
  const Folder folder;
  {
    const Journal journal(folder / "j", "digest");
    EXPECT_EQ(error_of([&] { const Journal second(folder / "j", "digest"); }).fault(),
              base::Fault::usage);
  }
  EXPECT_NO_THROW(const Journal journal(folder / "j", "digest"));
}

TEST(Journal, IsNotOpenedThroughALink) {
  const Folder folder;
  fs::create_symlink(folder / "elsewhere", folder / "j");
  EXPECT_EQ(error_of([&] { const Journal journal(folder / "j", "digest"); }).fault(),
            base::Fault::io);
  EXPECT_FALSE(fs::exists(folder / "elsewhere"));
}

/// A journal of three lines that were whole, and a last one.
struct Torn {
  std::string before, last;
};

Torn make_torn(const Folder& folder, bool last_is_prepared) {
  Torn torn;
  Journal journal(folder / "j", "digest");
  finish(journal, sample_study("a"));
  if (!last_is_prepared) journal.prepared(sample_study("b"));
  torn.before = content_of(folder / "j");
  if (last_is_prepared) {
    journal.prepared(sample_study("b"));
  } else {
    journal.committed("b");
  }
  torn.last = content_of(folder / "j").substr(torn.before.size());
  return torn;
}

void expect_cut(const fs::path& path, const Torn& torn, const std::string& tail,
                bool last_is_prepared) {
  put(path, torn.before + tail);
  {
    Journal journal(path, "digest");
    ASSERT_EQ(content_of(path), torn.before) << tail.size();
    ASSERT_EQ(journal.earlier().committed, (std::set<std::string>{"a"}));
    ASSERT_EQ(journal.earlier().prepared.size(), last_is_prepared ? 0U : 1U);
    finish(journal, sample_study("c"));
    ASSERT_EQ(tokens_of(journal), (Tokens{"a", "c"}));
  }
  const Journal journal(path, "digest");
  ASSERT_EQ(journal.earlier().committed, (std::set<std::string>{"a", "c"}));
}

TEST(Journal, CutsATornLastLineWhereverItWasTorn) {
  const Folder folder;
  for (const bool last_is_prepared : {false, true}) {
    const Torn torn = make_torn(folder, last_is_prepared);
    for (std::size_t length = 0; length < torn.last.size(); ++length) {
      expect_cut(folder / "torn", torn, torn.last.substr(0, length), last_is_prepared);
      if (HasFatalFailure()) return;
    }
    fs::remove(folder / "j");
  }
}

TEST(Journal, CutsALastLineWithAHoleInIt) {
  const Folder folder;
  const Torn torn = make_torn(folder, true);
  for (std::size_t i = 0; i + 1 < torn.last.size(); i += 7) {
    std::string tail = torn.last;
    tail[i] = '\0';
    expect_cut(folder / "torn", torn, tail, true);
    if (HasFatalFailure()) return;
  }
}

TEST(Journal, BeginsAgainWhenItsFirstLineWasTorn) {
  const Folder folder;
  { const Journal journal(folder / "j", "digest"); }
  const std::string first = content_of(folder / "j");
  for (std::size_t length = 0; length < first.size(); ++length) {
    put(folder / "j", first.substr(0, length));
    const Journal journal(folder / "j", "digest");
    EXPECT_EQ(content_of(folder / "j"), first) << length;
  }
}

TEST(Journal, RefusesADamagedLineInTheMiddle) {
  const Folder folder;
  const Torn torn = make_torn(folder, false);
  const std::string whole = torn.before + torn.last;
  for (std::size_t i = 0; i < torn.before.size(); i += 3) {
    std::string damaged = whole;
    damaged[i] = static_cast<char>(damaged[i] ^ 4);
    put(folder / "torn", damaged);
    EXPECT_EQ(error_of([&] { const Journal journal(folder / "torn", "digest"); }).fault(),
              base::Fault::bad_input)
        << i;
    EXPECT_EQ(content_of(folder / "torn"), damaged) << "what is damaged is not touched";
  }
}

TEST(Journal, RefusesAMissingLine) {
  const Folder folder;
  const Torn torn = make_torn(folder, false);
  const std::size_t second = torn.before.find('\n') + 1;
  const std::size_t third = torn.before.find('\n', second) + 1;
  put(folder / "torn", torn.before.substr(0, second) + torn.before.substr(third) + torn.last);
  EXPECT_EQ(error_of([&] { const Journal journal(folder / "torn", "digest"); }).fault(),
            base::Fault::bad_input);
}

TEST(Journal, LeavesAForeignFileAlone) {
  const Folder folder;
  for (const std::string text : {"my notes", "my notes\n", "my notes\nmore\n", "{\"json\":1}\n"}) {
    put(folder / "j", text);
    EXPECT_EQ(error_of([&] { const Journal journal(folder / "j", "digest"); }).fault(),
              base::Fault::bad_input);
    EXPECT_EQ(content_of(folder / "j"), text);
  }
}

TEST(Journal, TakesStudiesFromManyThreads) {
  const Folder folder;
  constexpr int threads = 4, studies = 25;
  std::set<std::string> expected;
  {
    Journal journal(folder / "j", "digest");
    std::vector<std::jthread> workers;
    for (int t = 0; t < threads; ++t) {
      for (int i = 0; i < studies; ++i) {
        expected.insert("s" + std::to_string(t) + "-" + std::to_string(i));
      }
      workers.emplace_back([&journal, t] {
        for (int i = 0; i < studies; ++i) {
          finish(journal, sample_study("s" + std::to_string(t) + "-" + std::to_string(i)));
          if (i % 10 == 0) journal.for_each_committed([](const StudyRecord&) {});
        }
      });
    }
    workers.clear();
    EXPECT_EQ(tokens_of(journal), Tokens(expected.begin(), expected.end()));
  }
  const Journal journal(folder / "j", "digest");
  EXPECT_EQ(journal.earlier().committed, expected);
  EXPECT_TRUE(journal.earlier().prepared.empty());
}

/// In a child process, so that the limit holds for it alone. 0 when `body` held.
int in_child(const std::function<bool()>& body) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(body() ? 0 : 1);
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

TEST(Journal, IsWholeAfterAWriteThatFailed) {
  const Folder folder;
  { Journal(folder / "j", "digest").prepared(sample_study("a")); }
  const std::string before = content_of(folder / "j");
  EXPECT_EQ(in_child([&] {
              Journal journal(folder / "j", "digest");
              ::signal(SIGXFSZ, SIG_IGN);
              rlimit limit{before.size() + 700, before.size() + 700};  // less than a study
              ::setrlimit(RLIMIT_FSIZE, &limit);
              try {
                journal.prepared(sample_study("b"));
                return false;
              } catch (const base::Error&) {
              }
              if (content_of(folder / "j") != before) return false;
              journal.committed("a");  // a short line still fits
              return true;
            }),
            0);
  Journal journal(folder / "j", "digest");
  EXPECT_EQ(tokens_of(journal), Tokens{"a"});
  EXPECT_TRUE(journal.earlier().prepared.empty());
}

TEST(Journal, KeepsALargeStudy) {
  const Folder folder;
  StudyRecord study = sample_study("large");
  for (int i = 0; i < 3000; ++i) study.inputs.push_back(written_input("t" + std::to_string(i)));
  {
    Journal journal(folder / "j", "digest");
    finish(journal, sample_study("a"));
    finish(journal, study);
    finish(journal, sample_study("z"));
  }
  const Journal journal(folder / "j", "digest");
  EXPECT_EQ(tokens_of(journal), (Tokens{"a", "large", "z"}));
  journal.for_each_committed([&](const StudyRecord& back) {
    if (back.token != "large") return;
    EXPECT_EQ(encode_study(back), encode_study(study));
  });
}

}  // namespace
}  // namespace efface::audit
