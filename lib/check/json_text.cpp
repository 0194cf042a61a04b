#include "check/json_text.h"

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "check/free_text.h"

namespace efface::check {

namespace {

using Json = nlohmann::json;

constexpr int most_levels = 100;

/// As RFC 6901 writes a key.
std::string escaped(const std::string& key) {
  std::string text;
  for (const char c : key) text += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  return text;
}

class Strings {
 public:
  /// `shape` is the pointer with all places in arrays alike.
  void visit(const Json& value, const std::string& pointer, const std::string& shape) {
    if (value.is_string()) return look(value.get_ref<const std::string&>(), pointer, shape);
    if (value.is_object()) {
      for (const auto& [key, member] : value.items()) {
        const std::string step = "/" + escaped(key);
        visit(member, pointer + step, shape + step);
      }
    } else if (value.is_array()) {
      for (std::size_t i = 0; i < value.size(); ++i) {
        visit(value[i], pointer + "/" + std::to_string(i), shape + "/*");
      }
    }
  }

  std::vector<findings::Finding> take() {
    std::vector<findings::Finding> all;
    for (auto& [key, finding] : found_) all.push_back(std::move(finding));
    return all;
  }

 private:
  std::map<std::pair<std::string, std::string>, findings::Finding> found_;

  void look(const std::string& text, const std::string& pointer, const std::string& shape) {
    findings::Finding finding = find_in_text(text, pointer);
    if (finding.rule.empty()) return;
    const auto [at, is_new] = found_.try_emplace({finding.rule, shape}, finding);
    if (!is_new) ++at->second.count;
  }
};

}  // namespace

std::optional<std::vector<findings::Finding>> find_in_json(std::string_view text) {
  bool is_too_deep = false;
  const auto callback = [&](int depth, Json::parse_event_t, Json&) {
    is_too_deep = is_too_deep || depth > most_levels;
    return !is_too_deep;
  };
  const Json document = Json::parse(text, callback, false);
  if (document.is_discarded() || is_too_deep) return std::nullopt;
  if (!document.is_structured()) return std::nullopt;
  Strings strings;
  strings.visit(document, {}, {});
  return strings.take();
}

}  // namespace efface::check
