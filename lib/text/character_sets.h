// Specific Character Set (0008,0005): bytes of a file to UTF-8 and back (PS3.3 C.12.1.1.2, PS3.5
// 6.1). ISO 2022 with code extensions, UTF-8, GB18030, GBK. It guesses nothing: bytes that the
// announced sets do not explain are an outcome, so that the caller can drop the whole text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/phi.h"

namespace efface::text {

/// Where the sets of value 1 are active again (PS3.5 6.1.2.5.3). At tabs and ends of lines always.
enum class Shape : std::uint8_t {
  text,        ///< ST LT UT: one value, a backslash is a character of it
  values,      ///< LO SH UC: also at each backslash, which ends a value
  person_name  ///< PN: also at ^ and =
};

enum class Undecodable : std::uint8_t {
  unknown_character_set,  ///< (0008,0005) holds a term that PS3.3 does not define, or contradicts
                          ///< itself
  unannounced_escape,     ///< an escape sequence of a set that (0008,0005) does not announce
  malformed               ///< bytes that are no characters of the sets in use
};
const char* to_string(Undecodable reason);

using Decoded = std::variant<base::Phi<std::string>, Undecodable>;

class CharacterSets {
 public:
  /// `specific_character_set`: the attribute's value, backslashes included; empty is the default
  /// repertoire (ASCII). Spaces, underscores and hyphens in the terms are not told apart.
  explicit CharacterSets(std::string_view specific_character_set);

  /// Well-formed UTF-8, padding included. ASCII bytes stay what they are (a backslash of JIS X 0201
  /// is one, not a yen sign). Linear in the number of bytes.
  Decoded decode(std::string_view bytes, Shape shape) const;

  /// The reverse: nothing when `utf8` is malformed or holds a character outside the announced sets.
  /// What it returns decodes to `utf8` again.
  std::optional<std::string> encode(std::string_view utf8, Shape shape) const;

  bool is_known() const { return coding_ != Coding::unknown; }

 private:
  enum class Coding : std::uint8_t { unknown, utf8, gb18030, gbk, iso2022 };
  Coding coding_ = Coding::iso2022;
  std::vector<std::uint8_t>
      announced_;  ///< places in the table of code elements (internal_converter.h)
  std::uint8_t initial_g0_ = 0, initial_g1_ = 0;
  bool has_extensions_ = false;  ///< escape sequences may occur

  /// Shift JIS holds JIS X 0201 and gives meaning to bytes that are none there: files say ISO_IR 13
  /// and hold it.
  bool may_be_shift_jis() const { return !has_extensions_ && initial_g0_ == 2; }
  bool announce(std::string_view term, bool is_first);
};

/// Whether bytes are well-formed UTF-8 (no surrogates, no overlong forms).
bool is_utf8(std::string_view bytes);

}  // namespace efface::text
