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
using sidecar::Field;
using sidecar::Treatment;

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

/// What describes columns of a table in BIDS: words about a field, no values of it.
bool describes_a_column(const Json& object) {
  return object.contains("Description") || object.contains("LongName") ||
         object.contains("Levels") || object.contains("Units");
}

class Strings {
 public:
  Strings(const deid::Profile& profile, bool is_publication)
      : profile_(profile), is_publication_(is_publication) {}

  /// `shape` is the pointer with all places in arrays alike; `field`: what a value belongs to.
  void visit(const Json& value, const std::string& pointer, const std::string& shape,
             const Field& field, ValueKind numbers = ValueKind::number) {
    if (value.is_string()) return look(value.get_ref<const std::string&>(), pointer, shape, field);
    if (value.is_number()) return add(judge_value(field, value.dump(), pointer, numbers), shape);
    if (value.is_object()) {
      visit_members(value, pointer, shape, field);
    } else if (value.is_array()) {
      for (std::size_t i = 0; i < value.size(); ++i) {
        visit(value[i], pointer + "/" + std::to_string(i), shape + "/*", field, numbers);
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
  bool is_publication_;
  std::map<std::pair<std::string, std::string>, findings::Finding> found_;
  std::map<std::string, bool> telling_keys_;  ///< of those that were met

  /// What stands around the values of an attribute (PS3.18 F.2.2, F.2.3).
  static bool is_of_dicom_json(const std::string& key) {
    return key == "Value" || key == "Alphabetic" || key == "Ideographic" || key == "Phonetic" ||
           key == "vr";
  }

  /// What is in a field that goes, goes with it, and what is in one that stays, stays.
  void visit_members(const Json& object, const std::string& pointer, const std::string& shape,
                     const Field& own) {
    const bool passes_on = own.treatment == Treatment::keep ||
                           (own.treatment == Treatment::remove && !describes_a_column(object));
    std::size_t number = 0;
    for (const auto& [key, member] : object.items()) {
      ++number;
      const bool is_own = passes_on || (own.row != nullptr && is_of_dicom_json(key));
      const Field field = is_own ? own : sidecar::field_of(key, profile_, is_publication_);
      std::string step = "/" + escaped(key);
      if (!is_own && field.name.empty() && gives_away(key)) {
        step = "/(key " + std::to_string(number) + ")";
        add(find_in_field_name(key, pointer + step), shape + step);
      }
      const bool is_inner = passes_on && !is_of_dicom_json(key);
      visit(member, pointer + step, shape + step, field,
            is_inner ? ValueKind::inner_number : ValueKind::number);
    }
  }

  bool gives_away(const std::string& key) {
    const auto [known, is_new] = telling_keys_.try_emplace(key, false);
    if (is_new) known->second = !find_in_field_name(key, {}).rule.empty();
    return known->second;
  }

  void look(const std::string& text, const std::string& pointer, const std::string& shape,
            const Field& field) {
    if (pointer.ends_with("/vr") || is_made_of_digests(text)) return;
    // In a publication's description, people and dates stand on purpose: a note.
    const bool is_published = is_publication_ && field.treatment == Treatment::keep;
    findings::Finding finding =
        is_published ? find_in_text(text, pointer) : judge_value(field, text, pointer);
    if (is_published && !finding.rule.empty()) finding.rule = "document.text";
    add(finding, shape);
  }

  void add(const findings::Finding& finding, const std::string& shape) {
    if (finding.rule.empty()) return;
    const auto [at, is_new] = found_.try_emplace({finding.rule, shape}, finding);
    if (!is_new) ++at->second.count;
  }
};

}  // namespace

std::optional<std::vector<findings::Finding>> find_in_json(std::string_view text,
                                                           const deid::Profile& profile,
                                                           bool is_publication) {
  bool is_too_deep = false;
  const auto callback = [&](int depth, Json::parse_event_t, Json&) {
    is_too_deep = is_too_deep || depth > most_levels;
    return !is_too_deep;
  };
  const Json document = Json::parse(text, callback, false);
  if (document.is_discarded() || is_too_deep) return std::nullopt;
  if (!document.is_structured()) return std::nullopt;
  Strings strings(profile, is_publication);
  strings.visit(document, {}, {}, {});
  return strings.take();
}

}  // namespace efface::check
