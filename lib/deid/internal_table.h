// What a generated edition of Table E.1-1 hands to table.cpp. For lib/deid only.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "deid/table.h"

namespace efface::deid::internal {

struct Edition {
  std::string_view name;
  std::string_view sha256;         ///< hex, over the canonical rows (see the generator)
  std::span<const TableRow> rows;  ///< exact tags, ascending, then the patterns
  std::size_t exact_count;
};

extern const Edition edition_2026d;

}  // namespace efface::deid::internal
