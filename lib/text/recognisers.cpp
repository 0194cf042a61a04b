#include "text/recognisers.h"

#include <re2/re2.h>
#include <re2/set.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "base/error.h"
#include "text/checksum.h"

namespace efface::text {

namespace {

using Json = nlohmann::json;

constexpr std::int64_t pattern_memory_bytes = 64 << 20;
constexpr std::size_t context_before = 48, context_after = 24;
constexpr std::string_view start_edge = "(?:^|[^0-9a-z])", end_edge = "(?:$|[^0-9a-z])";

[[noreturn]] void fail(const std::string& what) {
  throw base::Error(base::Fault::bad_input, "recogniser data: " + what);
}

re2::StringPiece piece(std::string_view text) {
  return {text.data(), text.size()};
}

RE2::Options pattern_options() {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_longest_match(true);
  options.set_max_mem(pattern_memory_bytes);
  return options;
}

bool is_alphanumeric(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z');
}

/// No *, + or {n,}: a match has a greatest length.
bool is_bounded(std::string_view pattern) {
  bool in_class = false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '\\') {
      ++i;
    } else if (in_class) {
      in_class = c != ']';
    } else if (c == '[') {
      in_class = true;
      if (i + 1 < pattern.size() && pattern[i + 1] == '^') ++i;
      if (i + 1 < pattern.size() && pattern[i + 1] == ']') ++i;
    } else if (c == '*' || c == '+') {
      return false;
    } else if (c == '}' && pattern[i - 1] == ',') {
      return false;
    }
  }
  return true;
}

using Macros = std::map<std::string, std::string>;

std::string expand(const std::string& pattern, const Macros& macros) {
  std::string expanded;
  for (std::size_t at = 0; at < pattern.size();) {
    const std::size_t open = pattern.find("{{", at);
    expanded += pattern.substr(at, open - at);
    if (open == std::string::npos) break;
    const std::size_t close = pattern.find("}}", open);
    if (close == std::string::npos) fail("a macro's name does not end");
    const auto macro = macros.find(pattern.substr(open + 2, close - open - 2));
    if (macro == macros.end()) fail("an unknown macro");
    expanded += "(?:" + macro->second + ")";
    at = close + 2;
  }
  return expanded;
}

std::vector<std::string> strings(const Json& json, const char* key) {
  return json.contains(key) ? json.at(key).get<std::vector<std::string>>()
                            : std::vector<std::string>();
}

/// "a [[b]] c": the text, and what stands in the marks.
Recognisers::Example parse_example(const std::string& name, const std::string& marked) {
  Recognisers::Example example;
  example.recogniser = name;
  for (std::size_t at = 0; at < marked.size();) {
    const std::size_t open = marked.find("[[", at);
    example.text += marked.substr(at, open - at);
    if (open == std::string::npos) break;
    const std::size_t close = marked.find("]]", open);
    if (close == std::string::npos) fail("an example's mark does not end");
    example.found.push_back(marked.substr(open + 2, close - open - 2));
    example.text += example.found.back();
    at = close + 2;
  }
  return example;
}

bool holds_word(std::string_view window, std::string_view word) {
  for (std::size_t at = window.find(word); at != std::string_view::npos;
       at = window.find(word, at + 1)) {
    const bool starts = at == 0 || !is_alphanumeric(window[at - 1]);
    const std::size_t end = at + word.size();
    const bool ends = end == window.size() || !(window[end] >= 'a' && window[end] <= 'z');
    if (starts && ends) return true;
  }
  return false;
}

}  // namespace

struct Recognisers::Recogniser {
  std::string name;
  Entity entity = Entity::number;
  std::vector<std::unique_ptr<RE2>> patterns;
  Check check = nullptr;
  std::vector<std::string> context;  ///< one of these must stand near, where there are any
  bool has_start_edge = true;
  std::vector<Example> examples;

  Recogniser(const Json& json, const Macros& macros) : name(json.at("name").get<std::string>()) {
    const std::optional<Entity> known = entity_from(json.at("entity").get<std::string>());
    if (!known) fail("'" + name + "' is of an unknown kind");
    entity = *known;
    if (json.contains("check")) {
      check = find_check(json.at("check").get<std::string>());
      if (check == nullptr) fail("'" + name + "' has an unknown check");
    }
    context = strings(json, "context");
    const std::string edges = json.value("edges", "both");
    if (edges != "both" && edges != "start" && edges != "end" && edges != "none") {
      fail("'" + name + "' has unknown edges");
    }
    has_start_edge = edges == "both" || edges == "start";
    const bool has_end_edge = edges == "both" || edges == "end";
    for (const std::string& pattern : strings(json, "patterns")) {
      const std::string expanded = expand(pattern, macros);
      if (!is_bounded(expanded)) fail("'" + name + "' has a pattern of unbounded length");
      const std::string whole = std::string(has_start_edge ? start_edge : "") + "(" + expanded +
                                ")" + std::string(has_end_edge ? end_edge : "");
      patterns.push_back(std::make_unique<RE2>(piece(whole), pattern_options()));
      if (!patterns.back()->ok()) fail("'" + name + "' has a pattern that RE2 does not read");
    }
    if (patterns.empty()) fail("'" + name + "' has no pattern");
    for (const std::string& text : strings(json, "positive")) {
      examples.push_back(parse_example(name, text));
      if (examples.back().found.empty()) fail("'" + name + "' has an example without a mark");
    }
    for (const std::string& text : strings(json, "negative")) examples.push_back({name, text, {}});
  }

  bool has_context(std::string_view text, std::size_t begin, std::size_t end) const {
    if (context.empty()) return true;
    const std::size_t from = begin - std::min(begin, context_before);
    const std::string_view before = text.substr(from, begin - from);
    const std::string_view after = text.substr(end, context_after);
    return std::any_of(context.begin(), context.end(), [&](const std::string& word) {
      return holds_word(before, word) || holds_word(after, word);
    });
  }

  /// After a candidate that is none: the next place where another can begin.
  std::size_t behind_word(std::string_view text, std::size_t at) const {
    if (!has_start_edge) return at + 1;
    do {
      ++at;
    } while (at < text.size() && is_alphanumeric(text[at]));
    return at;
  }

  void find(const std::string& text, std::vector<Finding>& findings) const {
    for (const auto& pattern : patterns) {
      const bool has_inner_group = pattern->NumberOfCapturingGroups() > 1;
      re2::StringPiece groups[3];
      for (std::size_t at = 0; at < text.size();) {
        if (!pattern->Match(piece(text), at, text.size(), RE2::UNANCHORED, groups, 3)) break;
        const re2::StringPiece& found =
            has_inner_group && groups[2].data() != nullptr ? groups[2] : groups[1];
        const auto begin = static_cast<std::size_t>(found.data() - text.data());
        const std::size_t length =
            check == nullptr ? found.size() : check({found.data(), found.size()});
        if (length != 0 && has_context(text, begin, begin + length)) {
          findings.push_back({begin, begin + length, entity});
          at = std::max(begin + length, at + 1);
        } else {
          at = std::max(behind_word(text, begin), at + 1);
        }
      }
    }
  }
};

/// All patterns at once: which recognisers are worth asking.
struct Recognisers::Prefilter {
  RE2::Set set{pattern_options(), RE2::UNANCHORED};
  std::vector<std::size_t> recogniser_of;  ///< of a pattern

  void add(const RE2& pattern, std::size_t recogniser) {
    set.Add(piece(pattern.pattern()), nullptr);
    recogniser_of.push_back(recogniser);
  }

  /// In a text that takes the automaton too much memory, all.
  std::vector<bool> candidates(const std::string& text, std::size_t count) const {
    std::vector<int> matches;
    RE2::Set::ErrorInfo error{};
    const bool is_match = set.Match(piece(text), &matches, &error);
    if (!is_match && error.kind != RE2::Set::kNoError) return std::vector<bool>(count, true);
    std::vector<bool> candidates(count, false);
    for (const int match : matches) {
      candidates[recogniser_of[static_cast<std::size_t>(match)]] = true;
    }
    return candidates;
  }
};

Recognisers::Recognisers(const std::vector<std::string_view>& data_files)
    : prefilter_(std::make_unique<Prefilter>()) {
  Macros macros;
  for (const std::string_view data : data_files) {
    try {
      const Json json = Json::parse(data);
      for (const Json& macro : json.value("macros", Json::array())) {
        const std::string pattern = expand(macro.at("pattern").get<std::string>(), macros);
        macros[macro.at("name").get<std::string>()] = pattern;
      }
      for (const Json& recogniser : json.at("recognisers")) {
        recognisers_.emplace_back(recogniser, macros);
      }
    } catch (const Json::exception&) {
      fail("not what data/README.md describes");
    }
  }
  for (std::size_t i = 0; i < recognisers_.size(); ++i) {
    for (const auto& pattern : recognisers_[i].patterns) prefilter_->add(*pattern, i);
  }
  if (!prefilter_->set.Compile()) fail("too many patterns");
}

Recognisers::~Recognisers() = default;

const Recognisers& Recognisers::built_in() {
  static const Recognisers recognisers(recogniser_data());
  return recognisers;
}

void Recognisers::find(const FoldedText& text, const Actions& actions,
                       std::vector<Finding>& findings) const {
  const std::vector<bool> candidates = prefilter_->candidates(text.text(), recognisers_.size());
  for (std::size_t i = 0; i < recognisers_.size(); ++i) {
    if (!candidates[i] || actions.of(recognisers_[i].entity) == EntityAction::keep) continue;
    recognisers_[i].find(text.text(), findings);
  }
}

std::vector<Finding> Recognisers::find_with(std::string_view name, const FoldedText& text) const {
  std::vector<Finding> findings;
  for (const Recogniser& recogniser : recognisers_) {
    if (recogniser.name == name) recogniser.find(text.text(), findings);
  }
  std::sort(findings.begin(), findings.end());
  return findings;
}

std::vector<Recognisers::Example> Recognisers::examples() const {
  std::vector<Example> examples;
  for (const Recogniser& recogniser : recognisers_) {
    examples.insert(examples.end(), recogniser.examples.begin(), recogniser.examples.end());
  }
  return examples;
}

std::vector<std::string> Recognisers::names() const {
  std::vector<std::string> names;
  for (const Recogniser& recogniser : recognisers_) names.push_back(recogniser.name);
  return names;
}

}  // namespace efface::text
