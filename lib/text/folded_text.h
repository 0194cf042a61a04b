// Text as it is searched: lower case, without diacritics, widths, invisible characters and other
// differences that do not change what is meant, each byte with its place in the original. It does
// not transliterate between scripts.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace efface::text {

class FoldedText {
 public:
  /// `utf8` is well-formed and of less than 4 GiB. Letters: compatibility decomposition, case
  /// folded, without combining marks of Latin, Greek, Cyrillic, Hebrew and Arabic; ß ss, æ ae, ø o,
  /// ł l and the like; katakana as hiragana. Digits of all scripts, dashes, quotation marks and
  /// spaces as ASCII; line ends as \n, other controls as a space; invisible characters left out.
  explicit FoldedText(std::string_view utf8);

  const std::string& text() const { return text_; }
  /// Where in the original the character begins that the folded byte comes from; text().size() is
  /// the end.
  std::size_t source_of(std::size_t folded) const { return source_[folded]; }
  /// The end in the original of what ends before the folded byte `end`, whole characters.
  std::size_t source_end(std::size_t end) const;
  /// Whether a character of the original begins at the folded byte.
  bool is_boundary(std::size_t folded) const;

 private:
  std::string text_;
  std::vector<std::uint32_t> source_;

  void append_other(char32_t point, std::uint32_t at);
  void append(std::string_view folded, std::uint32_t at);
};

/// The folded text alone.
std::string fold(std::string_view utf8);

/// Runs of letters (ASCII letters of a folded text, and every other character that is not ASCII).
bool is_word_letter(char c);
bool is_digit(char c);

}  // namespace efface::text
