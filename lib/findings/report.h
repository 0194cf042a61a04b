// A check's result as text for people, JSON (findings.schema.json), JUnit XML and SARIF 2.1.0.
// Pure: the same result gives the same bytes, whatever the order in which files were looked at.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "findings/finding.h"

namespace efface::findings {

struct Report {
  std::string tool_version;
  std::vector<std::string> files;  ///< all that were looked at, sorted
  std::vector<Finding> findings;   ///< sorted by path, place and rule
  std::uint64_t known = 0;         ///< findings that the baseline knows, left out of `findings`
  FailOn fail_on;

  /// Findings that fail the check.
  std::uint64_t failing() const;
};

/// A line a finding and one at the end that counts them.
std::string text_report(const Report& report);
std::string json_report(const Report& report);
/// A test case a file, failed where a finding fails the check; what else was found is its output.
/// As Jenkins' xUnit plugin (junit-10.xsd) and Maven Surefire's schema want it; no times are
/// measured.
std::string junit_report(const Report& report);
/// OASIS SARIF 2.1.0 (2020): paths as URIs, places as logical locations. With what GitHub's code
/// scanning asks for beyond the standard: a line (the first, where there are none), texts of rules,
/// a fingerprint of rule, path and place.
std::string sarif_report(const Report& report);

/// JSON Schema (2020-12) of json_report().
std::string_view findings_schema();

}  // namespace efface::findings
