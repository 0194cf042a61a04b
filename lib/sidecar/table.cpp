#include <algorithm>
#include <cctype>
#include <optional>
#include <vector>

#include "base/error.h"
#include "sidecar/internal_formats.h"
#include "sidecar/internal_values.h"
#include "sidecar/value_shapes.h"

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
  /// `start`: what stands before the first row.
  TableWriter(char separator, bool has_returns, std::string_view start)
      : separator_(separator), has_returns_(has_returns), text_(start) {}

  void add(const Row& row) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i > 0) text_ += separator_;
      add_cell(row[i]);
    }
    text_ += has_returns_ ? "\r\n" : "\n";
  }
  std::size_t size() const { return text_.size(); }
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

std::string absent(char separator) {
  return separator == '\t' ? "n/a" : "";
}

/// What is known of a table's columns.
struct Columns {
  std::vector<Field> fields;
  bool has_header = false;
  std::optional<std::size_t> files, labels;  ///< columns that name files; subjects or sessions
  std::optional<std::size_t> subjects;       ///< `labels`, when they are of subjects

  Columns(const Row& first, char separator, const Rules& rules) {
    has_header = rules.columns.empty() ? names_columns(first) : first == rules.columns;
    const Row& names = has_header ? first : rules.columns;
    for (const std::string& name : names) {
      if (name == "filename") files = fields.size();
      const bool is_session = name == "session_id" && fields.empty();
      if (separator == '\t' && (name == "participant_id" || is_session)) labels = fields.size();
      if (separator == '\t' && name == "participant_id") subjects = fields.size();
      fields.push_back(field_of(name, rules.profile));
    }
  }

  /// What the row lists; nothing when it lists nothing.
  std::optional<ListedRow> listed(const Row& row) const {
    ListedRow listed;
    if (files && *files < row.size()) listed.file = row[*files];
    if (labels && *labels < row.size()) listed.label = row[*labels];
    if (listed.file.empty() && listed.label.empty()) return std::nullopt;
    return listed;
  }
};

/// "01" of a column in which others write "sub-01", as it is released.
std::string bare_label(const std::string& label, const Rules& rules) {
  constexpr std::string_view prefix = "sub-";
  const bool is_bare = !label.empty() && std::all_of(label.begin(), label.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0;
  });
  if (!is_bare || !rules.renamed) return label;
  return rules.renamed(std::string(prefix) + label).substr(prefix.size());
}

void clean_row(Row& row, const Columns& columns, bool is_header, const std::string& nothing,
               const Rules& rules, Values& values) {
  for (std::size_t c = 0; c < row.size(); ++c) {
    const bool has_field = c < columns.fields.size();
    if (is_header && has_field && !columns.fields[c].name.empty()) continue;
    const Field field = is_header || !has_field ? Field{} : columns.fields[c];
    row[c] = values.clean(field, row[c]).value_or(nothing);
    if (!is_header && columns.subjects == c) row[c] = bare_label(row[c], rules);
  }
}

}  // namespace

Cleaned clean_table(std::string_view content, char separator, const Rules& rules) {
  constexpr std::string_view mark = "\xEF\xBB\xBF";
  const std::string_view start = content.starts_with(mark) ? mark : std::string_view();
  content.remove_prefix(start.size());
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
  TableWriter writer(separator, content.find("\r\n") != std::string_view::npos, start);
  is_header = columns.has_header;
  for (TableReader reader(content, separator); !reader.at_end(); is_header = false) {
    Row row = reader.next();
    std::optional<ListedRow> listed;
    if (rules.notes_rows && !is_header) listed = columns.listed(row);
    if (listed) values.count_into(*listed);
    clean_row(row, columns, is_header, absent(separator), rules, values);
    values.count_into(result);
    const std::size_t begin = writer.size();
    writer.add(row);
    if (!listed) continue;
    listed->begin = begin;
    listed->end = writer.size();
    result.rows.push_back(std::move(*listed));
  }
  result.content = writer.take();
  values.require_gone(result.content);
  return result;
}

}  // namespace efface::sidecar
