#include "deid/safe_private.h"

#include <algorithm>
#include <tuple>

namespace efface::deid {

const SafePrivateRow* find_safe_private(std::string_view creator, std::uint16_t group,
                                        std::uint8_t element) {
  const std::span<const SafePrivateRow> rows = safe_private_rows();
  const auto wanted = std::tuple(creator, group, element);
  const auto row = std::lower_bound(rows.begin(), rows.end(), wanted,
                                    [](const SafePrivateRow& r, const auto& w) {
                                      return std::tuple(r.creator, r.group, r.element) < w;
                                    });
  const bool is_found =
      row != rows.end() && std::tuple(row->creator, row->group, row->element) == wanted;
  return is_found ? &*row : nullptr;
}

}  // namespace efface::deid
