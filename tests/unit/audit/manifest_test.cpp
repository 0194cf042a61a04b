#include "audit/manifest.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>
#include <vector>

#include "sample_records.h"

namespace efface::audit {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

std::string manifest_of(const std::vector<StudyRecord>& studies, const RunHeader& header) {
  const Folder folder;
  Journal journal(folder / "j", "digest");
  for (const StudyRecord& study : studies) {
    journal.prepared(study);
    journal.committed(study.token);
  }
  write_manifest(folder / "manifest.json", header, journal);
  return content_of(folder / "manifest.json");
}

TEST(Manifest, CountsWhatTheRecordsSay) {
  const Folder folder;
  Journal journal(folder / "j", "digest");
  for (const char* token : {"s2", "s1"}) {
    journal.prepared(sample_study(token));
    journal.committed(token);
  }
  journal.prepared(sample_study("s3"));  // never committed: not in the manifest
  const ManifestTotals totals = write_manifest(folder / "manifest.json", sample_header(), journal);
  EXPECT_EQ(totals.inputs, 8U);
  EXPECT_EQ(totals.written, 4U);
  EXPECT_EQ(totals.withheld, 2U);
  EXPECT_EQ(totals.failed, 2U);
  const Json manifest = Json::parse(content_of(folder / "manifest.json"));
  const Json& sums = manifest.at("totals");
  EXPECT_EQ(sums.at("studies"), 2);
  EXPECT_EQ(sums.at("inputs"), 8);
  EXPECT_EQ(sums.at("written"), 4);
  EXPECT_EQ(sums.at("withheld"), 2);
  EXPECT_EQ(sums.at("failed"), 2);
  EXPECT_EQ(sums.at("withheld_reasons"), Json({{"unknown-format", 2}}));
  EXPECT_EQ(sums.at("failed_reasons"), Json({{"bad-input", 2}}));
  EXPECT_EQ(sums.at("actions"), Json({{"(0008,0018)", {{"replace_uid", 12}}},
                                      {"(0010,0010)", {{"pseudonym", 4}}},
                                      {"private", {{"remove", 48}}}}));
  EXPECT_EQ(sums.at("safe_harbor").size(), 18U);
  EXPECT_EQ(sums.at("safe_harbor").at("names"), 4);
  EXPECT_EQ(sums.at("safe_harbor").at("other"), 60);
  EXPECT_EQ(sums.at("safe_harbor").at("fax"), 0);
  EXPECT_EQ(sums.at("voxels_removed"),
            Json({{"eyes", 20}, {"nose", 40}, {"mouth", 60}, {"ears", 80}}));
  EXPECT_EQ(sums.at("verdicts"),
            Json({{"removed", 2}, {"no_head", 2}, {"no_face", 2}, {"uncertain", 2}}));
  EXPECT_EQ(sums.at("brain_overlap_voxels"), 10);
  EXPECT_EQ(sums.at("output_bytes"), 4 * 229000);
  EXPECT_EQ(sums.at("input_bytes"), 4 * 230000 + 4 * 17);
}

TEST(Manifest, IsSortedAndSaysWhatHappened) {
  const Json manifest =
      Json::parse(manifest_of({sample_study("s2"), sample_study("s1")}, sample_header()));
  std::vector<std::string> inputs, volumes;
  for (const Json& input : manifest.at("inputs")) {
    inputs.push_back(input.at("study").get<std::string>() + input.at("token").get<std::string>());
  }
  for (const Json& volume : manifest.at("volumes")) {
    volumes.push_back(volume.at("study").get<std::string>() +
                      volume.at("token").get<std::string>());
  }
  EXPECT_EQ(inputs, (std::vector<std::string>{"s1a1", "s1b2", "s1c3", "s1d4", "s2a1", "s2b2",
                                              "s2c3", "s2d4"}));
  EXPECT_EQ(volumes, (std::vector<std::string>{"s1v1", "s1v2", "s1v3", "s1v4", "s2v1", "s2v2",
                                               "s2v3", "s2v4"}));
  const Json& withheld = manifest.at("inputs").at(0);
  EXPECT_EQ(withheld.at("outcome"), "withheld");
  EXPECT_EQ(withheld.at("reason"), "unknown-format");
  EXPECT_FALSE(withheld.contains("output"));
  const Json& written = manifest.at("inputs").at(1);
  EXPECT_EQ(written.at("outcome"), "written");
  EXPECT_EQ(written.at("sha256"), some_sha256(1));
  EXPECT_EQ(written.at("output_sha256"), some_sha256(2));
  EXPECT_EQ(written.at("volume"), "v1");
  EXPECT_EQ(written.at("path"), "in/scan of an \xc3\xa4pple.dcm");
  EXPECT_EQ(written.at("actions").at("(0008,0018)"), Json({{"replace_uid", 3}}));
  EXPECT_FALSE(written.contains("burned_in"));
  EXPECT_EQ(manifest.at("inputs").at(2).at("burned_in").at("boxes").at(0),
            Json::parse(R"({"place": [0, 1, 320, 40], "by": "rule", "frames": 9})"));
  EXPECT_EQ(manifest.at("volumes").at(0).at("verdict"), "removed");
  EXPECT_EQ(manifest.at("volumes").at(0).at("untouched_sha256_after"), some_sha256(9));
  EXPECT_EQ(manifest.at("device"), Json({{"name", "cpu"}, {"reason", "no CUDA driver"}}));
  EXPECT_EQ(manifest.at("key").at("is_random"), false);
  EXPECT_EQ(manifest.at("profile").at("codes"), Json({"113100", "113101"}));
}

TEST(Manifest, HasTheSameBytesWhateverTheOrder) {
  const StudyRecord one = sample_study("s1");
  StudyRecord two = sample_study("s2");
  two.inputs[0].token = two.inputs[2].token;  // equal tokens are ordered by content
  StudyRecord two_backwards = two;
  std::reverse(two_backwards.inputs.begin(), two_backwards.inputs.end());
  std::reverse(two_backwards.volumes.begin(), two_backwards.volumes.end());
  EXPECT_EQ(manifest_of({one, two}, sample_header()),
            manifest_of({two_backwards, one}, sample_header()));
}

TEST(Manifest, ReplacesAnOldOneAndLeavesNothingElse) {
  const Folder folder;
  put(folder / "manifest.json", "old");
  {
    const Journal journal(folder / "j", "digest");
    write_manifest(folder / "manifest.json", sample_header(), journal);
  }
  EXPECT_EQ(Json::parse(content_of(folder / "manifest.json")).at("inputs"), Json::array());
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder.path())) {
    names.push_back(entry.path().filename());
  }
  std::sort(names.begin(), names.end());
  EXPECT_EQ(names, (std::vector<std::string>{"j", "manifest.json"}));
}

TEST(Manifest, LeavesTheOldOneWhenItCannotBeMade) {
  const Folder folder;
  Journal journal(folder / "j", "digest");
  journal.prepared(sample_study("s1"));
  journal.committed("s1");
  put(folder / "manifest.json", "old");
  EXPECT_EQ(
      error_of([&] { write_manifest(folder / "no" / "m.json", sample_header(), journal); }).fault(),
      base::Fault::io);
  std::string damaged = content_of(folder / "j");
  damaged[damaged.size() / 2] = '#';
  put(folder / "j", damaged);
  EXPECT_EQ(
      error_of([&] { write_manifest(folder / "manifest.json", sample_header(), journal); }).fault(),
      base::Fault::bad_input);
  EXPECT_EQ(content_of(folder / "manifest.json"), "old");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 2);
}

TEST(CanonicalText, IsSetApartByEverythingButTheDevice) {
  const RunHeader header = sample_header();
  const std::string text = canonical_text(header);
  RunHeader other = header;
  other.device = "cuda:0";
  other.device_reason = "asked for";
  EXPECT_EQ(canonical_text(other), text);
  const std::vector<std::function<void(RunHeader&)>> changes{
      [](RunHeader& h) { h.tool_version += "x"; },
      [](RunHeader& h) { h.libraries["ITK"] = "5"; },
      [](RunHeader& h) { h.table_edition = "2027a"; },
      [](RunHeader& h) { h.table_sha256 = some_sha256(8); },
      [](RunHeader& h) { h.profile.pop_back(); },
      [](RunHeader& h) { h.model_name = "x"; },
      [](RunHeader& h) { h.model_version = "2"; },
      [](RunHeader& h) { h.model_sha256 = some_sha256(8); },
      [](RunHeader& h) { h.key_fingerprint[0] = 'x'; },
      [](RunHeader& h) { h.key_is_random = true; },
      [](RunHeader& h) { h.options["fill"] = "constant"; },
      [](RunHeader& h) {
        h.options = {{"fill", "noise\",\"names\":\"keyed"}};
      }};
  for (std::size_t i = 0; i < changes.size(); ++i) {
    RunHeader changed = header;
    changes[i](changed);
    EXPECT_NE(canonical_text(changed), text) << i;
  }
}

TEST(Schema, IsTheFileInTheSources) {
  EXPECT_EQ(manifest_schema(),
            content_of(fs::path(EFFACE_SOURCE_DIR) / "lib/audit/manifest.schema.json"));
}

/// Validates with python3-jsonschema, where it is installed.
class SchemaCheck : public testing::Test {
 protected:
  /// One character a document: 1 valid, 0 not. Nothing when there is no validator.
  std::string validate(const std::vector<std::string>& documents,
                       const std::string& definition = "-") {
    put(folder_ / "schema.json", std::string(manifest_schema()));
    std::string lines;
    for (const std::string& document : documents) lines += Json::parse(document).dump() + "\n";
    put(folder_ / "documents.json", lines);
    std::string command =
        "python3 -W ignore '" EFFACE_SOURCE_DIR "/tests/unit/audit/validate_manifest.py'";
    for (const std::string& argument :
         {(folder_ / "schema.json").string(), definition, (folder_ / "documents.json").string(),
          (folder_ / "result").string()}) {
      command += " '" + argument + "'";
    }
    const int status = ::system(command.c_str());
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 255;
    if (code == 77 || code == 127) return "";
    EXPECT_EQ(code, 0);
    return content_of(folder_ / "result");
  }
  void SetUp() override {
    if (validate({"{}"}).empty()) GTEST_SKIP() << "python3-jsonschema is not installed";
  }
  Folder folder_;
};

TEST_F(SchemaCheck, AcceptsAllKindsOfRecords) {
  StudyRecord study = sample_study("s1");
  study.volumes[0].score = std::numeric_limits<double>::quiet_NaN();
  study.inputs[2].actions.clear();
  study.inputs[2].safe_harbor.clear();
  study.inputs[2].path = "any \xff bytes";
  study.inputs[3].actions["(0010,0010)"][0] = 1;  // not shown: it was not written
  RunHeader bare = sample_header();
  bare.model_name = bare.model_version = bare.model_sha256 = bare.device = "";
  bare.key_is_random = true;
  EXPECT_EQ(
      validate({manifest_of({study, sample_study("s2")}, sample_header()), manifest_of({}, bare)}),
      "11");
}

TEST_F(SchemaCheck, AcceptsAPlan) {
  StudyRecord study = sample_study("s1");
  study.inputs[0].output_sha256.clear();  // a dry run makes no output
  EXPECT_EQ(validate({to_json(study), "{\"study\":\"s\"}"}, "plan"), "10");
  EXPECT_EQ(to_json(study).find('\n'), std::string::npos);
}

TEST_F(SchemaCheck, RefusesWhatDoesNotBelong) {
  const Json good = Json::parse(manifest_of({sample_study("s1")}, sample_header()));
  const std::vector<std::function<void(Json&)>> changes{
      [](Json& m) { m["extra"] = 1; },
      [](Json& m) { m["tool"]["extra"] = 1; },
      [](Json& m) { m["totals"]["extra"] = 1; },
      [](Json& m) { m["totals"]["safe_harbor"]["extra"] = 1; },
      [](Json& m) { m["inputs"][0]["patient_name"] = "x"; },
      [](Json& m) { m["inputs"][1]["actions"]["(0010,0010)"]["extra"] = 1; },
      [](Json& m) { m["volumes"][0]["extra"] = 1; },
      [](Json& m) { m.erase("totals"); },
      [](Json& m) { m["totals"]["safe_harbor"].erase("fax"); },
      [](Json& m) { m["inputs"][1].erase("output_sha256"); },
      [](Json& m) { m["inputs"][0].erase("reason"); },
      [](Json& m) { m["inputs"][0]["output"] = "P1/x.dcm"; },
      [](Json& m) { m["inputs"][0]["outcome"] = "copied"; },
      [](Json& m) { m["inputs"][1]["sha256"] = "1234"; },
      [](Json& m) { m["manifest_version"] = 2; }};
  std::vector<std::string> documents{good.dump()};
  for (const auto& change : changes) {
    Json bad = good;
    change(bad);
    documents.push_back(bad.dump());
  }
  EXPECT_EQ(validate(documents), "1" + std::string(changes.size(), '0'));
}

}  // namespace
}  // namespace efface::audit
