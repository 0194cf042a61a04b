// Numbers and texts drawn from a fuzzer's bytes; zeros when they run out.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace efface::fuzz {

class Input {
 public:
  explicit Input(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  bool is_empty() const { return bytes_.empty(); }
  std::uint8_t byte() {
    if (bytes_.empty()) return 0;
    const std::uint8_t first = bytes_.front();
    bytes_ = bytes_.subspan(1);
    return first;
  }
  std::uint16_t word() {
    const unsigned high = byte(), low = byte();
    return static_cast<std::uint16_t>(high << 8 | low);
  }
  std::string text(std::size_t length) {
    const auto taken = bytes_.first(std::min(length, bytes_.size()));
    bytes_ = bytes_.subspan(taken.size());
    return {taken.begin(), taken.end()};
  }
  std::string rest() { return text(bytes_.size()); }

 private:
  std::span<const std::uint8_t> bytes_;
};

}  // namespace efface::fuzz
