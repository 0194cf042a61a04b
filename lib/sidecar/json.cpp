#include <nlohmann/json.hpp>
#include <set>

#include "base/error.h"
#include "sidecar/internal_formats.h"
#include "sidecar/internal_values.h"

namespace efface::sidecar {

namespace {

using Json = nlohmann::ordered_json;
constexpr int deepest = 64;

[[noreturn]] void refuse(const char* problem) {
  throw base::Error(base::Fault::bad_input, problem);
}

Json parse(std::string_view content) {
  // Checked before the values are built: their destructors go as deep as they do.
  const auto too_deep = [](int depth, Json::parse_event_t, Json&) {
    if (depth > deepest) refuse("the JSON is nested too deeply");
    return true;
  };
  constexpr std::string_view mark = "\xEF\xBB\xBF";
  if (content.starts_with(mark)) content.remove_prefix(mark.size());
  try {
    return Json::parse(content, too_deep);
  } catch (const nlohmann::json::exception&) {
    refuse("the file is not valid JSON");
  }
}

class JsonCleaner {
 public:
  JsonCleaner(const Rules& rules, bool is_publication, const text::SubjectValues& subject,
              Cleaned& result)
      : rules_(rules), is_publication_(is_publication), values_(rules, subject, result) {}

  /// False when the value goes.
  bool clean(Json& value, const Field& field) {
    if (value.is_object()) {
      if (field.treatment == Treatment::remove) return clean_whole(value, field);
      clean_object(value, field);
      return true;
    }
    if (value.is_array()) return clean_array(value, field);
    if (value.is_string()) return clean_string(value, field);
    const bool is_telling = field.treatment != Treatment::clean &&
                            field.treatment != Treatment::keep && !value.is_null();
    if (is_telling && value.is_number()) return clean_number(value, field);
    return !is_telling || value.is_boolean();
  }

  void finish(std::string_view content) const { values_.require_gone(content); }

 private:
  const Rules& rules_;
  bool is_publication_;
  Values values_;

  bool clean_whole(const Json&, const Field& field) {
    values_.count(field, dicom::Action::remove);
    return false;
  }

  /// `own`: the field that the object itself is the value of.
  void clean_object(Json& object, const Field& own) {
    const bool is_kept = own.treatment == Treatment::keep;
    Json kept = Json::object();
    for (auto& [key, value] : object.items()) {
      const bool is_of_model = key == "Value" && own.row != nullptr;  // PS3.18, F.2.2
      const Field field = is_of_model ? own
                          : is_kept   ? Field{Treatment::keep, nullptr, {}}
                                      : field_of(key, rules_.profile, is_publication_);
      // A name that nobody knows may itself be somebody's.
      const bool is_known = !field.name.empty() || is_kept;
      if (!is_known && values_.clean_text(key) != key) {
        values_.count(field, dicom::Action::remove);
        continue;
      }
      if (clean(value, field)) kept[key] = std::move(value);
    }
    object = std::move(kept);
  }

  bool clean_array(Json& array, const Field& field) {
    if (field.treatment == Treatment::remove) return clean_whole(array, field);
    Json kept = Json::array();
    for (Json& value : array) {
      if (clean(value, field)) kept.push_back(std::move(value));
    }
    array = std::move(kept);
    return true;
  }

  bool clean_string(Json& value, const Field& field) {
    const auto cleaned = values_.clean(field, value.get<std::string>());
    if (!cleaned) return false;
    value = *cleaned;
    return true;
  }

  /// A number where a rule expects text: 20190304, 4711, an age.
  bool clean_number(Json& value, const Field& field) {
    const std::string text = value.dump();
    const auto cleaned = values_.clean(field, text);
    if (!cleaned) return false;
    if (*cleaned != text) value = *cleaned;
    return true;
  }
};

void learn_from(const Json& value, const deid::Profile& profile, text::SubjectValues& subject) {
  if (value.is_array()) {
    for (const Json& each : value) learn_from(each, profile, subject);
  }
  if (!value.is_object()) return;
  for (const auto& [key, member] : value.items()) {
    if (member.is_string()) learn(subject, field_of(key, profile), member.get<std::string>());
    learn_from(member, profile, subject);
  }
}

}  // namespace

std::vector<std::string> columns_of(std::string_view json) {
  if (!is_well_formed_utf8(json)) refuse("the file is not UTF-8 text");
  const Json parsed = parse(json);
  const Json columns = parsed.is_object() ? parsed.value("Columns", Json::array()) : Json::array();
  std::vector<std::string> names;
  for (const Json& name : columns) {
    if (!name.is_string()) return {};
    names.push_back(name.get<std::string>());
  }
  return names;
}

Cleaned clean_json(std::string_view file_name, std::string_view content, const Rules& rules) {
  Json json = parse(content);
  const std::string_view name = file_name.substr(file_name.rfind('/') + 1);
  text::SubjectValues subject;
  learn_from(json, rules.profile, subject);
  Cleaned result;
  JsonCleaner cleaner(rules, name == "dataset_description.json", subject, result);
  cleaner.clean(json, {});
  const bool has_tabs = content.find("\n\t") != std::string_view::npos;
  const bool is_one_line = content.find('\n') == std::string_view::npos;
  result.content = is_one_line ? json.dump() : json.dump(has_tabs ? 1 : 2, has_tabs ? '\t' : ' ');
  result.content += '\n';
  cleaner.finish(result.content);
  return result;
}

}  // namespace efface::sidecar
