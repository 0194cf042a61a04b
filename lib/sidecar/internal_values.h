// Single values of fields and cells, cleaned; and what is counted meanwhile.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/phi.h"
#include "sidecar/clean.h"
#include "sidecar/fields.h"
#include "text/cleaner.h"

namespace efface::sidecar {

class Values {
 public:
  /// `subject`: the people and numbers that the file itself names.
  Values(const Rules& rules, const text::SubjectValues& subject, Counts& counts);

  /// Where to count from now on.
  void count_into(Counts& counts) { counts_ = &counts; }

  /// The value that stands in a field instead, or nothing when the field goes. Numbers that JSON
  /// writes without quotation marks are not asked for, unless their field is not plain.
  std::optional<std::string> clean(const Field& field, std::string_view value);
  /// Text without a field.
  std::string clean_text(std::string_view utf8);

  /// Throws bad_input when a value that was taken out stands in `content`, or when that would take
  /// minutes to find out.
  void require_gone(std::string_view content) const;
  void count(const Field& field, dicom::Action action);

 private:
  const Rules& rules_;
  Counts* counts_;
  text::Cleaner cleaner_;
  std::set<base::Phi<std::string>> removed_;

  void remember(std::string_view value);
  std::optional<std::string> shifted(std::string_view value) const;
};

/// Adds the value of a field to what is looked for in all others.
void learn(text::SubjectValues& subject, const Field& field, std::string_view value);

bool is_well_formed_utf8(std::string_view text);

}  // namespace efface::sidecar
