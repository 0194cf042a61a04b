#include "text/word_list.h"

#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include <algorithm>

#include "text/internal_converter.h"

namespace efface::text {

namespace {

enum class Kind { other, letter, east_asian };

Kind kind_of(char32_t point) {
  if (point < 0x80) return point >= U'a' && point <= U'z' ? Kind::letter : Kind::other;
  const auto c = static_cast<UChar32>(point);
  const int type = u_charType(c);
  const bool is_mark = type == U_NON_SPACING_MARK || type == U_COMBINING_SPACING_MARK;
  if (!u_isalpha(c) && !is_mark) return Kind::other;
  UErrorCode status = U_ZERO_ERROR;
  switch (uscript_getScript(c, &status)) {
    case USCRIPT_HAN:
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
    case USCRIPT_HANGUL:
    case USCRIPT_BOPOMOFO:
      return Kind::east_asian;
    default:
      return point == 0x3099 || point == 0x309A || point == 0x30FC ? Kind::east_asian
                                                                   : Kind::letter;
  }
}

}  // namespace

std::vector<Word> words_of(std::string_view folded) {
  std::vector<Word> words;
  Kind last = Kind::other;
  for (std::size_t at = 0; at < folded.size();) {
    const std::size_t begin = at;
    const Kind kind = kind_of(internal::next_point(folded, at));
    if (kind != Kind::other) {
      if (kind == last) {
        words.back().end = at;
      } else {
        words.push_back({begin, at, kind == Kind::east_asian});
      }
    }
    last = kind;
  }
  return words;
}

std::size_t length_of(std::string_view utf8) {
  return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80;
  }));
}

}  // namespace efface::text
