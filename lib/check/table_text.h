// Tables of text: TSV, and CSV with quotes (RFC 4180); the first line names the columns, unless a
// cell of it is a number. Cells are judged by their column's name and as free text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "deid/profile.h"
#include "findings/finding.h"

namespace efface::check {

/// Findings at "column NAME", those of one rule in one column counted. Names of columns are those
/// of the file, where they are plain words; others are numbered. `columns`: their names when the
/// table has no line for them (BIDS: compressed tables).
std::vector<findings::Finding> find_in_table(std::string_view text, char separator,
                                             const deid::Profile& profile,
                                             const std::vector<std::string>& columns = {});

}  // namespace efface::check
