// Regular expressions for one subject's identifiers, dates and telephone numbers in the forms that
// people write. For lib/text only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "text/entity.h"

namespace efface::text::internal {

/// A pattern over folded text, without what may not adjoin.
struct CodePattern {
  Entity entity;
  std::string pattern;
  char first = '0', last = '0';  ///< 'a' or '0': no letter, no digit may adjoin there
};

void append_identifier(std::string_view folded, Entity entity, std::vector<CodePattern>& patterns);
void append_date(std::string_view yyyymmdd, std::vector<CodePattern>& patterns);
void append_phone(std::string_view folded, std::vector<CodePattern>& patterns);

}  // namespace efface::text::internal
