#include "findings/report.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "findings/baseline.h"
#include "findings/plain_text.h"
#include "tests/support/errors.h"

namespace efface::findings {
namespace {

using Json = nlohmann::json;

Report example() {
  Report report;
  report.tool_version = "1.2.3";
  report.files = {"data/a & <b>.dcm", "data/clean.dcm", "data/noted.nii"};
  report.findings = {
      {"attribute.private", "data/a & <b>.dcm", "(0029,10xx)", "private", 3},
      {"text.name", "data/a & <b>.dcm", "(0010,4000)", "a \"name\"", 1},
      {"header.text", "data/noted.nii", "descrip", "free text", 1},
  };
  return report;
}

TEST(FailOn, HoldsErrorsAndWarningsUnlessTold) {
  const Report report = example();
  EXPECT_EQ(report.failing(), 2U);
  const auto failing = [&](const std::vector<std::string>& kinds) {
    Report other = example();
    other.fail_on = FailOn(kinds);
    return other.failing();
  };
  EXPECT_EQ(failing({"none"}), 0U);
  EXPECT_EQ(failing({"error"}), 1U);
  EXPECT_EQ(failing({"note", "warning"}), 2U);
  EXPECT_EQ(failing({"text"}), 1U);
  EXPECT_EQ(failing({"attribute.private"}), 1U);
  EXPECT_EQ(failing({"attribute.date"}), 0U);
}

TEST(FailOn, RefusesWhatIsNoKind) {
  EXPECT_THROW(FailOn({"erorr"}), base::Error);
  EXPECT_THROW(FailOn({"none", "error"}), base::Error);
  EXPECT_THROW(FailOn({""}), base::Error);
}

TEST(Report, IsALineAFinding) {
  EXPECT_EQ(text_report(example()),
            "data/a & <b>.dcm: (0029,10xx): warning: private, 3 times [attribute.private]\n"
            "data/a & <b>.dcm: (0010,4000): error: a \"name\" [text.name]\n"
            "data/noted.nii: descrip: note: free text [header.text]\n"
            "3 files checked, 3 findings, 2 of them fail the check\n");
}

TEST(Report, IsJson) {
  const Json json = Json::parse(json_report(example()));
  EXPECT_EQ(json["files"], 3);
  EXPECT_EQ(json["failing"], 2);
  EXPECT_EQ(json["findings"][0]["count"], 3);
  EXPECT_EQ(json["findings"][2]["fails"], false);
  EXPECT_EQ(Json::parse(findings_schema())["properties"]["format"]["const"], json["format"]);
}

TEST(Report, IsATestCaseAFile) {
  const std::string xml = junit_report(example());
  EXPECT_NE(xml.find("<testsuites tests=\"3\" failures=\"1\" errors=\"0\" time=\"0\">"),
            std::string::npos);
  EXPECT_NE(xml.find("name=\"data/a &amp; &lt;b&gt;.dcm\" time=\"0\">\n   <failure "
                     "type=\"attribute.private\" message=\"(0029,10xx): private, and 1 more\">"
                     "attribute.private: (0029,10xx): private\n"
                     "text.name: (0010,4000): a &quot;name&quot;\n</failure>"),
            std::string::npos)
      << xml;
  EXPECT_NE(xml.find("name=\"data/clean.dcm\" time=\"0\"/>"), std::string::npos);
  EXPECT_NE(xml.find("<system-out>header.text: descrip: free text"), std::string::npos);
}

TEST(Report, IsSarif) {
  const Json json = Json::parse(sarif_report(example()));
  EXPECT_EQ(json["version"], "2.1.0");
  const Json& run = json["runs"][0];
  const Json& result = run["results"][0];
  EXPECT_EQ(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
            "data/a%20%26%20%3Cb%3E.dcm");
  const std::size_t index = result["ruleIndex"];
  EXPECT_EQ(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
  EXPECT_EQ(run["results"][2]["level"], "note");
  std::set<std::string> fingerprints;
  for (const Json& each : run["results"]) {
    fingerprints.insert(each["partialFingerprints"]["primaryLocationLineHash"]);
    EXPECT_EQ(each["locations"][0]["physicalLocation"]["region"]["startLine"], 1);
  }
  EXPECT_EQ(fingerprints.size(), 3U);
  Report lines = example();
  lines.findings = {{"text.name", "a.txt", "line 12", "x", 1}};
  EXPECT_NE(sarif_report(lines).find("\"startLine\": 12"), std::string::npos);
}

TEST(Report, SurvivesBytesThatAreNoText) {
  Report report = example();
  report.findings = {{"not-checked", "bad\xFF\n\x01name", "", "x", 1}};
  report.files = {"bad\xFF\n\x01name"};
  EXPECT_EQ(text_report(report).find("bad???name: warning: x [not-checked]"), 0U);
  EXPECT_NO_THROW(Json::parse(json_report(report)));
  EXPECT_NE(sarif_report(report).find("bad%FF%0A%01name"), std::string::npos);
  EXPECT_NE(junit_report(report).find("bad???name"), std::string::npos);
}

TEST(Baseline, KnowsWhatItWasMadeOf) {
  Report report = example();
  report.findings.push_back({"not-checked", "odd\xFF name", "", "x", 1});
  const Baseline baseline(baseline_text(report.findings));
  for (const Finding& finding : report.findings) EXPECT_TRUE(baseline.knows(finding));
  Finding other = report.findings[0];
  other.count = 99;
  EXPECT_TRUE(baseline.knows(other)) << "the count is no part of what is known";
  other.place = "(0031,10xx)";
  EXPECT_FALSE(baseline.knows(other));
  EXPECT_FALSE(Baseline().knows(report.findings[0]));
}

TEST(Baseline, RefusesOtherFiles) {
  EXPECT_THROW(Baseline("{}"), base::Error);
  EXPECT_THROW(Baseline("not json"), base::Error);
  EXPECT_THROW(Baseline("[]"), base::Error);
  EXPECT_THROW(Baseline(R"({"format":"efface-check-baseline-1","known":[{"rule":1}]})"),
               base::Error);
}

TEST(PlainText, PathsComeBackFromUris) {
  std::string all;
  for (int c = 1; c < 256; ++c) all += static_cast<char>(c);
  EXPECT_EQ(bytes_of(uri_of(all)), all);
  EXPECT_EQ(uri_of("a/b-1_2.dcm"), "a/b-1_2.dcm");
  EXPECT_EQ(on_one_line("Müller 中 \xED\xA0\x80"), "Müller 中 ???");
}

}  // namespace
}  // namespace efface::findings
