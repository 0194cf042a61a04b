// The words and spellings of people's names, found again among the words of a text. For lib/text
// only.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "text/entity.h"
#include "text/folded_text.h"
#include "text/word_list.h"

namespace efface::text::internal {

class NameMatcher {
 public:
  /// UTF-8, with ^ and =.
  void add_name(std::string_view name, bool is_patient);
  /// A word that is looked for by itself, folded.
  void add_word(const std::string& word, Entity entity) { words_.emplace(word, entity); }

  void find(const FoldedText& text, const std::vector<Word>& words,
            std::vector<Finding>& findings) const;

 private:
  std::unordered_map<std::string, Entity> words_;  ///< found wherever they stand
  std::set<std::string> weak_words_;               ///< found beside those
  std::set<char> initials_;
  std::set<std::string> initials_together_;  ///< "og", "go"
  std::vector<std::string> pieces_;          ///< found inside of other words: long or East Asian

  void add_group(std::string_view group, bool is_patient);
  void add_spelling(const std::vector<std::string>& parts, bool is_patient);
  void add_joined(const std::vector<std::string>& parts);
  void find_pieces(const FoldedText& text, std::vector<Finding>& findings) const;
  void find_initials(const FoldedText& text, const std::vector<Word>& words,
                     std::vector<Finding>& findings) const;
  void extend(const FoldedText& text, const std::vector<Word>& words, std::vector<bool>& is_name,
              std::vector<Finding>& findings) const;
  bool is_known_word(std::string_view word) const;
};

/// Between two words of one name: at most three characters, none of which ends a line or value.
bool is_name_gap(std::string_view between);

}  // namespace efface::text::internal
