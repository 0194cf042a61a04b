#include "findings/report.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "findings/plain_text.h"

namespace efface::findings {

namespace {

using Json = nlohmann::ordered_json;

std::string with_count(const Finding& finding) {
  return finding.reason +
         (finding.count > 1 ? ", " + std::to_string(finding.count) + " times" : "");
}

std::string dumped(const Json& json) {
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

/// FNV-1a of what makes a finding the same one at the next check.
std::string fingerprint(const Finding& finding) {
  std::uint64_t hash = 0xCBF29CE484222325ULL;
  for (const std::string_view part :
       {std::string_view(finding.rule), std::string_view(finding.path),
        std::string_view(finding.place)}) {
    for (const char c : part) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
    hash = (hash ^ 0xFFU) * 0x100000001B3ULL;  // a byte of no text
  }
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (int shift = 60; shift >= 0; shift -= 4) text += digits[hash >> shift & 15U];
  return text;
}

/// The line of "line 12"; the first for other places.
std::uint64_t line_of(const std::string& place) {
  constexpr std::string_view begin = "line ";
  std::uint64_t line = 1;
  if (place.starts_with(begin)) {
    std::from_chars(place.data() + begin.size(), place.data() + place.size(), line);
  }
  return std::max<std::uint64_t>(line, 1);
}

Json sarif_rules() {
  Json list = Json::array();
  for (const Rule& rule : rules()) {
    list.push_back({{"id", rule.id},
                    {"shortDescription", {{"text", rule.summary}}},
                    {"fullDescription", {{"text", rule.summary}}},
                    {"help",
                     {{"text",
                       "CHECKING A DATA SET in the manual page of efface says what this rule "
                       "believes, and what it cannot know."}}},
                    {"defaultConfiguration", {{"level", to_string(rule.severity)}}}});
  }
  return list;
}

}  // namespace

std::uint64_t Report::failing() const {
  return static_cast<std::uint64_t>(std::count_if(
      findings.begin(), findings.end(), [this](const Finding& f) { return fail_on.includes(f); }));
}

std::string text_report(const Report& report) {
  std::string text;
  for (const Finding& finding : report.findings) {
    text += on_one_line(finding.path) + ": ";
    if (!finding.place.empty()) text += on_one_line(finding.place) + ": ";
    text += std::string(to_string(finding.severity())) + ": " + on_one_line(with_count(finding)) +
            " [" + finding.rule + "]\n";
  }
  text += std::to_string(report.files.size()) + " files checked, " +
          std::to_string(report.findings.size()) + " findings, " +
          std::to_string(report.failing()) + " of them fail the check";
  if (report.known > 0) text += "; " + std::to_string(report.known) + " known to the baseline";
  return text + "\n";
}

std::string json_report(const Report& report) {
  Json list = Json::array();
  for (const Finding& finding : report.findings) {
    list.push_back({{"rule", finding.rule},
                    {"severity", to_string(finding.severity())},
                    {"path", on_one_line(finding.path)},
                    {"place", on_one_line(finding.place)},
                    {"reason", finding.reason},
                    {"count", finding.count},
                    {"fails", report.fail_on.includes(finding)}});
  }
  return dumped({{"format", "efface-check-1"},
                 {"tool", {{"name", "efface"}, {"version", report.tool_version}}},
                 {"files", report.files.size()},
                 {"failing", report.failing()},
                 {"known", report.known},
                 {"findings", std::move(list)}});
}

std::string sarif_report(const Report& report) {
  Json results = Json::array();
  for (const Finding& finding : report.findings) {
    const auto at = std::find_if(rules().begin(), rules().end(),
                                 [&](const Rule& rule) { return rule.id == finding.rule; });
    Json location{{"physicalLocation",
                   {{"artifactLocation", {{"uri", uri_of(finding.path)}}},
                    {"region", {{"startLine", line_of(finding.place)}}}}}};
    if (!finding.place.empty()) {
      location["logicalLocations"] = Json::array({{{"fullyQualifiedName", finding.place}}});
    }
    std::string message = finding.place.empty() ? "" : finding.place + ": ";
    message += with_count(finding);
    results.push_back(
        {{"ruleId", finding.rule},
         {"ruleIndex", at - rules().begin()},
         {"level", to_string(finding.severity())},
         {"message", {{"text", message}}},
         {"locations", Json::array({std::move(location)})},
         {"partialFingerprints", {{"primaryLocationLineHash", fingerprint(finding)}}}});
  }
  const Json driver{{"name", "efface"}, {"version", report.tool_version}, {"rules", sarif_rules()}};
  return dumped({{"$schema",
                  "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"
                  "sarif-schema-2.1.0.json"},
                 {"version", "2.1.0"},
                 {"runs", Json::array({{{"tool", {{"driver", driver}}},
                                        {"columnKind", "unicodeCodePoints"},
                                        {"results", std::move(results)}}})}});
}

}  // namespace efface::findings
