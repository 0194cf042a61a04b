// Values of fields of data that go with images: keys of JSON, elements of XML, columns of TSV and
// CSV files. What a name means is known to sidecar/fields.h alone: what `run` takes out of a field
// is found here, what it writes is passed. Two things are judged by what stands there: a name must
// read as one (pseudonym.h), and small numbers may be counts.
#pragma once

#include <string>
#include <string_view>

#include "findings/finding.h"
#include "sidecar/fields.h"

namespace efface::check {

enum class ValueKind : std::uint8_t {
  text,         ///< of JSON or XML: "name" alone may be anything's name
  number,       ///< written without quotation marks: of a field that names or numbers somebody, up
                ///< to five digits are a count
  inner_number  ///< in an object that is a field's value ({"StudyDate": {"removed": 3}}): up to
                ///< five digits are a count, whatever the field
};
enum class Among : std::uint8_t { anything, people };  ///< tables list people

/// What a value is, or a finding without a rule:
///  * in a field that the profile removes: sidecar.field, or sidecar.other for times of day,
///    descriptions and what is of no class of HIPAA;
///  * UIDs below a manufacturer's root: uid.vendor-root; others cannot be told from replaced ones;
///  * BIDS' acq_time before 1925 says that it was shifted (common principles, units); where the
///    profile moves dates, nobody can tell;
///  * ages over 89 (45 CFR 164.514(b)(2)(i)(C); `run` writes 89 as 89+, too);
///  * everything else as free text (free_text.h), unless its field says what it is
///    (sidecar::stays()).
findings::Finding judge_value(const sidecar::Field& field, std::string_view value,
                              std::string place, ValueKind kind = ValueKind::text,
                              Among among = Among::anything);

/// Names of fields, columns and elements that nobody knows may themselves be somebody's: such a
/// name must not be shown as a place.
findings::Finding find_in_field_name(std::string_view name, std::string place);

}  // namespace efface::check
