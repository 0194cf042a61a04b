// Words that name nobody, and frequent names of people (data/words.json). Says nothing about what a
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
  /// A frequent given or family name that is no everyday word.
  bool is_name(std::string_view word) const {
    return is_given_name(word) || family_names_.contains(std::string(word));
  }

 private:
  std::unordered_set<std::string> common_, given_names_, family_names_;
};

}  // namespace efface::text
