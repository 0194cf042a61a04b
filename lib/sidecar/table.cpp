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

}  // namespace

Cleaned clean_table(std::string_view content, char separator, const Rules& rules) {
  constexpr std::string_view mark = "\xEF\xBB\xBF";
  const bool has_mark = content.starts_with(mark);
  if (has_mark) content.remove_prefix(mark.size());
  std::vector<Row> rows;
  for (TableReader reader(content, separator); !reader.at_end();) rows.push_back(reader.next());

  Cleaned result;
  std::vector<Field> columns;
  std::optional<std::size_t> file_column;
  text::SubjectValues subject;
  const bool has_header = !rows.empty() && looks_like_header(rows.front());
  if (has_header) {
    for (const std::string& name : rows.front()) {
      if (name == "filename") file_column = columns.size();
      columns.push_back(field_of(name, rules.profile));
    }
    for (std::size_t r = 1; r < rows.size(); ++r) {
      for (std::size_t c = 0; c < std::min(columns.size(), rows[r].size()); ++c) {
        learn(subject, columns[c], rows[r][c]);
      }
    }
  }
  Values values(rules, subject, result);
  TableWriter writer(separator, content.find("\r\n") != std::string_view::npos);
  for (std::size_t r = 0; r < rows.size(); ++r) {
    Row& row = rows[r];
    const bool is_header = has_header && r == 0;
    const bool is_released = is_header || !file_column || *file_column >= row.size() ||
                             !rules.is_released || rules.is_released(row[*file_column]);
    if (!is_released) {
      ++result.rows_dropped;
      continue;
    }
    for (std::size_t c = 0; c < row.size(); ++c) {
      const bool is_known = c < columns.size() && (!is_header || !columns[c].name.empty());
      if (is_header && is_known) continue;
      const Field field = is_header || c >= columns.size() ? Field{} : columns[c];
      row[c] = values.clean(field, row[c]).value_or(absent(separator));
    }
    writer.add(row);
  }
  result.content = (has_mark ? std::string(mark) : std::string()) + writer.take();
  values.require_gone(result.content);
  return result;
}

}  // namespace efface::sidecar
