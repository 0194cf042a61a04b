// Check digits of numbers that are written down by people: whether digits that look like an
// identifier are one. Each takes folded text (lower case) with its separators and says how many of
// its first bytes are the identifier: 0 where it is none. No dictionary, no I/O.
#pragma once

#include <cstddef>
#include <string_view>

namespace efface::text {

using Check = std::size_t (*)(std::string_view candidate);

/// By its name in the data files ("iban", "luhn", "nhs", …), or nullptr.
Check find_check(std::string_view name);

}  // namespace efface::text
