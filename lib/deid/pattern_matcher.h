// Finds any of some hundred byte strings in one pass over memory. Knows nothing of what they mean.
//
// Every 4 bytes at a stride of (shortest pattern - 3) are hashed and looked up in a bitmap of 8
// KiB, which holds the first few 4-byte pieces of each pattern: a pattern of n bytes covers n - 3
// positions, so one of them is always looked at (Wu and Manber 1994). Only on a hit are the
// patterns themselves compared.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace efface::deid {

class PatternMatcher {
 public:
  /// Patterns of at least 4 bytes; shorter ones are not found.
  explicit PatternMatcher(std::vector<std::string> patterns);

  struct Match {
    std::size_t offset;   ///< of the first byte
    std::size_t pattern;  ///< its place among the patterns
  };
  /// Appends every match that lies wholly inside `bytes`, until `matches` holds `most` of them.
  void find(std::span<const std::byte> bytes, std::vector<Match>& matches, std::size_t most) const;

  std::size_t size() const { return patterns_.size(); }
  std::size_t longest() const { return longest_; }  ///< 0 when nothing can be found
  std::size_t length(std::size_t pattern) const { return patterns_[pattern].size(); }

 private:
  struct Piece {
    std::uint32_t bytes;  ///< four bytes of a pattern
    std::uint32_t pattern;
    std::uint32_t offset;  ///< of the piece in the pattern
  };
  std::vector<std::string> patterns_;
  std::vector<Piece> pieces_;           ///< by bucket
  std::vector<std::uint32_t> buckets_;  ///< 512 hash ranges of pieces_, and the end
  std::array<std::uint64_t, 1024> filter_{};
  std::size_t stride_ = 1;
  std::size_t longest_ = 0;

  /// Shows the first `stride_` pieces of each pattern.
  template <class Visit>
  void for_each_piece(const Visit& visit) const;
  bool may_start(const std::byte* at) const;
  void compare(std::span<const std::byte> bytes, std::size_t at, std::vector<Match>& matches) const;
};

}  // namespace efface::deid
