#include "deid/residue.h"

#include <algorithm>
#include <array>
#include <bit>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>

#include "deid/dummy.h"

namespace efface::deid {

namespace {

constexpr std::size_t least_bytes = 5, least_bits = 40, most_findings = 1024;
constexpr std::ptrdiff_t least_digits = 6;

// Lower case, ascending. Words that stand in files of anybody: defined terms of PS3.3 and what
// descriptions consist of.
constexpr auto common_words = std::to_array<std::string_view>(
    {"abdomen",   "abnormal",  "acquisition", "adult",       "anonymised",  "anonymized",
     "anonymous", "axial",     "baseline",    "bilateral",   "black",       "brain",
     "breast",    "cardiac",   "center",      "centre",      "cervical",    "chest",
     "child",     "clinic",    "clinical",    "completed",   "contrast",    "control",
     "coronal",   "cspine",    "default",     "derived",     "diagnostic",  "diffusion",
     "female",    "follow-up", "followup",    "frontal",     "general",     "gradient",
     "healthy",   "heart",     "hospital",    "image",       "lateral",     "localiser",
     "localizer", "lumbar",    "magnitude",   "monochrome1", "monochrome2", "neutral",
     "normal",    "original",  "other",       "patient",     "pelvis",      "phantom",
     "phase",     "physician", "primary",     "private",     "prone",       "protocol",
     "radiology", "referring", "removed",     "research",    "resting",     "right",
     "routine",   "sagittal",  "scout",       "secondary",   "series",      "shoulder",
     "siemens",   "skull",     "spine",       "standard",    "study",       "subject",
     "supine",    "survey",    "thorax",      "trauma",      "unknown",     "unspecified",
     "volume",    "volunteer", "white",       "whole body",  "wholebody"});

static_assert(std::is_sorted(common_words.begin(), common_words.end()));

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Those of `values` that stand in none of the kept ones.
std::vector<std::string> not_contained(std::vector<std::string> values,
                                       const std::vector<std::string>& kept) {
  std::string all;
  for (const std::string& value : kept) {
    all += value;
    all += '\0';
  }
  std::vector<PatternMatcher::Match> matches;
  PatternMatcher(values).find(std::as_bytes(std::span(all)), matches, all.size() * 8);
  for (const PatternMatcher::Match& match : matches) values[match.pattern].clear();
  std::erase(values, std::string());
  return values;
}

/// Code points of UTF-8, or nothing when it is not well-formed.
std::optional<std::u32string> from_utf8(const std::string& bytes) {
  std::u32string text;
  for (std::size_t i = 0; i < bytes.size();) {
    const auto first = static_cast<unsigned char>(bytes[i++]);
    int more = 0;
    char32_t point = first;
    if (first >= 0xF0 && first < 0xF8) {
      more = 3, point = first & 0x07U;
    } else if (first >= 0xE0 && first < 0xF0) {
      more = 2, point = first & 0x0FU;
    } else if (first >= 0xC2 && first < 0xE0) {
      more = 1, point = first & 0x1FU;
    } else if (first >= 0x80) {
      return std::nullopt;
    }
    for (; more > 0; --more, ++i) {
      if (i == bytes.size() || (static_cast<unsigned char>(bytes[i]) & 0xC0U) != 0x80) {
        return std::nullopt;
      }
      point = (point << 6) | (static_cast<unsigned char>(bytes[i]) & 0x3FU);
    }
    text += point;
  }
  return text;
}

std::u32string from_latin1(const std::string& bytes) {
  std::u32string text;
  text.reserve(bytes.size());
  for (const char c : bytes) text += static_cast<unsigned char>(c);
  return text;
}

std::string to_utf8(const std::u32string& latin1_text) {
  std::string bytes;
  for (const char32_t c : latin1_text) {
    if (c < 0x80) {
      bytes += static_cast<char>(c);
    } else {
      bytes += static_cast<char>(0xC0U | (c >> 6));
      bytes += static_cast<char>(0x80U | (c & 0x3FU));
    }
  }
  return bytes;
}

/// 16-bit units; nothing beyond the basic plane.
std::string to_utf16(const std::u32string& text, bool is_big_endian) {
  std::string bytes(2 * text.size(), '\0');
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char high = static_cast<char>((text[i] >> 8) & 0xFFU);
    const char low = static_cast<char>(text[i] & 0xFFU);
    bytes[2 * i] = is_big_endian ? high : low;
    bytes[2 * i + 1] = is_big_endian ? low : high;
  }
  return bytes;
}

/// How unlikely it is that samples spell the text by chance: samples spread evenly over just the
/// range of its characters, the worst case, do so with a probability of 2^-bits at each place.
/// Rounded down.
template <class Text>
std::size_t bits(const Text& text) {
  const auto [least, most] = std::minmax_element(text.begin(), text.end());
  const auto range = static_cast<std::uint32_t>(*most) - static_cast<std::uint32_t>(*least) + 1;
  return text.size() * (static_cast<std::size_t>(std::bit_width(range)) - 1);
}

/// A value in the encodings it may have in a file.
void append_encodings(const std::string& value, std::vector<std::string>& patterns) {
  patterns.push_back(value);
  const bool is_ascii = std::all_of(value.begin(), value.end(),
                                    [](char c) { return static_cast<signed char>(c) >= 0; });
  if (is_ascii && bits(value) < least_bits) return;
  const std::optional<std::u32string> decoded = is_ascii ? std::nullopt : from_utf8(value);
  const std::u32string text = decoded ? *decoded : from_latin1(value);
  const char32_t highest = *std::max_element(text.begin(), text.end());
  if (!is_ascii && !decoded) patterns.push_back(to_utf8(text));
  if (!is_ascii && decoded && highest < 0x100) {
    std::string latin1;
    for (const char32_t c : text) latin1 += static_cast<char>(c);
    if (latin1.size() >= least_bytes) patterns.push_back(std::move(latin1));
  }
  if (highest > 0xFFFF || bits(text) < least_bits) return;
  patterns.push_back(to_utf16(text, false));
  patterns.push_back(to_utf16(text, true));
}

std::vector<std::string> strong_ones(const std::vector<std::string>& patterns) {
  std::vector<std::string> strong;
  std::copy_if(patterns.begin(), patterns.end(), std::back_inserter(strong),
               [](const std::string& pattern) { return bits(pattern) >= least_bits; });
  return strong;
}

std::vector<std::string> patterns_for(const std::vector<base::Phi<std::string>>& removed,
                                      const std::vector<std::string>& kept) {
  std::vector<std::string> values;
  for (const base::Phi<std::string>& value : removed) {
    if (is_telling(value.reveal())) values.push_back(value.reveal());
  }
  values = not_contained(std::move(values), kept);
  std::vector<std::string> patterns;
  patterns.reserve(3 * values.size());
  for (const std::string& value : values) append_encodings(value, patterns);
  return patterns;
}

}  // namespace

bool is_telling(const std::string& value) {
  if (value.size() < least_bytes || is_dummy(value)) return false;
  if (value.find_first_not_of(value[0]) == std::string::npos) return false;
  if (value.find_first_not_of("0123456789.+-eE ") == std::string::npos) {
    const auto digits = std::count_if(value.begin(), value.end(), is_digit);
    return digits >= least_digits && value.find_first_of("123456789") != std::string::npos;
  }
  return !std::binary_search(common_words.begin(), common_words.end(), lower_case(value));
}

ResidueScanner::ResidueScanner(const std::vector<base::Phi<std::string>>& removed,
                               const std::vector<std::string>& kept)
    : ResidueScanner(patterns_for(removed, kept)) {}

ResidueScanner::ResidueScanner(std::vector<std::string> patterns)
    : all_(patterns), strong_(strong_ones(patterns)) {}

void ResidueScanner::expect_samples(std::uint64_t begin, std::uint64_t end) {
  samples_begin_ = begin;
  samples_end_ = end;
}

/// What begins before `starts_before` and ends behind `ends_behind`; the first of the bytes stands
/// at `position` of the file.
void ResidueScanner::search(std::span<const std::byte> bytes, std::uint64_t position,
                            std::size_t starts_before, std::size_t ends_behind) {
  const auto place = [&](std::uint64_t offset) {
    return std::min(starts_before, static_cast<std::size_t>(std::max(offset, position) - position));
  };
  const auto look_for = [&](const PatternMatcher& matcher, std::size_t begin, std::size_t end) {
    if (begin >= end || matcher.longest() == 0) return;
    const std::size_t stop = std::min(bytes.size(), end + matcher.longest() - 1);
    std::vector<PatternMatcher::Match> matches;
    matcher.find(bytes.subspan(begin, stop - begin), matches, std::max(stop, most_findings));
    for (const PatternMatcher::Match& match : matches) {
      const std::size_t start = begin + match.offset;
      if (start >= end || start + matcher.length(match.pattern) <= ends_behind) continue;
      if (findings_.size() >= most_findings) return;
      findings_.push_back(position + start);
      lengths_.push_back(matcher.length(match.pattern));
    }
  };
  const std::size_t samples_begin = place(samples_begin_), samples_end = place(samples_end_);
  look_for(all_, 0, samples_begin);
  look_for(strong_, samples_begin, samples_end);
  look_for(all_, samples_end, starts_before);
}

bool ResidueScanner::is_explained_by(const std::vector<base::Phi<std::string>>& retained,
                                     std::span<const std::byte> bytes) const {
  if (findings_.size() >= most_findings) return false;
  std::vector<std::string> values;
  values.reserve(retained.size());
  for (const base::Phi<std::string>& value : retained) values.push_back(value.reveal());
  const PatternMatcher matcher(std::move(values));
  return std::all_of(
      findings_.begin(), findings_.end(), [&, i = std::size_t{0}](std::uint64_t found) mutable {
        const std::uint64_t end = found + lengths_[i++];
        if (end > bytes.size()) return false;
        // Only what reaches over the finding can explain it.
        const std::uint64_t reach = matcher.longest();
        const std::uint64_t first = found - std::min(found, reach);
        const std::uint64_t last = std::min<std::uint64_t>(bytes.size(), end + reach);
        std::vector<PatternMatcher::Match> around;
        matcher.find(bytes.subspan(first, last - first), around, last - first);
        return std::any_of(around.begin(), around.end(), [&](const PatternMatcher::Match& match) {
          const std::uint64_t start = first + match.offset;
          return start <= found && start + matcher.length(match.pattern) >= end;
        });
      });
}

/// What begins in the carry and ends in `bytes`.
void ResidueScanner::scan_seam(std::span<const std::byte> bytes) {
  const std::size_t carried = carry_.size();
  if (carried == 0) return;
  const auto head = bytes.first(std::min(bytes.size(), all_.longest() - 1));
  carry_.insert(carry_.end(), head.begin(), head.end());
  search(carry_, position_ - carried, carried, carried);
}

void ResidueScanner::feed(std::span<const std::byte> bytes) {
  if (all_.longest() == 0 || bytes.empty()) return;
  scan_seam(bytes);
  search(bytes, position_, bytes.size(), 0);
  position_ += bytes.size();
  const std::size_t wanted = all_.longest() - 1;
  if (bytes.size() >= wanted) {
    carry_.assign(bytes.end() - static_cast<std::ptrdiff_t>(wanted), bytes.end());
  } else if (carry_.size() > wanted) {
    carry_.erase(carry_.begin(), carry_.end() - static_cast<std::ptrdiff_t>(wanted));
  } else if (carry_.empty()) {
    carry_.assign(bytes.begin(), bytes.end());
  }
}

}  // namespace efface::deid
