#include "deid/pattern_matcher.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace efface::deid {

namespace {

constexpr std::size_t piece_bytes = 4, most_stride = 8, bucket_count = 512;

std::uint32_t load(const void* bytes) {
  std::uint32_t word;
  std::memcpy(&word, bytes, piece_bytes);
  return word;
}

/// 16 bits.
std::uint32_t hash(std::uint32_t word) {
  return (word * 0x9E3779B1U) >> 16;
}

std::uint32_t bucket(std::uint32_t word) {
  return hash(word) >> 7;
}

}  // namespace

template <class Visit>
void PatternMatcher::for_each_piece(const Visit& visit) const {
  for (std::uint32_t i = 0; i < patterns_.size(); ++i) {
    if (patterns_[i].size() < piece_bytes) continue;
    for (std::uint32_t offset = 0; offset < stride_; ++offset) {
      visit(Piece{load(patterns_[i].data() + offset), i, offset});
    }
  }
}

PatternMatcher::PatternMatcher(std::vector<std::string> patterns)
    : patterns_(std::move(patterns)), buckets_(bucket_count + 1, 0) {
  std::size_t shortest = most_stride + piece_bytes - 1;
  for (const std::string& pattern : patterns_) {
    if (pattern.size() < piece_bytes) continue;
    shortest = std::min(shortest, pattern.size());
    longest_ = std::max(longest_, pattern.size());
  }
  stride_ = shortest - piece_bytes + 1;
  for_each_piece([&](const Piece& piece) {
    const std::uint32_t hashed = hash(piece.bytes);
    filter_[hashed >> 6] |= std::uint64_t{1} << (hashed & 63U);
    ++buckets_[bucket(piece.bytes) + 1];
  });
  for (std::size_t i = 0; i < bucket_count; ++i) buckets_[i + 1] += buckets_[i];
  // Sorted by counting: a sort by comparisons costs as much as a file of 200 kB takes to be
  // searched.
  pieces_.resize(buckets_.back());
  std::vector<std::uint32_t> next(buckets_.begin(), buckets_.end() - 1);
  for_each_piece([&](const Piece& piece) { pieces_[next[bucket(piece.bytes)]++] = piece; });
}

bool PatternMatcher::may_start(const std::byte* at) const {
  const std::uint32_t hashed = hash(load(at));
  return ((filter_[hashed >> 6] >> (hashed & 63U)) & 1U) != 0;
}

void PatternMatcher::compare(std::span<const std::byte> bytes, std::size_t at,
                             std::vector<Match>& matches) const {
  const std::uint32_t word = load(bytes.data() + at);
  const std::uint32_t place = bucket(word);
  for (std::uint32_t i = buckets_[place]; i < buckets_[place + 1]; ++i) {
    const Piece& piece = pieces_[i];
    if (piece.bytes != word || piece.offset > at) continue;
    const std::string& pattern = patterns_[piece.pattern];
    const std::size_t start = at - piece.offset;
    if (pattern.size() > bytes.size() - start) continue;
    if (std::memcmp(bytes.data() + start, pattern.data(), pattern.size()) == 0) {
      matches.push_back({start, piece.pattern});
    }
  }
}

void PatternMatcher::find(std::span<const std::byte> bytes, std::vector<Match>& matches,
                          std::size_t most) const {
  if (pieces_.empty() || bytes.size() < piece_bytes) return;
  const std::byte* data = bytes.data();
  const std::size_t last = bytes.size() - piece_bytes;  // where a piece can still start
  std::size_t at = 0;
  for (; at + 3 * stride_ <= last; at += 4 * stride_) {
    const std::byte* here = data + at;
    const bool hit = static_cast<unsigned>(may_start(here)) |
                     static_cast<unsigned>(may_start(here + stride_)) |
                     static_cast<unsigned>(may_start(here + 2 * stride_)) |
                     static_cast<unsigned>(may_start(here + 3 * stride_));
    if (!hit) continue;
    for (std::size_t i = 0; i < 4; ++i) compare(bytes, at + i * stride_, matches);
    if (matches.size() >= most) return;
  }
  for (; at <= last; at += stride_) compare(bytes, at, matches);
}

}  // namespace efface::deid
