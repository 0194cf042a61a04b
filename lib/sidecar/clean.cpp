#include "sidecar/clean.h"

#include <algorithm>

#include "base/error.h"
#include "sidecar/gzip.h"
#include "sidecar/internal_formats.h"
#include "sidecar/internal_values.h"

namespace efface::sidecar {

namespace {

Cleaned clean_lines(std::string_view content, const Rules& rules) {
  Cleaned result;
  Values values(rules, {}, result);
  while (!content.empty()) {
    const std::size_t end = std::min(content.find('\n'), content.size());
    result.content += values.clean_text(content.substr(0, end));
    if (end < content.size()) result.content += '\n';
    content.remove_prefix(std::min(end + 1, content.size()));
  }
  return result;
}

Cleaned check_numbers(std::string_view content) {
  const bool is_numeric = std::all_of(content.begin(), content.end(), [](char c) {
    return (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '+' || c == 'e' || c == 'E' ||
           c == ' ' || c == '\t' || c == '\n' || c == '\r';
  });
  if (!is_numeric) {
    throw base::Error(base::Fault::bad_input, "something other than numbers stands in the file");
  }
  Cleaned result;
  result.content = content;
  return result;
}

Cleaned clean_plain(Kind kind, std::string_view file_name, std::string_view content,
                    const Rules& rules) {
  if (!is_well_formed_utf8(content) || content.find('\0') != std::string_view::npos) {
    throw base::Error(base::Fault::bad_input, "the file is not UTF-8 text");
  }
  switch (kind) {
    case Kind::json:
      return clean_json(file_name, content, rules);
    case Kind::tsv:
      return clean_table(content, '\t', rules);
    case Kind::csv:
      return clean_table(content, ',', rules);
    case Kind::xml:
      return clean_xml(content, rules);
    case Kind::text:
      return clean_lines(content, rules);
    case Kind::numbers:
      return check_numbers(content);
    case Kind::tsv_gz:  // see clean()
    case Kind::none:
      break;
  }
  throw base::Error(base::Fault::internal, "no rule for this kind of file");
}

void add(Counts& sums, const Counts& more) {
  for (const auto& [field, actions] : more.fields) {
    auto& sum = sums.fields[field];
    for (std::size_t a = 0; a < actions.size(); ++a) sum[a] += actions[a];
  }
  for (const auto& [kind, places] : more.text) sums.text[kind] += places;
}

}  // namespace

void settle_rows(Cleaned& cleaned, const std::function<bool(const ListedRow& row)>& stays) {
  std::string content;
  std::size_t begin = 0;  // of what is not yet taken over
  for (const ListedRow& row : cleaned.rows) {
    if (stays(row)) {
      add(cleaned, row);
      continue;
    }
    ++cleaned.rows_dropped;
    content.append(cleaned.content, begin, row.begin - begin);
    begin = row.end;
  }
  content.append(cleaned.content, begin);
  cleaned.content = std::move(content);
  cleaned.rows.clear();
}

Cleaned clean(Kind kind, std::string_view file_name, std::string_view content, const Rules& rules) {
  if (kind != Kind::tsv_gz) return clean_plain(kind, file_name, content, rules);
  Rules plain = rules;
  plain.notes_rows = false;
  Cleaned cleaned = clean_plain(Kind::tsv, file_name, inflated(content, largest_table), plain);
  cleaned.content = deflated(cleaned.content);
  return cleaned;
}

}  // namespace efface::sidecar
