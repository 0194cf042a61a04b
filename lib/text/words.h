// Words that name nobody, and frequent given names (data/words.json). Says nothing about what a
// text means.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>

namespace efface::text {

class Words {
 public:
  /// JSON; throws base::Error of Fault::bad_input.
  explicit Words(std::string_view data);
  static const Words& built_in();

  /// Folded words.
  bool is_common(std::string_view word) const { return common_.contains(std::string(word)); }
  bool is_given_name(std::string_view word) const {
    return given_names_.contains(std::string(word));
  }

 private:
  std::unordered_set<std::string> common_, given_names_;
};

}  // namespace efface::text
