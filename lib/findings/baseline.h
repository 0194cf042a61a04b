// Findings that are known and accepted: a JSON file of rules, paths and places. It holds no reasons
// and no values, and says nothing about why they are accepted.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "findings/finding.h"

namespace efface::findings {

class Baseline {
 public:
  Baseline() = default;
  /// The text of a baseline file. Throws base::Error of Fault::usage where it is none.
  explicit Baseline(std::string_view json);

  bool knows(const Finding& finding) const {
    return known_.contains({finding.rule, finding.path, finding.place});
  }

 private:
  std::set<std::tuple<std::string, std::string, std::string>> known_;
};

/// A baseline file that knows these findings.
std::string baseline_text(const std::vector<Finding>& findings);

}  // namespace efface::findings
