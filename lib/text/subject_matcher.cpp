#include <re2/re2.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "base/error.h"
#include "text/internal_codes.h"
#include "text/internal_names.h"
#include "text/subject_values.h"
#include "text/words.h"

namespace efface::text {

namespace {

using internal::CodePattern;

constexpr std::size_t least_telling_word = 3, least_code_in_phrase = 4;
constexpr std::int64_t pattern_memory_bytes = 64 << 20;

/// Words and numbers of a phrase in their order.
using Phrase = std::vector<std::string>;

Phrase parts_of(const std::string& folded) {
  Phrase parts;
  std::size_t end = 0;
  bool last_is_digit = false;
  for (std::size_t i = 0; i < folded.size(); ++i) {
    const bool digit = is_digit(folded[i]);
    if (!digit && !is_word_letter(folded[i])) continue;
    if (parts.empty() || end != i || digit != last_is_digit) parts.emplace_back();
    parts.back() += folded[i];
    end = i + 1;
    last_is_digit = digit;
  }
  return parts;
}

std::string phrase_pattern(const Phrase& parts) {
  std::string pattern;
  for (const std::string& part : parts) {
    if (!pattern.empty()) pattern += "[^0-9a-z]{0,3}";
    pattern += RE2::QuoteMeta(part);
  }
  return pattern;
}

re2::StringPiece piece(std::string_view text) {
  return {text.data(), text.size()};
}

}  // namespace

struct SubjectMatcher::Impl {
  struct Codes {
    Entity entity;
    std::unique_ptr<RE2> pattern;
  };
  internal::NameMatcher names;
  std::vector<Codes> codes;

  void add_phrase(const std::string& folded, Entity entity, std::vector<CodePattern>& patterns) {
    const Phrase parts = parts_of(folded);
    if (parts.empty()) return;
    const Words& known = Words::built_in();
    for (const std::string& part : parts) {
      if (is_digit(part[0])) {
        if (part.size() >= least_code_in_phrase) {
          internal::append_identifier(part, entity, patterns);
        }
      } else if (length_of(part) >= least_telling_word && !known.is_common(part)) {
        names.add_word(part, entity);
      }
    }
    const auto kind = [](char c) { return is_digit(c) ? '0' : 'a'; };
    const bool is_one_common_word = parts.size() == 1 && known.is_common(parts[0]);
    if (is_one_common_word || folded.size() < least_telling_word) return;
    patterns.push_back(
        {entity, phrase_pattern(parts), kind(parts.front().front()), kind(parts.back().back())});
  }

  void add_identifier(const std::string& folded, Entity entity,
                      std::vector<CodePattern>& patterns) {
    const bool has_digit = std::any_of(folded.begin(), folded.end(), is_digit);
    const Phrase parts = parts_of(folded);
    if (!has_digit && parts.size() == 1) {
      const bool is_common = Words::built_in().is_common(parts[0]);
      if (parts[0].size() >= least_telling_word && !is_common) names.add_word(parts[0], entity);
      return;
    }
    internal::append_identifier(folded, entity, patterns);
  }

  /// One expression for all that are of one kind and may adjoin the same.
  void compile(const std::vector<CodePattern>& patterns) {
    std::map<std::tuple<Entity, char, char>, std::string> united;
    for (const CodePattern& code : patterns) {
      std::string& all = united[{code.entity, code.first, code.last}];
      all += (all.empty() ? "" : "|") + code.pattern;
    }
    for (const auto& [key, all] : united) {
      const auto& [entity, first, last] = key;
      const std::string start = first == '0' ? "(?:^|[^0-9])(" : "(?:^|[^a-z])(";
      const std::string end = last == '0' ? ")(?:$|[^0-9])" : ")(?:$|[^a-z])";
      RE2::Options options;
      options.set_log_errors(false);
      options.set_longest_match(true);
      options.set_max_mem(pattern_memory_bytes);
      auto pattern = std::make_unique<RE2>(start + all + end, options);
      if (!pattern->ok()) {
        throw base::Error(base::Fault::resource, "the study has too many values to look for");
      }
      codes.push_back({entity, std::move(pattern)});
    }
  }

  void find_codes(const std::string& text, std::vector<Finding>& findings) const {
    for (const Codes& code : codes) {
      re2::StringPiece groups[2];
      for (std::size_t at = 0; at < text.size();) {
        if (!code.pattern->Match(piece(text), at, text.size(), RE2::UNANCHORED, groups, 2)) break;
        const auto begin = static_cast<std::size_t>(groups[1].data() - text.data());
        findings.push_back({begin, begin + groups[1].size(), code.entity});
        at = std::max(begin + groups[1].size(), at + 1);
      }
    }
  }
};

SubjectMatcher::SubjectMatcher(const SubjectValues& values) : impl_(std::make_unique<Impl>()) {
  std::vector<CodePattern> patterns;
  for (const base::Phi<SubjectValues::Value>& held : values.values_) {
    const SubjectValues::Value& value = held.reveal();
    switch (value.kind) {
      case SubjectValues::Kind::patient_name:
        impl_->names.add_name(value.text, true);
        break;
      case SubjectValues::Kind::other_name:
        impl_->names.add_name(value.text, false);
        break;
      case SubjectValues::Kind::identifier:
        impl_->add_identifier(fold(value.text), value.entity, patterns);
        break;
      case SubjectValues::Kind::date:
        internal::append_date(value.text, patterns);
        break;
      case SubjectValues::Kind::phrase:
        impl_->add_phrase(fold(value.text), value.entity, patterns);
        break;
      case SubjectValues::Kind::phone:
        internal::append_phone(fold(value.text), patterns);
        break;
    }
  }
  impl_->compile(patterns);
}

SubjectMatcher::~SubjectMatcher() = default;
SubjectMatcher::SubjectMatcher(SubjectMatcher&&) noexcept = default;

void SubjectMatcher::find(const FoldedText& text, const std::vector<Word>& words,
                          std::vector<Finding>& findings) const {
  impl_->names.find(text, words, findings);
  impl_->find_codes(text.text(), findings);
}

}  // namespace efface::text
