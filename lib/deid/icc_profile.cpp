#include "deid/icc_profile.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace efface::deid {

namespace {

constexpr std::size_t header_bytes = 128, table_entry_bytes = 12, type_bytes = 8;

/// Types of numbers alone (ISO 15076-1 section 10).
constexpr std::array<std::string_view, 18> numeric_types{
    "XYZ ", "chrm", "cicp", "clro", "curv", "mAB ", "mBA ", "meas", "mft1",
    "mft2", "mpet", "para", "sf32", "sig ", "uf32", "ui08", "ui16", "ui32"};

std::uint64_t number(const std::string& bytes, std::size_t place) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    value = value << 8 | static_cast<unsigned char>(bytes[place + i]);
  }
  return value;
}

struct Data {
  std::size_t begin = 0, end = 0;
};

void blank(std::string& bytes, std::size_t begin, std::size_t end) {
  if (begin < end)
    std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(begin), end - begin, '\0');
}

/// How much of an element's data stays: all of numbers, the structure of texts.
std::size_t end_of_kept(const std::string& bytes, const Data& data) {
  const std::string_view type = std::string_view(bytes).substr(data.begin, 4);
  if (std::find(numeric_types.begin(), numeric_types.end(), type) != numeric_types.end()) {
    return data.end;
  }
  std::uint64_t kept = type_bytes;
  if (type == "desc") kept = type_bytes + 4;  // the number of characters
  if (type == "mluc" && data.end - data.begin >= 16) {
    kept = 16 + 12 * number(bytes, data.begin + 8);  // the places of texts
  }
  return data.begin +
         static_cast<std::size_t>(std::min<std::uint64_t>(kept, data.end - data.begin));
}

}  // namespace

std::optional<std::string> without_texts(const std::string& icc_profile) {
  std::string bytes = icc_profile;
  if (bytes.size() < header_bytes + 4 || bytes.compare(36, 4, "acsp") != 0) return std::nullopt;
  const std::uint64_t count = number(bytes, header_bytes);
  if (count > (bytes.size() - header_bytes - 4) / table_entry_bytes) return std::nullopt;
  const std::size_t table_end = header_bytes + 4 + count * table_entry_bytes;
  std::vector<Data> elements;
  for (std::size_t entry = header_bytes + 4; entry < table_end; entry += table_entry_bytes) {
    const std::uint64_t begin = number(bytes, entry + 4), size = number(bytes, entry + 8);
    if (begin < table_end || size < type_bytes || begin + size > bytes.size()) return std::nullopt;
    elements.push_back({static_cast<std::size_t>(begin), static_cast<std::size_t>(begin + size)});
  }
  std::sort(elements.begin(), elements.end(),
            [](const Data& a, const Data& b) { return a.begin < b.begin; });
  for (std::size_t i = 1; i < elements.size(); ++i) {  // tags may share data, but not in part
    const Data &before = elements[i - 1], &next = elements[i];
    const bool is_shared = before.begin == next.begin && before.end == next.end;
    if (next.begin < before.end && !is_shared) return std::nullopt;
  }
  std::size_t done = table_end;
  for (const Data& data : elements) {
    blank(bytes, done, data.begin);  // what no entry of the table names
    blank(bytes, std::max(done, end_of_kept(icc_profile, data)), data.end);
    done = std::max(done, data.end);
  }
  blank(bytes, done, bytes.size());
  blank(bytes, 24, 36);    // date and time of creation
  blank(bytes, 48, 56);    // manufacturer and model of a device
  blank(bytes, 80, 100);   // creator, and a digest of what was
  blank(bytes, 100, 128);  // reserved
  return bytes;
}

}  // namespace efface::deid
