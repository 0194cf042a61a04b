#include "check/table_text.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <string>
#include <utility>

#include "check/fields.h"
#include "check/free_text.h"

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
  return is_word && find_in_text(name, {}).rule.empty() ? "column " + name : number;
}

}  // namespace

std::vector<findings::Finding> find_in_table(std::string_view text, char separator,
                                             const deid::Profile& profile) {
  std::map<std::pair<std::string, std::string>, findings::Finding> found;
  std::size_t at = 0;
  const std::vector<std::string> names = next_record(text, separator, at);
  std::vector<std::string> places;
  for (std::size_t column = 0; column < names.size(); ++column) {
    places.push_back(place_of(names, column));
  }
  while (at < text.size()) {
    const std::vector<std::string> cells = next_record(text, separator, at);
    for (std::size_t column = 0; column < cells.size(); ++column) {
      const std::string place = column < places.size() ? places[column] : place_of(names, column);
      const std::string_view name = column < names.size() ? names[column] : std::string_view();
      const std::string_view field = name == "name" || name == "Name" ? "full_name" : name;
      findings::Finding finding = judge_field(field, cells[column], place, profile);
      if (finding.rule.empty() && name != "acq_time") finding = find_in_text(cells[column], place);
      if (finding.rule.empty()) continue;
      const auto [known, is_new] = found.try_emplace({finding.rule, place}, finding);
      if (!is_new) ++known->second.count;
    }
  }
  std::vector<findings::Finding> all;
  for (auto& [key, finding] : found) all.push_back(std::move(finding));
  return all;
}

}  // namespace efface::check
