// A folded text as its words: runs of letters, broken where a script without spaces meets another.
// Digits and everything else separate.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace efface::text {

struct Word {
  std::size_t begin = 0, end = 0;  ///< bytes of the folded text
  bool is_east_asian = false;      ///< Chinese, Japanese or Korean: no spaces between words
};

/// Ascending.
std::vector<Word> words_of(std::string_view folded);

/// Characters, not bytes.
std::size_t length_of(std::string_view utf8);

}  // namespace efface::text
