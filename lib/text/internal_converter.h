// The code elements of ISO 2022 that DICOM uses, and ICU's converters behind them. For lib/text
// only.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace efface::text::internal {

/// A set of graphic characters that an escape sequence calls into G0 (bytes 21 to 7E) or G1 (A0 to
/// FF). PS3.3 Tables C.12-3 and C.12-4.
struct CodeElement {
  int registration;         ///< "ISO IR n" of the term; 13 stands for 13 (G1) and 14 (G0)
  std::string_view escape;  ///< what follows ESC
  bool is_g1;
  int width;                   ///< bytes a character
  std::string_view converter;  ///< ICU's name; empty: ASCII, JIS X 0201
};
inline constexpr std::uint8_t no_element = 0, ascii = 1, romaji = 2, katakana = 3;
/// The first is none at all.
std::span<const CodeElement> code_elements();

/// Strict conversions between one character set and UTF-8.
class Converter {
 public:
  explicit Converter(std::string_view name);
  ~Converter();
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;

  /// Appends UTF-8; false where a byte is no character of the set.
  bool append_decoded(std::string_view bytes, std::string& utf8);
  /// The bytes of one character, or nothing.
  std::optional<std::string> encode(char32_t point);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Characters of one code element, as the bytes stand in a file.
bool append_decoded(const CodeElement& element, std::string_view bytes, Converter* converter,
                    std::string& utf8);
std::optional<std::string> encode(const CodeElement& element, char32_t point, Converter* converter);

void append_utf8(char32_t point, std::string& utf8);
/// The next character of well-formed UTF-8, `at` moved behind it.
char32_t next_point(std::string_view utf8, std::size_t& at);

}  // namespace efface::text::internal
