#include "check/pseudonym.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <vector>

#include "text/folded_text.h"
#include "text/word_list.h"
#include "text/words.h"

namespace efface::check {

namespace {

constexpr auto placeholders = std::to_array<std::string_view>(
    {"anon",   "anonym",     "anonymised",   "anonymized", "anonymous",   "case",     "control",
     "de",     "deid",       "deidentified", "dummy",      "empty",       "erased",   "hidden",
     "id",     "identified", "identifier",   "masked",     "na",          "name",     "nn",
     "no",     "none",       "not",          "null",       "participant", "patient",  "phantom",
     "pseudo", "pseudonym",  "redacted",     "removed",    "sub",         "subj",     "subject",
     "test",   "unknown",    "unnamed",      "value",      "volunteer",   "withheld", "xx",
     "xxx",    "xxxx"});

static_assert(std::is_sorted(placeholders.begin(), placeholders.end()));

bool is_placeholder_word(const std::string& folded) {
  return std::binary_search(placeholders.begin(), placeholders.end(), folded);
}

/// Folded parts between spaces, carets and the like.
std::vector<std::string> parts_of(std::string_view value) {
  std::vector<std::string> parts(1);
  for (const char c : text::fold(value)) {
    const bool separates = std::string_view(" ^=,._-/\\()[]:;\n").find(c) != std::string_view::npos;
    if (!separates) {
      parts.back() += c;
    } else if (!parts.back().empty()) {
      parts.emplace_back();
    }
  }
  if (parts.back().empty()) parts.pop_back();
  return parts;
}

bool has_digit(std::string_view part) {
  return std::any_of(part.begin(), part.end(), text::is_digit);
}

bool is_old_date(std::string_view value) {
  const std::string_view day = value.substr(0, 8);
  return (value.size() == 8 || value.size() >= 14) && day <= "19001231" &&
         std::all_of(day.begin(), day.end(), text::is_digit);
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view padding("\0 \t\r\n", 5);
  const std::size_t first = text.find_first_not_of(padding);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(padding) - first + 1);
}

}  // namespace

bool is_placeholder(std::string_view value) {
  value = trimmed(value);
  if (value.empty() || is_old_date(value)) return true;
  if (value == "N/A" || value == "n/a" || value == "000D" || value == "000Y" ||
      value == "http://anonymized.invalid") {
    return true;
  }
  const char first = value.front();
  const bool repeats =
      std::all_of(value.begin(), value.end(), [first](char c) { return c == first; });
  const bool is_letter_or_digit = std::isalnum(static_cast<unsigned char>(first)) != 0;
  if (repeats && (first == '0' || value.size() > 2 || !is_letter_or_digit)) return true;
  const auto is_zero = [](char c) { return c == '0' || c == '.'; };
  if (std::all_of(value.begin(), value.end(), is_zero)) return true;
  const std::vector<std::string> parts = parts_of(value);
  return std::all_of(parts.begin(), parts.end(), is_placeholder_word);
}

bool is_own_pseudonym(std::string_view value) {
  value = trimmed(value);
  while (!value.empty() && value.back() == '^') value.remove_suffix(1);
  for (const std::string_view prefix : {"P-", "ID-", "AE-"}) {
    if (!value.starts_with(prefix) || value.size() != prefix.size() + 12) continue;
    return std::all_of(value.begin() + static_cast<std::ptrdiff_t>(prefix.size()), value.end(),
                       [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '2' && c <= '7'); });
  }
  return false;
}

bool reads_as_name(std::string_view value) {
  if (is_placeholder(value) || is_own_pseudonym(value)) return false;
  const std::vector<std::string> parts = parts_of(value);
  const bool is_numbered = std::any_of(parts.begin(), parts.end(), has_digit);
  return std::any_of(parts.begin(), parts.end(), [&](const std::string& part) {
    if (has_digit(part) || text::words_of(part).empty() || is_placeholder_word(part)) return false;
    if (is_numbered) return text::Words::built_in().is_name(part);
    return text::length_of(part) > 1 || text::words_of(part).front().is_east_asian;
  });
}

bool holds_frequent_name(std::string_view value) {
  if (is_placeholder(value) || is_own_pseudonym(value)) return false;
  const std::vector<std::string> parts = parts_of(value);
  return std::any_of(parts.begin(), parts.end(), [](const std::string& part) {
    return !has_digit(part) && !is_placeholder_word(part) && text::Words::built_in().is_name(part);
  });
}

}  // namespace efface::check
