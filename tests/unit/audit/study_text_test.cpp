#include "audit/study_text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "audit/json_text.h"
#include "sample_records.h"

namespace efface::audit {
namespace {

void expect_equal(const VolumeRecord& a, const VolumeRecord& b) {
  EXPECT_EQ(a.token, b.token);
  EXPECT_EQ(a.kind, b.kind);
  EXPECT_EQ(a.size, b.size);
  EXPECT_EQ(a.spacing_mm, b.spacing_mm);
  EXPECT_EQ(a.time_points, b.time_points);
  EXPECT_EQ(a.verdict, b.verdict);
  EXPECT_EQ(a.reason, b.reason);
  EXPECT_EQ(a.score, b.score);
  EXPECT_EQ(a.agreement, b.agreement);
  EXPECT_EQ(a.voxels_removed, b.voxels_removed);
  EXPECT_EQ(a.voxels_changed, b.voxels_changed);
  EXPECT_EQ(a.brain_overlap_voxels, b.brain_overlap_voxels);
  EXPECT_EQ(a.regions_united, b.regions_united);
  EXPECT_EQ(a.untouched_sha256_before, b.untouched_sha256_before);
  EXPECT_EQ(a.untouched_sha256_after, b.untouched_sha256_after);
}

void expect_equal(const InputRecord& a, const InputRecord& b) {
  EXPECT_EQ(a.token, b.token);
  EXPECT_EQ(a.path, b.path);
  EXPECT_EQ(a.kind, b.kind);
  EXPECT_EQ(a.bytes, b.bytes);
  EXPECT_EQ(a.sha256, b.sha256);
  EXPECT_EQ(a.outcome, b.outcome);
  EXPECT_EQ(a.reason, b.reason);
  EXPECT_EQ(a.detail, b.detail);
  EXPECT_EQ(a.study, b.study);
  EXPECT_EQ(a.series, b.series);
  EXPECT_EQ(a.volume, b.volume);
  EXPECT_EQ(a.output, b.output);
  EXPECT_EQ(a.output_bytes, b.output_bytes);
  EXPECT_EQ(a.output_sha256, b.output_sha256);
  EXPECT_EQ(a.pixels, b.pixels);
  EXPECT_EQ(a.transfer_syntax_uid, b.transfer_syntax_uid);
  EXPECT_EQ(a.burned_in, b.burned_in);
  EXPECT_EQ(a.actions, b.actions);
  EXPECT_EQ(a.safe_harbor, b.safe_harbor);
}

TEST(StudyText, ComesBackAsItWas) {
  StudyRecord study = sample_study("s1");
  study.inputs[2].actions["(0010,0020)"][0] = 7;  // not like the other
  study.inputs[2].output = "names/of \xff any bytes\n\"";
  study.inputs[3].path = "";
  study.inputs[3].study = "s1";
  study.volumes[0].score = 5e-324;
  const std::string text = encode_study(study);
  EXPECT_EQ(text.find('\n'), std::string::npos);
  const StudyRecord back = decode_study(text);
  EXPECT_EQ(back.token, study.token);
  ASSERT_EQ(back.inputs.size(), study.inputs.size());
  ASSERT_EQ(back.volumes.size(), study.volumes.size());
  for (std::size_t i = 0; i < back.inputs.size(); ++i) {
    expect_equal(back.inputs[i], study.inputs[i]);
  }
  for (std::size_t v = 0; v < back.volumes.size(); ++v) {
    expect_equal(back.volumes[v], study.volumes[v]);
  }
  EXPECT_EQ(encode_study(back), text);
}

TEST(StudyText, KeepsCountsThatInputsShareOnce) {
  StudyRecord study;
  study.inputs.assign(100, written_input("a"));
  const std::string text = encode_study(study);
  EXPECT_EQ(text.find("(0010,0010)"), text.rfind("(0010,0010)"));
}

TEST(StudyText, ReadsNumbersThatAreNotFiniteAsNaN) {
  StudyRecord study = sample_study("s1");
  study.volumes[0].score = std::numeric_limits<double>::infinity();
  study.volumes[0].spacing_mm[2] = std::nan("");
  const StudyRecord back = decode_study(encode_study(study));
  EXPECT_TRUE(std::isnan(back.volumes[0].score));
  EXPECT_TRUE(std::isnan(back.volumes[0].spacing_mm[2]));
  EXPECT_EQ(back.volumes[0].spacing_mm[0], study.volumes[0].spacing_mm[0]);
}

TEST(StudyText, RefusesWhatItDoesNotWrite) {
  const std::string text = encode_study(sample_study("s1"));
  std::string other_code = text;
  other_code.replace(other_code.find("\"outcome\":0"), 11, "\"outcome\":3");
  std::string other_number = text;
  other_number.replace(other_number.find("\"actions\":0"), 11, "\"actions\":9");
  for (const std::string& bad : {std::string(), std::string("{}"), std::string("[]"),
                                 text.substr(0, text.size() / 2), other_code, other_number}) {
    EXPECT_EQ(error_of([&] { decode_study(bad); }).fault(), base::Fault::bad_input);
  }
}

TEST(JsonText, PutsCommasAndEscapes) {
  std::string text;
  JsonText json(text);
  json.open('{').member("a", 1U).key("b").open('[');
  json.value(0.5);
  json.value(true);
  json.value(std::nan(""));
  json.value("line\nbreak \"\x01\" \xc3\xa4 \xff");
  json.close(']').key("c").open('{').close('}').member_unless_empty("d", "").member("e", "f");
  json.close('}');
  EXPECT_EQ(text,
            "{\"a\":1,\"b\":[0.5,true,null,\"line\\nbreak \\\"\\u0001\\\" \xc3\xa4 \xef\xbf\xbd\"],"
            "\"c\":{},\"e\":\"f\"}");
}

}  // namespace
}  // namespace efface::audit
