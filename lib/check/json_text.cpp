#include "check/json_text.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "check/fields.h"
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

/// A digest, or a path made of such (the names that a manifest of efface gives its outputs): digits
/// among random ones mean nothing.
bool is_made_of_digests(const std::string& text) {
  constexpr std::size_t shortest = 16;
  std::size_t run = 0, longest = 0;
  bool has_letter = false;  // without one it may be the number of a card
  for (const char c : text.substr(0, text.rfind('.'))) {
    const bool is_hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    if (!is_hex && c != '/') return false;
    has_letter = has_letter || (c >= 'a' && c <= 'f');
    run = is_hex ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return has_letter && longest >= shortest;
}

class Strings {
 public:
  explicit Strings(const deid::Profile& profile) : profile_(profile) {}

  /// `shape` is the pointer with all places in arrays alike; `field` the key that a value belongs
  /// to.
  void visit(const Json& value, const std::string& pointer, const std::string& shape,
             const std::string& field) {
    if (value.is_string()) return look(value.get_ref<const std::string&>(), pointer, shape, field);
    if (value.is_number()) return look_at_number(value.dump(), pointer, shape, field);
    if (value.is_object()) {
      for (const auto& [key, member] : value.items()) {
        const std::string step = "/" + escaped(key);
        visit(member, pointer + step, shape + step, is_of_dicom_json(key) ? field : key);
      }
    } else if (value.is_array()) {
      for (std::size_t i = 0; i < value.size(); ++i) {
        visit(value[i], pointer + "/" + std::to_string(i), shape + "/*", field);
      }
    }
  }

  std::vector<findings::Finding> take() {
    std::vector<findings::Finding> all;
    for (auto& [key, finding] : found_) all.push_back(std::move(finding));
    return all;
  }

 private:
  const deid::Profile& profile_;
  std::map<std::pair<std::string, std::string>, findings::Finding> found_;

  /// What stands around the values of an attribute (PS3.18 F.2.2, F.2.3).
  static bool is_of_dicom_json(const std::string& key) {
    return key == "Value" || key == "Alphabetic" || key == "Ideographic" || key == "Phonetic" ||
           key == "vr";
  }

  void look(const std::string& text, const std::string& pointer, const std::string& shape,
            const std::string& field) {
    if (pointer.ends_with("/vr") || is_made_of_digests(text)) return;
    findings::Finding finding = judge_field(field, text, pointer, profile_);
    const bool is_version = field.ends_with("Version") || field.ends_with("Versions");
    if (finding.rule.empty() && !is_version) finding = find_in_text(text, pointer);
    add(finding, shape);
  }

  void look_at_number(const std::string& text, const std::string& pointer, const std::string& shape,
                      const std::string& field) {
    add(judge_field(field, text, pointer, profile_, true), shape);
  }

  void add(const findings::Finding& finding, const std::string& shape) {
    if (finding.rule.empty()) return;
    const auto [at, is_new] = found_.try_emplace({finding.rule, shape}, finding);
    if (!is_new) ++at->second.count;
  }
};

}  // namespace

std::optional<std::vector<findings::Finding>> find_in_json(std::string_view text,
                                                           const deid::Profile& profile) {
  bool is_too_deep = false;
  const auto callback = [&](int depth, Json::parse_event_t, Json&) {
    is_too_deep = is_too_deep || depth > most_levels;
    return !is_too_deep;
  };
  const Json document = Json::parse(text, callback, false);
  if (document.is_discarded() || is_too_deep) return std::nullopt;
  if (!document.is_structured()) return std::nullopt;
  Strings strings(profile);
  strings.visit(document, {}, {}, {});
  return strings.take();
}

}  // namespace efface::check
