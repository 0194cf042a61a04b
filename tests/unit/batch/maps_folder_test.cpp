#include "batch/maps_folder.h"

#include <gtest/gtest.h>

#include "tests/support/errors.h"
#include "tests/support/temporary_folder.h"

namespace efface::batch::test {
namespace {

namespace fs = std::filesystem;
using deid::ReplacedIdentifiers;
using support::content_of;
using support::fault_of;
using support::Folder;
using support::put;

struct Bench {
  Bench() : journal(folder / "journal", "digest") { options.maps = folder / "maps"; }

  void commit(const std::string& token, bool is_written = true) {
    audit::StudyRecord study;
    study.token = token;
    audit::InputRecord& input = study.inputs.emplace_back();
    input.token = "input of " + token;
    input.kind = "dicom";
    input.outcome = is_written ? audit::Outcome::written : audit::Outcome::withheld;
    if (is_written) input.output = "p/" + token + "/a.dcm";
    journal.prepared(study);
    journal.committed(token);
  }
  std::string uids() const { return content_of(options.maps / "uid_map.csv"); }
  std::string patients() const { return content_of(options.maps / "patid_map.csv"); }

  Folder folder{support::memory_or_disk()};
  RunOptions options;
  audit::Journal journal;
};

ReplacedIdentifiers pairs(ReplacedIdentifiers::Pairs uids,
                          ReplacedIdentifiers::Pairs patients = {}) {
  return {std::move(uids), std::move(patients)};
}

TEST(MapsFolder, AreSortedAndHoldEachPairOfCommittedStudiesOnce) {
  Bench bench;
  const MapsFolder maps(bench.options, "run");
  maps.write_study("b", pairs({{"1.9", "2.1"}, {"1.1", "2.2"}}, {{"Z", "P-1"}}));
  maps.write_study("a", pairs({{"1.9", "2.1"}, {"1.5", "2.3"}}, {{"Z", "P-1"}, {"A", "P-2"}}));
  maps.write_study("never committed", pairs({{"1.7", "2.7"}}));
  maps.write_study("withheld", pairs({{"1.8", "2.8"}}));
  bench.commit("a");
  bench.commit("b");
  bench.commit("withheld", false);
  maps.write_maps(bench.journal);
  EXPECT_EQ(bench.uids(), "id_old,id_new\n1.1,2.2\n1.5,2.3\n1.9,2.1\n");
  EXPECT_EQ(bench.patients(), "id_old,id_new\nA,P-2\nZ,P-1\n");
}

TEST(MapsFolder, MergesMoreStudiesThanFilesAreOpenAtOnce) {
  Bench bench;
  const MapsFolder maps(bench.options, "run");
  std::string expected = "id_old,id_new\n";
  constexpr int studies = 150;
  for (int i = 0; i < studies; ++i) {
    const std::string token = std::to_string(1000 + (i * 37) % studies);
    maps.write_study(token, pairs({{"1." + token, "2"}, {"1.0", "2.0"}}));
    bench.commit(token);
  }
  expected += "1.0,2.0\n";
  for (int i = 0; i < studies; ++i) expected += "1." + std::to_string(1000 + i) + ",2\n";
  maps.write_maps(bench.journal);
  EXPECT_EQ(bench.uids(), expected);
}

TEST(MapsFolder, QuotesAsRfc4180AndKeepsAPairOnALine) {
  Bench bench;
  const MapsFolder maps(bench.options, "run");
  maps.write_study("a", pairs({}, {{"Doe, \"J\"", "P-1"}, {"a\nb", "P-2"}}));
  bench.commit("a");
  maps.write_maps(bench.journal);
  EXPECT_EQ(bench.patients(), "id_old,id_new\n\"Doe, \"\"J\"\"\",P-1\na b,P-2\n");
  EXPECT_EQ(bench.uids(), "id_old,id_new\n");
}

TEST(MapsFolder, IsForItsOwnerAlone) {
  Bench bench;
  fs::create_directory(bench.options.maps);
  fs::permissions(bench.options.maps, fs::perms::all);
  const MapsFolder maps(bench.options, "run");
  maps.write_study("a", pairs({{"1", "2"}}));
  bench.commit("a");
  maps.write_maps(bench.journal);
  const auto mode = [](const fs::path& path) { return fs::status(path).permissions(); };
  EXPECT_EQ(mode(bench.options.maps), fs::perms::owner_all);
  for (const auto& entry : fs::recursive_directory_iterator(bench.options.maps)) {
    const auto wanted = entry.is_directory() ? fs::perms::owner_all
                                             : fs::perms::owner_read | fs::perms::owner_write;
    EXPECT_EQ(mode(entry.path()), wanted) << entry.path();
  }
}

TEST(MapsFolder, IsTakenUpByTheSameRunAlone) {
  Bench bench;
  {
    const MapsFolder maps(bench.options, "run");
    maps.write_study("a", pairs({{"1", "2"}}));
  }
  bench.commit("a");
  const MapsFolder again(bench.options, "run");
  again.require_all(bench.journal);
  again.write_maps(bench.journal);
  EXPECT_EQ(bench.uids(), "id_old,id_new\n1,2\n");
  EXPECT_EQ(fault_of([&] { MapsFolder other(bench.options, "other"); }), base::Fault::usage);
  bench.options.maps = bench.folder / "photos";
  put(bench.options.maps / "cat.jpg", "");
  EXPECT_EQ(fault_of([&] { MapsFolder other(bench.options, "run"); }), base::Fault::usage);
  bench.options.maps = bench.folder / "photos/cat.jpg";
  EXPECT_EQ(fault_of([&] { MapsFolder other(bench.options, "run"); }), base::Fault::usage);
}

TEST(MapsFolder, MissingStudyOfAnEarlierRunIsAnErrorAndMapsAreNotReplaced) {
  Bench bench;
  const MapsFolder maps(bench.options, "run");
  bench.commit("a");
  EXPECT_EQ(fault_of([&] { maps.require_all(bench.journal); }), base::Fault::usage);
  EXPECT_EQ(fault_of([&] { maps.write_maps(bench.journal); }), base::Fault::usage);
  EXPECT_FALSE(fs::exists(bench.options.maps / "uid_map.csv"));
}

TEST(DecodePatientIds, MakesUtf8OfWhatTheCharacterSetSays) {
  ReplacedIdentifiers ids = pairs({}, {{"Gr\xF6\xDF"
                                        "e",
                                        "P-1"}});
  decode_patient_ids(ids, "ISO_IR 100");
  EXPECT_EQ(ids.patient_ids.begin()->first, "Größe");
  ids = pairs({}, {{"\xC4", "P-1"}});
  decode_patient_ids(ids, "ISO_IR 144");
  EXPECT_EQ(ids.patient_ids.begin()->first, "Ф");
  ids = pairs({}, {{"\xFF", "P-1"}});
  decode_patient_ids(ids, "ISO_IR 192");
  EXPECT_EQ(ids.patient_ids.begin()->first, "ÿ") << "bytes that mean nothing are shown";
}

}  // namespace
}  // namespace efface::batch::test
