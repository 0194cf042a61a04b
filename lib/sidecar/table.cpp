#include <algorithm>
#include <optional>
#include <vector>

#include "base/error.h"
#include "sidecar/internal_formats.h"
#include "sidecar/internal_values.h"

namespace efface::sidecar {

namespace {

using Row = std::vector<std::string>;

/// Rows of cells. In a CSV a cell may be quoted and hold separators and line ends.
class TableReader {
 public:
  TableReader(std::string_view content, char separator)
      : content_(content), separator_(separator) {}

  bool at_end() const { return place_ >= content_.size(); }

  Row next() {
    Row row;
    do {
      row.push_back(is_quoted() ? quoted_cell() : plain_cell());
    } while (take(separator_));
    take('\r');
    if (!take('\n') && !at_end()) {
      throw base::Error(base::Fault::bad_input, "the table has a cell that goes on behind its end");
    }
    return row;
  }

 private:
  std::string_view content_;
  char separator_;
  std::size_t place_ = 0;

  bool is_at(char c) const { return !at_end() && content_[place_] == c; }
  bool take(char c) {
    if (!is_at(c)) return false;
    ++place_;
    return true;
  }
  bool is_quoted() const { return separator_ == ',' && is_at('"'); }

  std::string plain_cell() {
    const std::size_t begin = place_;
    while (!at_end() && !is_at(separator_) && !is_at('\n') && !is_line_end()) ++place_;
    return std::string(content_.substr(begin, place_ - begin));
  }
  bool is_line_end() const {
    return is_at('\r') && (place_ + 1 == content_.size() || content_[place_ + 1] == '\n');
  }

  std::string quoted_cell() {
    ++place_;
    std::string cell;
    for (;;) {
      if (at_end()) throw base::Error(base::Fault::bad_input, "the table ends inside a cell");
      if (take('"')) {
        if (!take('"')) return cell;
        cell += '"';
      } else {
        cell += content_[place_++];
      }
    }
  }
};

class TableWriter {
 public:
  TableWriter(char separator, bool has_returns)
      : separator_(separator), has_returns_(has_returns) {}

  void add(const Row& row) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i > 0) text_ += separator_;
      add_cell(row[i]);
    }
    text_ += has_returns_ ? "\r\n" : "\n";
  }
  std::string take() { return std::move(text_); }

 private:
  char separator_;
  bool has_returns_;
  std::string text_;

  void add_cell(const std::string& cell) {
    if (separator_ != ',' || cell.find_first_of(",\"\r\n") == std::string::npos) {
      text_ += cell;
      return;
    }
    text_ += '"';
    for (const char c : cell) {
      if (c == '"') text_ += '"';
      text_ += c;
    }
    text_ += '"';
  }
};

bool looks_like_header(const Row& row) {
  return std::none_of(row.begin(), row.end(), [](const std::string& cell) {
    return is_harmless_number(cell) || cell.empty();
  });
}

std::string absent(char separator) {
  return separator == '\t' ? "n/a" : "";
}

/// What is known of a table's columns.
struct Columns {
  std::vector<Field> fields;
  bool has_header = false;
  std::optional<std::size_t> files, labels;  ///< columns that name files; subjects or sessions

  Columns(const Row& first, char separator, const Rules& rules) {
    has_header = rules.columns.empty() ? looks_like_header(first) : first == rules.columns;
    const Row& names = has_header ? first : rules.columns;
    for (const std::string& name : names) {
      if (name == "filename") files = fields.size();
      const bool is_session = name == "session_id" && fields.empty();
      if (separator == '\t' && (name == "participant_id" || is_session)) labels = fields.size();
      fields.push_back(field_of(name, rules.profile));
    }
  }

  bool is_released(const Row& row, const Rules& rules) const {
    const auto names = [&](const auto& column) { return column && *column < row.size(); };
    if (names(files) && rules.is_released && !rules.is_released(row[*files])) return false;
    return !names(labels) || !rules.is_released_label || rules.is_released_label(row[*labels]);
  }
};

void clean_row(Row& row, const Columns& columns, bool is_header, const std::string& nothing,
               Values& values) {
  for (std::size_t c = 0; c < row.size(); ++c) {
    const bool has_field = c < columns.fields.size();
    if (is_header && has_field && !columns.fields[c].name.empty()) continue;
    const Field field = is_header || !has_field ? Field{} : columns.fields[c];
    row[c] = values.clean(field, row[c]).value_or(nothing);
  }
}

}  // namespace

Cleaned clean_table(std::string_view content, char separator, const Rules& rules) {
  constexpr std::string_view mark = "\xEF\xBB\xBF";
  const bool has_mark = content.starts_with(mark);
  if (has_mark) content.remove_prefix(mark.size());
  const Row first = content.empty() ? Row() : TableReader(content, separator).next();
  const Columns columns(first, separator, rules);
  text::SubjectValues subject;
  bool is_header = columns.has_header;
  for (TableReader reader(content, separator); !reader.at_end(); is_header = false) {
    const Row row = reader.next();
    if (is_header) continue;
    for (std::size_t c = 0; c < std::min(columns.fields.size(), row.size()); ++c) {
      learn(subject, columns.fields[c], row[c]);
    }
  }
  Cleaned result;
  Values values(rules, subject, result);
  TableWriter writer(separator, content.find("\r\n") != std::string_view::npos);
  is_header = columns.has_header;
  for (TableReader reader(content, separator); !reader.at_end(); is_header = false) {
    Row row = reader.next();
    if (!is_header && !columns.is_released(row, rules)) {
      ++result.rows_dropped;
      continue;
    }
    clean_row(row, columns, is_header, absent(separator), values);
    writer.add(row);
  }
  result.content = (has_mark ? std::string(mark) : std::string()) + writer.take();
  values.require_gone(result.content);
  return result;
}

}  // namespace efface::sidecar
