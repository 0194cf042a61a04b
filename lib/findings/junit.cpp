#include <algorithm>
#include <span>

#include "findings/plain_text.h"
#include "findings/report.h"

namespace efface::findings {

namespace {

/// The findings of one file among all, which are sorted by path.
std::span<const Finding> findings_of(const std::string& path, const std::vector<Finding>& all) {
  const auto [first, last] =
      std::equal_range(all.begin(), all.end(), Finding{{}, path, {}, {}, 1},
                       [](const Finding& a, const Finding& b) { return a.path < b.path; });
  return {first, last};
}

std::string test_case(const std::string& path, std::span<const Finding> found,
                      const FailOn& fail_on) {
  std::string failures, rest;
  for (const Finding& finding : found) {
    const std::string place = finding.place.empty() ? "" : finding.place + ": ";
    if (fail_on.includes(finding)) {
      failures += "   <failure type=\"" + finding.rule + "\" message=\"" +
                  xml_of(place + finding.reason) + "\"/>\n";
    } else {
      rest += finding.rule + ": " + place + finding.reason + "\n";
    }
  }
  std::string xml = "  <testcase classname=\"efface.check\" name=\"" + xml_of(path) + "\"";
  if (failures.empty() && rest.empty()) return xml + "/>\n";
  xml += ">\n" + failures;
  if (!rest.empty()) xml += "   <system-out>" + xml_of(rest) + "</system-out>\n";
  return xml + "  </testcase>\n";
}

}  // namespace

std::string junit_report(const Report& report) {
  std::string cases;
  std::size_t failed = 0;
  for (const std::string& path : report.files) {
    const auto found = findings_of(path, report.findings);
    const bool fails = std::any_of(found.begin(), found.end(), [&](const Finding& finding) {
      return report.fail_on.includes(finding);
    });
    if (fails) ++failed;
    cases += test_case(path, found, report.fail_on);
  }
  const std::string counts = "tests=\"" + std::to_string(report.files.size()) + "\" failures=\"" +
                             std::to_string(failed) + "\" errors=\"0\"";
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites " + counts +
         ">\n <testsuite name=\"efface check\" " + counts + " skipped=\"0\">\n" + cases +
         " </testsuite>\n</testsuites>\n";
}

}  // namespace efface::findings
