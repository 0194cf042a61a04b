// People's names that nobody told about: capitalised words that name nothing else, behind words
// that introduce people ("Dr.", "patient", "ref by", "for"), beside a frequent name, or around a ^;
// and names of institutions before "hospital" and the like. A heuristic: it misses names without
// such signs and takes some words for names.
#pragma once

#include <string_view>
#include <vector>

#include "text/entity.h"
#include "text/folded_text.h"
#include "text/word_list.h"

namespace efface::text {

/// Appends places in the folded text. `utf8`: the original, for its capital letters.
void find_names_by_context(std::string_view utf8, const FoldedText& text,
                           const std::vector<Word>& words, std::vector<Finding>& findings);

}  // namespace efface::text
