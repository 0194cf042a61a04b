#include "text/folded_text.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <utility>

#include "text/internal_converter.h"

namespace efface::text {

namespace {

/// Letters that Unicode does not take apart.
constexpr auto apart = std::to_array<std::pair<char32_t, std::string_view>>({{U'ß', "ss"},
                                                                             {U'æ', "ae"},
                                                                             {U'ð', "d"},
                                                                             {U'ø', "o"},
                                                                             {U'þ', "th"},
                                                                             {U'đ', "d"},
                                                                             {U'ħ', "h"},
                                                                             {U'ı', "i"},
                                                                             {U'ł', "l"},
                                                                             {U'ŋ', "n"},
                                                                             {U'œ', "oe"},
                                                                             {U'ŧ', "t"},
                                                                             {U'ə', "e"}});

/// Marks that writers leave out.
bool is_optional_mark(char32_t c) {
  return (c >= 0x0300 && c <= 0x036F) || (c >= 0x0591 && c <= 0x05C7) ||
         (c >= 0x0610 && c <= 0x061A) || (c >= 0x064B && c <= 0x065F) || c == 0x0640 || c == 0x0670;
}

bool is_hangul_syllable(char32_t c) {
  return c >= 0xAC00 && c <= 0xD7A3;
}

bool is_quotation(char32_t c) {
  return c == 0x2018 || c == 0x2019 || c == 0x201B || c == 0x02BC || c == 0x00B4 || c == 0x2032;
}

/// The ASCII character that stands for it, or 0.
char as_ascii(char32_t point) {
  const auto c = static_cast<UChar32>(point);
  if (is_quotation(point)) return '\'';
  switch (u_charType(c)) {
    case U_DECIMAL_DIGIT_NUMBER:
      return static_cast<char>('0' + u_charDigitValue(c));
    case U_DASH_PUNCTUATION:
      return '-';
    case U_SPACE_SEPARATOR:
      return ' ';
    case U_LINE_SEPARATOR:
    case U_PARAGRAPH_SEPARATOR:
      return '\n';
    case U_CONTROL_CHAR:
      return point == 0x85 ? '\n' : ' ';
    default:
      return point == 0x2212 ? '-' : '\0';
  }
}

char folded_ascii(char c) {
  if (c >= 'A' && c <= 'Z') return static_cast<char>(c - 'A' + 'a');
  if (c == '\n' || c == '\r' || c == '\f' || c == '\v') return '\n';
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
}

}  // namespace

FoldedText::FoldedText(std::string_view utf8) {
  text_.reserve(utf8.size());
  source_.reserve(utf8.size() + 1);
  for (std::size_t at = 0; at < utf8.size();) {
    const auto begin = static_cast<std::uint32_t>(at);
    if (static_cast<unsigned char>(utf8[at]) < 0x80) {
      text_ += folded_ascii(utf8[at++]);
      source_.push_back(begin);
    } else {
      append_other(internal::next_point(utf8, at), begin);
    }
  }
  source_.push_back(static_cast<std::uint32_t>(utf8.size()));
}

void FoldedText::append(std::string_view folded, std::uint32_t at) {
  text_ += folded;
  source_.insert(source_.end(), folded.size(), at);
}

void FoldedText::append_other(char32_t point, std::uint32_t at) {
  if (u_hasBinaryProperty(static_cast<UChar32>(point), UCHAR_DEFAULT_IGNORABLE_CODE_POINT)) return;
  if (const char ascii = as_ascii(point); ascii != '\0') return append({&ascii, 1}, at);
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* decomposer = icu::Normalizer2::getNFKDInstance(status);
  icu::UnicodeString parts;
  const bool is_whole = U_FAILURE(status) || is_hangul_syllable(point) ||
                        !decomposer->getDecomposition(static_cast<UChar32>(point), parts);
  if (is_whole) parts = icu::UnicodeString(static_cast<UChar32>(point));
  parts.foldCase();
  for (int32_t i = 0; i < parts.length(); i = parts.moveIndex32(i, 1)) {
    auto c = static_cast<char32_t>(parts.char32At(i));
    if (is_optional_mark(c)) continue;
    if (c >= 0x30A1 && c <= 0x30F6) c -= 0x60;  // katakana
    const auto* known = std::find_if(apart.begin(), apart.end(),
                                     [&](const auto& entry) { return entry.first == c; });
    std::string bytes;
    if (known != apart.end()) {
      bytes = known->second;
    } else if (c < 0x80) {
      bytes = folded_ascii(static_cast<char>(c));
    } else if (const char ascii = as_ascii(c); ascii != '\0') {
      bytes = ascii;
    } else {
      internal::append_utf8(c, bytes);
    }
    append(bytes, at);
  }
}

bool FoldedText::is_boundary(std::size_t folded) const {
  return folded == 0 || source_[folded] != source_[folded - 1];
}

std::size_t FoldedText::source_end(std::size_t end) const {
  while (end < text_.size() && !is_boundary(end)) ++end;
  return source_[end];
}

std::string fold(std::string_view utf8) {
  return FoldedText(utf8).text();
}

bool is_word_letter(char c) {
  return (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace efface::text
