#include <algorithm>
#include <span>
#include <vector>

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

std::string line_of(const Finding& finding) {
  const std::string place = finding.place.empty() ? "" : finding.place + ": ";
  return place + finding.reason;
}

/// One failure a test case, since readers of JUnit look at the first alone; all are in its text.
std::string failure_of(const std::vector<const Finding*>& failing) {
  std::string message = line_of(*failing.front()), text;
  if (failing.size() > 1) message += ", and " + std::to_string(failing.size() - 1) + " more";
  for (const Finding* finding : failing) {
    text += xml_of(finding->rule + ": " + line_of(*finding)) + "\n";
  }
  return "   <failure type=\"" + failing.front()->rule + "\" message=\"" + xml_of(message) + "\">" +
         text + "</failure>\n";
}

std::string test_case(const std::string& path, std::span<const Finding> found,
                      const FailOn& fail_on) {
  std::vector<const Finding*> failing;
  std::string rest;
  for (const Finding& finding : found) {
    if (fail_on.includes(finding)) {
      failing.push_back(&finding);
    } else {
      rest += xml_of(finding.rule + ": " + line_of(finding)) + "\n";
    }
  }
  std::string xml =
      "  <testcase classname=\"efface.check\" name=\"" + xml_of(path) + "\" time=\"0\"";
  if (failing.empty() && rest.empty()) return xml + "/>\n";
  xml += ">\n" + (failing.empty() ? std::string() : failure_of(failing));
  if (!rest.empty()) xml += "   <system-out>" + rest + "</system-out>\n";
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
                             std::to_string(failed) + "\" errors=\"0\" time=\"0\"";
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites " + counts +
         ">\n <testsuite name=\"efface check\" " + counts + " skipped=\"0\">\n" + cases +
         " </testsuite>\n</testsuites>\n";
}

}  // namespace efface::findings
