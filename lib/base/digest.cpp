#include "base/digest.h"

#include <algorithm>

namespace efface::base {

std::string to_hex(const Digest& digest, std::size_t length) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < std::min(length, digest.bytes.size()); ++i) {
    text += digits[digest.bytes[i] >> 4];
    text += digits[digest.bytes[i] & 15];
  }
  return text;
}

}  // namespace efface::base
