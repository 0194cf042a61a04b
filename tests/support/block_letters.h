// Text drawn with a bitmap font of 5 x 7 squares: letters, digits and a few signs, for pictures
// with known text at known places.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>

#include "burned_in/picture.h"

namespace efface::test {

/// Rows from the top, 5 bits each; the highest is on the left.
inline const std::map<char, std::array<std::uint8_t, 7>>& block_font() {
  static const std::map<char, std::array<std::uint8_t, 7>> font{
      {'A', {14, 17, 17, 31, 17, 17, 17}}, {'B', {30, 17, 17, 30, 17, 17, 30}},
      {'C', {14, 17, 16, 16, 16, 17, 14}}, {'D', {30, 17, 17, 17, 17, 17, 30}},
      {'E', {31, 16, 16, 30, 16, 16, 31}}, {'F', {31, 16, 16, 30, 16, 16, 16}},
      {'G', {14, 17, 16, 23, 17, 17, 15}}, {'H', {17, 17, 17, 31, 17, 17, 17}},
      {'I', {14, 4, 4, 4, 4, 4, 14}},      {'L', {16, 16, 16, 16, 16, 16, 31}},
      {'N', {17, 25, 21, 19, 17, 17, 17}}, {'O', {14, 17, 17, 17, 17, 17, 14}},
      {'R', {30, 17, 17, 30, 20, 18, 17}}, {'S', {15, 16, 16, 14, 1, 1, 30}},
      {'T', {31, 4, 4, 4, 4, 4, 4}},       {'V', {17, 17, 17, 17, 17, 10, 4}},
      {'1', {4, 12, 4, 4, 4, 4, 14}},      {'2', {14, 17, 1, 2, 4, 8, 31}},
      {'4', {2, 6, 10, 18, 31, 2, 2}},     {'7', {31, 1, 2, 4, 8, 8, 8}},
      {'9', {14, 17, 17, 15, 1, 2, 12}},   {' ', {0, 0, 0, 0, 0, 0, 0}}};
  return font;
}

inline burned_in::Picture plain(int columns, int rows, std::uint8_t grey) {
  return {columns, rows,
          std::vector<std::uint8_t>(
              static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows), grey)};
}

/// Draws `text` with its top left corner at (x, y), each square `scale` pixels wide. Returns its
/// box.
inline burned_in::Box draw(burned_in::Picture& picture, int x, int y, const std::string& text,
                           std::uint8_t grey, int scale = 2) {
  int left = x;
  for (const char letter : text) {
    const auto& rows = block_font().at(letter);
    for (int r = 0; r < 7 * scale; ++r) {
      for (int c = 0; c < 5 * scale; ++c) {
        const unsigned bits = rows[static_cast<std::size_t>(r / scale)];
        if ((bits >> (4 - c / scale) & 1U) == 0) continue;
        picture.grey[static_cast<std::size_t>(y + r) * static_cast<std::size_t>(picture.columns) +
                     static_cast<std::size_t>(left + c)] = grey;
      }
    }
    left += 6 * scale;
  }
  return {x, y, left - scale - x, 7 * scale};
}

}  // namespace efface::test
