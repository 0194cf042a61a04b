// A 256-bit digest as a value. Computing one is crypto_openssl's task.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>

namespace efface::base {

struct Digest {
  std::array<std::uint8_t, 32> bytes{};
  friend auto operator<=>(const Digest&, const Digest&) = default;
};

/// Lower-case hexadecimal of the first `length` bytes.
std::string to_hex(const Digest& digest, std::size_t length = 32);

}  // namespace efface::base
