// Files beside images, cleaned: fields and columns by the rules of PS3.15 for the attribute that
// they stem from (PatientName, InstitutionName, AcquisitionTime …, BIDS and dcm2niix take their
// names from DICOM), everything else that is text by the recognisers of lib/text. Reads and writes
// no files.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "deid/profile.h"
#include "deid/pseudonyms.h"
#include "dicom/edit.h"
#include "sidecar/kind.h"
#include "text/entity.h"

namespace efface::sidecar {

/// Of a table that is compressed, in bytes before that.
inline constexpr std::size_t largest_table = 256U << 20U;

struct Rules {
  const deid::Profile& profile;
  const deid::Pseudonyms& pseudonyms;
  text::Actions actions;  ///< on what is found in text
  std::string subject;    ///< whose dates move together
  /// Paths and subject labels as they are released; empty: as they are.
  std::function<std::string(std::string_view path)> renamed;
  /// Names of a table's columns when the table has no row for them, see columns_of().
  std::vector<std::string> columns = {};
  /// Whether Cleaned::rows is asked for (not of compressed tables: they hold recordings).
  bool notes_rows = false;
};

struct Counts {
  /// By field or column, see field_name(); how often each action was carried out.
  std::map<std::string, std::array<std::uint64_t, dicom::action_count>> fields;
  std::map<std::string, std::uint64_t> text;  ///< kind -> places taken out of text
};

/// A row that makes sense while what it names is released: what was done to it, and where it is.
struct ListedRow : Counts {
  std::size_t begin = 0, end = 0;  ///< of the content, line end included
  std::string file;                ///< of the column filename, as the input has it; or empty
  std::string label;               ///< of participant_id, or session_id in the first column
};

struct Cleaned : Counts {  ///< counts: without those of `rows`
  std::string content;
  std::vector<ListedRow> rows;  ///< in their order; none when they were not asked for
  std::uint64_t rows_dropped = 0;
};

/// Throws base::Error of Fault::bad_input when the content is not what its kind says (JSON or
/// XML: also deeper than 64 levels; XML: also larger than 16 MiB, with a document type, or in
/// another encoding than UTF-8; compressed: larger than largest_table), and when a value that was
/// taken out still stands somewhere else.
///
/// JSON: fields whose attribute the profile removes or replaces go; UIDs are replaced, dates moved
/// where the profile says so; other text is cleaned, numbers stay. dataset_description.json keeps
/// what describes the publication. Tables: cells of such columns become n/a (in a CSV empty); ages
/// from 89 on become 89+ (BIDS; 45 CFR 164.514(b)(2)(i)(C)). Text: line by line. XML: elements and
/// attributes as fields of JSON; an element that tells its field by an attribute (keyword, name,
/// key, tag), as in PS3.19's model, is that field; comments and processing instructions go.
/// Compressed output holds neither a name nor a time.
Cleaned clean(Kind kind, std::string_view file_name, std::string_view content, const Rules& rules);

/// Takes the rows out of the content for which `stays` is false; then there are none left that are
/// listed, and the counts hold those that stay.
void settle_rows(Cleaned& cleaned, const std::function<bool(const ListedRow& row)>& stays);

/// "Columns" of the JSON sidecar of a compressed table (BIDS: physio, stim); empty when it has
/// none.
std::vector<std::string> columns_of(std::string_view json);

/// What the manifest calls a field: names that are known by themselves, others "other field", since
/// a user made them and may have put anything there.
std::string field_name(std::string_view field);

}  // namespace efface::sidecar
