#include "dicom/uid.h"

#include <algorithm>
#include <cstdint>

namespace efface::dicom {

bool is_registered_uid(std::string_view uid) {
  constexpr std::string_view root = "1.2.840.10008";
  constexpr std::size_t most_digits = 4, most_components = 12;  // PS3.6 annex A needs 4 and 9
  if (!uid.starts_with(root)) return false;
  uid.remove_prefix(root.size());
  std::size_t digits = 1, components = 0;
  for (const char c : uid) {
    if (c == '.') {
      if (digits == 0 || ++components > most_components) return false;
      digits = 0;
    } else if (c < '0' || c > '9' || ++digits > most_digits || components == 0) {
      return false;
    }
  }
  return digits != 0;
}

bool is_valid_uid(std::string_view uid) {
  if (uid.empty() || uid.size() > 64) return false;
  bool component_starts = true;
  for (std::size_t i = 0; i < uid.size(); ++i) {
    const char c = uid[i];
    if (c == '.') {
      if (component_starts) return false;
      component_starts = true;
      continue;
    }
    if (c < '0' || c > '9') return false;
    const bool more = i + 1 < uid.size() && uid[i + 1] != '.';
    if (component_starts && c == '0' && more) return false;
    component_starts = false;
  }
  return !component_starts;
}

std::string uid_from_digest(const base::Digest& digest) {
  auto bytes = digest.bytes;
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0F) | 0x50);
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3F) | 0x80);
  __extension__ using Wide = unsigned __int128;
  Wide number = 0;
  for (std::size_t i = 0; i < 16; ++i) number = (number << 8) | bytes[i];
  std::string digits;
  for (; number != 0; number /= 10)
    digits += static_cast<char>('0' + static_cast<int>(number % 10));
  std::reverse(digits.begin(), digits.end());
  return "2.25." + digits;
}

}  // namespace efface::dicom
