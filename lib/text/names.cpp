#include <algorithm>
#include <array>
#include <utility>

#include "text/internal_converter.h"
#include "text/internal_names.h"
#include "text/words.h"

namespace efface::text::internal {

namespace {

constexpr std::size_t least_word = 2, least_piece = 6, most_parts = 8;

/// Umlauts and their like as two letters, before folding.
constexpr auto expansions =
    std::to_array<std::pair<std::string_view, std::string_view>>({{"ä", "ae"},
                                                                  {"Ä", "ae"},
                                                                  {"ö", "oe"},
                                                                  {"Ö", "oe"},
                                                                  {"ü", "ue"},
                                                                  {"Ü", "ue"},
                                                                  {"å", "aa"},
                                                                  {"Å", "aa"},
                                                                  {"ø", "oe"},
                                                                  {"Ø", "oe"}});
constexpr auto contractions = std::to_array<std::pair<std::string_view, std::string_view>>(
    {{"ae", "a"}, {"oe", "o"}, {"ue", "u"}, {"aa", "a"}});

template <class Pairs>
std::string replaced(std::string text, const Pairs& pairs) {
  for (const auto& [from, to] : pairs) {
    for (std::size_t at = text.find(from); at != std::string::npos;
         at = text.find(from, at + to.size())) {
      text.replace(at, from.size(), to);
    }
  }
  return text;
}

/// Words of a component that say nothing: titles, degrees, particles.
bool is_affix(std::string_view word) {
  constexpr auto affixes = std::to_array<std::string_view>(
      {"al", "ben", "bin", "da",   "das", "de",   "del",  "den", "der", "di",  "do",   "dos",
       "dr", "du",  "el",  "el",   "esq", "frau", "herr", "ii",  "iii", "iv",  "jr",   "la",
       "le", "md",  "med", "miss", "mme", "mr",   "mrs",  "ms",  "of",  "phd", "prof", "rn",
       "rt", "sr",  "st",  "ter",  "the", "van",  "vom",  "von", "zu",  "zur"});
  return std::find(affixes.begin(), affixes.end(), word) != affixes.end();
}

/// XiaoDong as Xiao Dong.
std::string with_spaces(std::string_view name) {
  std::string spaced;
  for (const char c : name) {
    const bool is_upper = c >= 'A' && c <= 'Z';
    if (is_upper && !spaced.empty() && spaced.back() >= 'a' && spaced.back() <= 'z') spaced += ' ';
    spaced += c;
  }
  return spaced;
}

std::vector<std::string> parts_of(const std::string& folded) {
  std::vector<std::string> parts;
  for (const Word& word : words_of(folded)) {
    if (parts.size() < most_parts)
      parts.push_back(folded.substr(word.begin, word.end - word.begin));
  }
  return parts;
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool is_east_asian(std::string_view part) {
  const std::vector<Word> words = words_of(part);
  return !words.empty() && words.front().is_east_asian;
}

}  // namespace

bool is_name_gap(std::string_view between) {
  return !between.empty() && between.size() <= 3 &&
         between.find_first_not_of(" .,-'^=_&/") == std::string_view::npos;
}

void NameMatcher::add_name(std::string_view name, bool is_patient) {
  for (;;) {
    const std::size_t end = name.find('=');
    add_group(name.substr(0, end), is_patient);
    if (end == std::string_view::npos) return;
    name.remove_prefix(end + 1);
  }
}

void NameMatcher::add_group(std::string_view group, bool is_patient) {
  const std::string folded = fold(group);
  const std::string expanded = fold(replaced(std::string(group), expansions));
  add_spelling(parts_of(folded), is_patient);
  if (expanded != folded) add_spelling(parts_of(expanded), is_patient);
  const std::string apart = fold(with_spaces(group));
  if (apart != folded) add_spelling(parts_of(apart), is_patient);
  const std::string contracted = replaced(folded, contractions);
  if (contracted != folded) add_spelling(parts_of(contracted), is_patient);
}

void NameMatcher::add_spelling(const std::vector<std::string>& parts, bool is_patient) {
  const Words& known = Words::built_in();
  std::vector<std::string> telling;
  for (const std::string& part : parts) {
    if (is_ascii(part) && part.size() == 1) initials_.insert(part[0]);
    if (length_of(part) < least_word && !is_east_asian(part)) continue;
    if (is_affix(part)) {
      weak_words_.insert(part);
      continue;
    }
    telling.push_back(part);
    if (is_ascii(part)) initials_.insert(part[0]);
    if (is_east_asian(part)) {
      if (length_of(part) >= least_word) pieces_.push_back(part);
      continue;
    }
    const bool is_common = known.is_common(part);
    if (is_common && !is_patient) {
      weak_words_.insert(part);
      continue;
    }
    words_.emplace(part, Entity::name);
    if (length_of(part) >= least_piece && !is_common) pieces_.push_back(part);
  }
  add_joined(telling);
}

/// Two words written as one, initials with a word, initials alone.
void NameMatcher::add_joined(const std::vector<std::string>& parts) {
  std::string initials;
  for (std::size_t a = 0; a < parts.size(); ++a) {
    initials += parts[a][0];
    for (std::size_t b = 0; b < parts.size(); ++b) {
      if (a == b) continue;
      if (is_east_asian(parts[a])) {
        for (const char* between : {"", " ", ",", ", ", "・", "^"}) {
          pieces_.push_back(parts[a] + between + parts[b]);
        }
        continue;
      }
      words_.emplace(parts[a] + parts[b], Entity::name);
      if (!is_ascii(parts[a]) || !is_ascii(parts[b]) || parts[b].size() < 3) continue;
      words_.emplace(parts[a].substr(0, 1) + parts[b], Entity::name);
      words_.emplace(parts[b] + parts[a].substr(0, 1), Entity::name);
    }
  }
  if (initials.size() < 2 || !is_ascii(initials)) return;
  std::sort(initials.begin(), initials.end());
  initials_together_.insert(initials);
  for (std::size_t a = 0; a < initials.size(); ++a) {
    for (std::size_t b = a + 1; b < initials.size(); ++b) {
      initials_together_.insert({initials[a], initials[b]});
    }
  }
}

bool NameMatcher::is_known_word(std::string_view word) const {
  if (words_.contains(std::string(word))) return true;
  return word.size() > least_word + 2 && word.back() == 's' &&
         words_.contains(std::string(word.substr(0, word.size() - 1)));
}

void NameMatcher::find(const FoldedText& text, const std::vector<Word>& words,
                       std::vector<Finding>& findings) const {
  const std::string& folded = text.text();
  std::vector<bool> is_name(words.size(), false);
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string word = folded.substr(words[i].begin, words[i].end - words[i].begin);
    if (!is_known_word(word)) continue;
    const auto found = words_.find(word);
    const Entity entity = found == words_.end() ? Entity::name : found->second;
    findings.push_back({words[i].begin, words[i].end, entity});
    is_name[i] = entity == Entity::name;
  }
  find_pieces(text, findings);
  find_initials(text, words, findings);
  extend(text, words, is_name, findings);
}

void NameMatcher::find_pieces(const FoldedText& text, std::vector<Finding>& findings) const {
  const std::string& folded = text.text();
  for (const std::string& piece : pieces_) {
    for (std::size_t at = folded.find(piece); at != std::string::npos;
         at = folded.find(piece, at + piece.size())) {
      const std::size_t end = at + piece.size();
      if (text.is_boundary(at) && (end == folded.size() || text.is_boundary(end))) {
        findings.push_back({at, end, Entity::name});
      }
    }
  }
}

/// "O.G.", "O. G.", and "OG" behind "pt", "patient", "initials", "by" or "for".
void NameMatcher::find_initials(const FoldedText& text, const std::vector<Word>& words,
                                std::vector<Finding>& findings) const {
  if (initials_together_.empty()) return;
  const std::string& folded = text.text();
  const auto word = [&](std::size_t i) {
    return std::string_view(folded).substr(words[i].begin, words[i].end - words[i].begin);
  };
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::string letters(word(i));
    std::size_t last = i;
    if (letters.size() == 1) {
      for (; last + 1 < words.size() && word(last + 1).size() == 1; ++last) {
        const std::string_view between = std::string_view(folded).substr(
            words[last].end, words[last + 1].begin - words[last].end);
        if (between != "." && between != ". ") break;
        letters += word(last + 1);
      }
      if (last == i) continue;
    } else {
      if (letters.size() > 4 || i == 0) continue;
      const std::string_view before = word(i - 1);
      const bool is_told = before == "pt" || before == "patient" || before == "initials" ||
                           before == "by" || before == "for";
      if (!is_told || Words::built_in().is_common(letters)) continue;
    }
    std::sort(letters.begin(), letters.end());
    if (initials_together_.contains(letters)) {
      findings.push_back({words[i].begin, words[last].end, Entity::name});
    }
    i = last;
  }
}

/// Initials, everyday words and one unknown word that belong to the name beside them.
void NameMatcher::extend(const FoldedText& text, const std::vector<Word>& words,
                         std::vector<bool>& is_name, std::vector<Finding>& findings) const {
  const std::string_view folded = text.text();
  const auto word = [&](std::size_t i) {
    return folded.substr(words[i].begin, words[i].end - words[i].begin);
  };
  const auto adjoin = [&](std::size_t left, std::size_t right) {
    return is_name_gap(folded.substr(words[left].end, words[right].begin - words[left].end));
  };
  const auto belongs = [&](std::size_t i) {
    return (word(i).size() == 1 && initials_.contains(word(i)[0])) ||
           weak_words_.contains(std::string(word(i)));
  };
  const auto take = [&](std::size_t i) {
    is_name[i] = true;
    findings.push_back({words[i].begin, words[i].end, Entity::name});
  };
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (!is_name[i] && is_name[i - 1] && adjoin(i - 1, i) && belongs(i)) take(i);
  }
  for (std::size_t i = words.size(); i-- > 1;) {
    if (is_name[i] && !is_name[i - 1] && adjoin(i - 1, i) && belongs(i - 1)) take(i - 1);
  }
  for (std::size_t i = 1; i + 1 < words.size(); ++i) {
    const bool is_between =
        is_name[i - 1] && is_name[i + 1] && adjoin(i - 1, i) && adjoin(i, i + 1);
    if (!is_name[i] && is_between && !Words::built_in().is_common(word(i))) take(i);
  }
}

}  // namespace efface::text::internal
