// Where the parts of a check put what they find, from any thread.
#pragma once

#include <algorithm>
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "findings/finding.h"

namespace efface::batch {

class CheckSink {
 public:
  void add(const std::string& path, findings::Finding finding) {
    finding.path = path;
    const std::lock_guard lock(mutex_);
    findings_.push_back(std::move(finding));
  }
  void add(const std::string& path, std::string rule, std::string place, std::string reason) {
    add(path, findings::Finding{std::move(rule), {}, std::move(place), std::move(reason), 1});
  }

  /// Sorted by path, place and rule; paths as `shown` makes them.
  std::vector<findings::Finding> take(const std::function<std::string(const std::string&)>& shown) {
    const std::lock_guard lock(mutex_);
    for (findings::Finding& finding : findings_) finding.path = shown(finding.path);
    std::sort(findings_.begin(), findings_.end(),
              [](const findings::Finding& a, const findings::Finding& b) {
                return std::tie(a.path, a.place, a.rule, a.reason) <
                       std::tie(b.path, b.place, b.rule, b.reason);
              });
    return std::move(findings_);
  }

 private:
  std::mutex mutex_;
  std::vector<findings::Finding> findings_;
};

}  // namespace efface::batch
