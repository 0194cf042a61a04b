#include "check/file_name.h"

#include <algorithm>
#include <string>
#include <vector>

#include "check/free_text.h"
#include "text/character_sets.h"
#include "text/folded_text.h"
#include "text/word_list.h"
#include "text/words.h"

namespace efface::check {

namespace {

/// Words and numbers with spaces between them; parts of the path end sentences.
std::string as_text(std::string_view name) {
  std::string text;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    const char next = i + 1 < name.size() ? name[i + 1] : ' ';
    const bool is_inner_dot = c == '.' && next != ' ' && !text::is_digit(next);  // UIDs stay whole
    const bool separates = c == '_' || c == '^' || c == '+' || is_inner_dot;
    text += c == '/' ? '\n' : separates ? ' ' : c;
  }
  return text;
}

bool holds_two_names(const std::string& text) {
  const std::string folded = text::fold(text);
  const text::Words& words = text::Words::built_in();
  bool was_name = false;
  std::size_t end = 0;
  for (const text::Word& word : text::words_of(folded)) {
    const bool is_name = words.is_name(folded.substr(word.begin, word.end - word.begin));
    const bool is_beside = word.begin - end == 1 && folded[end] != '\n';
    if (is_name && was_name && is_beside) return true;
    was_name = is_name;
    end = word.end;
  }
  return false;
}

}  // namespace

findings::Finding find_in_name(std::string_view name) {
  findings::Finding finding;
  if (!text::is_utf8(name)) return finding;
  const std::string text = as_text(name);
  if (holds_two_names(text)) {
    finding.reason = "the path holds: name";
  } else {
    const findings::Finding found = find_in_text(text, {});
    if (found.rule.empty()) return finding;
    finding.reason = "the path" + found.reason.substr(std::string_view("the text").size());
  }
  finding.rule = "file-name.identifying";
  return finding;
}

}  // namespace efface::check
