#include "check/table_text.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <string>
#include <utility>

#include "check/fields.h"
#include "check/free_text.h"
#include "sidecar/value_shapes.h"

namespace efface::check {

namespace {

/// The cells of the record at `at`, which moves behind it.
std::vector<std::string> next_record(std::string_view text, char separator, std::size_t& at) {
  std::vector<std::string> cells(1);
  bool is_quoted = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (separator == ',' && c == '"') {
      is_quoted = !is_quoted;
    } else if (c == separator && !is_quoted) {
      cells.emplace_back();
    } else if (c == '\n' && !is_quoted) {
      ++at;
      break;
    } else if (c != '\r') {
      cells.back() += c;
    }
  }
  return cells;
}

std::string place_of(const std::vector<std::string>& names, std::size_t column) {
  constexpr std::size_t longest = 32;
  const std::string number = "column " + std::to_string(column + 1);
  if (column >= names.size()) return number;
  const std::string& name = names[column];
  const bool is_word =
      !name.empty() && name.size() <= longest && std::all_of(name.begin(), name.end(), [](char c) {
        return c == '_' || std::isalpha(static_cast<unsigned char>(c)) != 0;
      });
  return is_word && find_in_field_name(name, {}).rule.empty() ? "column " + name : number;
}

class Columns {
 public:
  Columns(std::vector<std::string> names, const deid::Profile& profile) : names_(std::move(names)) {
    for (std::size_t c = 0; c < names_.size(); ++c) {
      fields_.push_back(sidecar::field_of(names_[c], profile));
      places_.push_back(place_of(names_, c));
    }
  }
  sidecar::Field field(std::size_t column) const {
    return column < fields_.size() ? fields_[column] : sidecar::Field{};
  }
  std::string place(std::size_t column) const {
    return column < places_.size() ? places_[column] : place_of(names_, column);
  }

 private:
  std::vector<std::string> names_;
  std::vector<sidecar::Field> fields_;
  std::vector<std::string> places_;
};

}  // namespace

std::vector<findings::Finding> find_in_table(std::string_view text, char separator,
                                             const deid::Profile& profile,
                                             const std::vector<std::string>& columns) {
  constexpr std::string_view mark = "\xEF\xBB\xBF";
  if (text.starts_with(mark)) text.remove_prefix(mark.size());
  std::map<std::pair<std::string, std::string>, findings::Finding> found;
  const auto add = [&found](findings::Finding finding) {
    if (finding.rule.empty()) return;
    const auto [known, is_new] = found.try_emplace({finding.rule, finding.place}, finding);
    if (!is_new) ++known->second.count;
  };
  std::size_t at = 0, behind_first = 0;
  const std::vector<std::string> first = next_record(text, separator, behind_first);
  const bool has_names = columns.empty() ? sidecar::names_columns(first) : first == columns;
  const Columns known(has_names ? first : columns, profile);
  if (has_names) {
    at = behind_first;
    for (std::size_t c = 0; c < first.size(); ++c) {
      if (known.field(c).name.empty()) add(find_in_field_name(first[c], known.place(c)));
    }
  }
  while (at < text.size()) {
    const std::vector<std::string> cells = next_record(text, separator, at);
    for (std::size_t c = 0; c < cells.size(); ++c) {
      add(judge_value(known.field(c), cells[c], known.place(c), ValueKind::text, Among::people));
    }
  }
  std::vector<findings::Finding> all;
  for (auto& [key, finding] : found) all.push_back(std::move(finding));
  return all;
}

}  // namespace efface::check
