#include "audit/journal_line.h"

#include <array>

namespace efface::audit {

namespace {

constexpr std::string_view opening = "{\"crc32\":\"";
constexpr std::size_t sum_size = 8;
constexpr std::string_view after_sum = "\",";
constexpr std::size_t covered_from = opening.size() + sum_size + after_sum.size();

constexpr std::array<std::uint32_t, 256> make_crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t value = byte;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1U) != 0 ? 0xEDB88320U : 0U);
    table[byte] = value;
  }
  return table;
}

constexpr std::array<std::uint32_t, 256> crc_table = make_crc_table();

std::string hex_of(std::uint32_t sum) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text(sum_size, '0');
  for (std::size_t i = 0; i < sum_size; ++i) text[i] = digits[(sum >> (28 - 4 * i)) & 15U];
  return text;
}

std::string number_member(std::uint64_t number) {
  return std::string("\"line\":").append(std::to_string(number)).append(",");
}

}  // namespace

std::uint32_t crc32(std::string_view bytes) {
  std::uint32_t sum = 0xFFFFFFFFU;
  for (const char c : bytes) {
    sum = (sum >> 8) ^ crc_table[(sum ^ static_cast<unsigned char>(c)) & 0xFFU];
  }
  return ~sum;
}

std::string frame_line(std::uint64_t number, std::string_view members) {
  const std::string numbered = number_member(number).append(members);
  std::string line;
  line.reserve(covered_from + numbered.size() + 2);
  line.append(opening).append(hex_of(crc32(numbered))).append(after_sum);
  return line.append(numbered).append("}\n");
}

std::optional<std::string_view> unframe_line(std::uint64_t number, std::string_view line) {
  if (line.size() <= covered_from || !line.starts_with(opening) || line.back() != '}') return {};
  if (line.substr(opening.size() + sum_size, after_sum.size()) != after_sum) return {};
  std::string_view covered = line.substr(covered_from);
  covered.remove_suffix(1);
  if (line.substr(opening.size(), sum_size) != hex_of(crc32(covered))) return {};
  const std::string expected = number_member(number);
  if (!covered.starts_with(expected)) return {};
  return covered.substr(expected.size());
}

bool begins_like_a_line(std::string_view text) {
  return text.substr(0, opening.size()) == opening.substr(0, text.size());
}

bool holds_another_line(std::string_view line) {
  return line.find(opening, 1) != std::string_view::npos;
}

}  // namespace efface::audit
