// Names, dates, numbers and addresses in any free text: attributes, headers, names of files. Joins
// lib/text to findings; the text itself goes nowhere.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "dicom/dataset.h"
#include "findings/finding.h"
#include "text/cleaner.h"
#include "text/subject_values.h"

namespace efface::check {

/// The finding that kinds of findings (text::to_string(Entity) -> count) make, without a path:
/// text.name where a name is among them, else text.pattern; an empty rule where there are none that
/// tell anything.
findings::Finding text_finding(const std::map<std::string, std::uint64_t>& found,
                               std::string place);

/// The same for UTF-8 that no patient's values are known of; the bytes are read as Latin-1 where
/// they are no UTF-8.
findings::Finding find_in_text(std::string_view text, std::string place);

/// The data set without values that stand in the place of others, for gather_subject(): a pseudonym
/// repeated in a text gives nobody away.
dicom::DataSet without_placeholders(const dicom::DataSet& data_set);

}  // namespace efface::check
