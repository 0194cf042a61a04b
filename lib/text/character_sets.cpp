#include "text/character_sets.h"

#include <unicode/utf8.h>

#include <algorithm>
#include <map>
#include <memory>

#include "text/internal_converter.h"

namespace efface::text {

namespace {

using internal::CodeElement;
using internal::Converter;

constexpr char escape = 0x1B;

bool is_high(char c) {
  return static_cast<unsigned char>(c) >= 0x80;
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

/// Where the sets of value 1 are active again.
bool resets(char c, Shape shape) {
  if (c == '\t' || c == '\n' || c == '\f' || c == '\r') return true;
  if (c == '\\') return shape != Shape::text;
  return shape == Shape::person_name && (c == '^' || c == '=');
}

/// The number of "ISO_IR 100" or "ISO 2022 IR 100", whatever stands between the parts; -1 for other
/// terms.
int registration_of(std::string_view term, bool& has_extensions) {
  std::string plain;
  for (const char c : term) {
    if (c != ' ' && c != '_' && c != '-' && c != '\0') plain += c;
  }
  has_extensions = plain.starts_with("ISO2022IR");
  const std::string_view prefix = has_extensions ? "ISO2022IR" : "ISOIR";
  if (!plain.starts_with(prefix)) return -1;
  const std::string digits = plain.substr(prefix.size());
  if (digits.empty() || digits.size() > 3) return -1;
  if (digits.find_first_not_of("0123456789") != std::string::npos) return -1;
  return std::stoi(digits);
}

/// The converters of the sets that a text turns out to use.
class Converters {
 public:
  Converter* of(const CodeElement& element) {
    if (element.converter.empty()) return nullptr;
    std::unique_ptr<Converter>& converter = opened_[element.converter];
    if (!converter) converter = std::make_unique<Converter>(element.converter);
    return converter.get();
  }

 private:
  std::map<std::string_view, std::unique_ptr<Converter>> opened_;
};

const CodeElement& element_at(std::uint8_t place) {
  return internal::code_elements()[place];
}

class Iso2022Decoder {
 public:
  Iso2022Decoder(std::string_view bytes, Shape shape, const std::vector<std::uint8_t>& announced,
                 std::uint8_t g0, std::uint8_t g1)
      : bytes_(bytes), shape_(shape), announced_(announced), initial_g0_(g0), initial_g1_(g1) {}

  Decoded decode() {
    reset();
    while (at_ < bytes_.size()) {
      const char c = bytes_[at_];
      if (c == escape) {
        if (!switch_set()) return Undecodable::unannounced_escape;
      } else if (is_control(c) || c == ' ') {
        if (resets(c, shape_)) reset();
        utf8_ += c;
        ++at_;
      } else if (is_high(c)) {
        if (g1_ == internal::no_element || !take_run(element_at(g1_))) {
          return Undecodable::malformed;
        }
      } else if (!take_run(element_at(g0_))) {
        return Undecodable::malformed;
      }
    }
    return base::Phi<std::string>(std::move(utf8_));
  }

 private:
  std::string_view bytes_;
  Shape shape_;
  const std::vector<std::uint8_t>& announced_;
  std::uint8_t initial_g0_, initial_g1_, g0_ = 0, g1_ = 0;
  std::size_t at_ = 0;
  std::string utf8_;
  Converters converters_;

  void reset() {
    g0_ = initial_g0_;
    g1_ = initial_g1_;
  }

  bool switch_set() {
    const std::string_view rest = bytes_.substr(at_ + 1);
    for (const std::uint8_t place : announced_) {
      const CodeElement& element = element_at(place);
      if (!rest.starts_with(element.escape)) continue;
      (element.is_g1 ? g1_ : g0_) = place;
      at_ += 1 + element.escape.size();
      return true;
    }
    return false;
  }

  /// All that follows in the same half of the code table; a single-byte set also ends where the
  /// first sets return. Inside a two-byte set no byte is a delimiter.
  bool take_run(const CodeElement& element) {
    const std::size_t begin = at_;
    const bool high = is_high(bytes_[at_]);
    while (at_ < bytes_.size() && is_high(bytes_[at_]) == high) {
      const char c = bytes_[at_];
      if (!high && (is_control(c) || c == ' ')) break;
      if (element.width == 1 && resets(c, shape_)) {
        if (at_ > begin) break;
        reset();
        utf8_ += c;
        ++at_;
        return true;
      }
      at_ += static_cast<std::size_t>(element.width);
      if (at_ > bytes_.size() || is_high(bytes_[at_ - 1]) != high) return false;
      if (element.width == 2 && !high && is_control(bytes_[at_ - 1])) return false;
    }
    return internal::append_decoded(element, bytes_.substr(begin, at_ - begin),
                                    converters_.of(element), utf8_);
  }
};

class Iso2022Encoder {
 public:
  Iso2022Encoder(Shape shape, const std::vector<std::uint8_t>& announced, std::uint8_t g0,
                 std::uint8_t g1, bool has_extensions)
      : shape_(shape),
        announced_(announced),
        initial_g0_(g0),
        initial_g1_(g1),
        g0_(g0),
        g1_(g1),
        has_extensions_(has_extensions) {}

  std::optional<std::string> encode(std::string_view utf8) {
    for (std::size_t at = 0; at < utf8.size();) {
      const char32_t point = internal::next_point(utf8, at);
      if (point == U'\x1B') return std::nullopt;
      if (point < 0x21 || point == 0x7F || resets(ascii_or_nul(point), shape_)) {
        append_delimiter(static_cast<char>(point));
      } else if (!append(point)) {
        return std::nullopt;
      }
    }
    restore();
    return std::move(bytes_);
  }

 private:
  Shape shape_;
  const std::vector<std::uint8_t>& announced_;
  std::uint8_t initial_g0_, initial_g1_, g0_, g1_;
  bool has_extensions_;
  std::string bytes_;
  Converters converters_;

  static char ascii_or_nul(char32_t point) {
    return point < 0x80 ? static_cast<char>(point) : '\0';
  }

  void designate(std::uint8_t place) {
    const CodeElement& element = element_at(place);
    bytes_ += escape;
    bytes_ += element.escape;
    (element.is_g1 ? g1_ : g0_) = place;
  }

  /// To the sets of value 1. Where that has no G1, the delimiter alone ends the last one.
  void restore() {
    if (g0_ != initial_g0_) designate(initial_g0_);
    if (g1_ != initial_g1_ && initial_g1_ != internal::no_element) designate(initial_g1_);
  }

  void append_delimiter(char c) {
    if (resets(c, shape_)) {
      restore();
      g1_ = initial_g1_;
    } else if (element_at(g0_).width != 1) {
      designate(initial_g0_);
    }
    bytes_ += c;
  }

  bool append_from(std::uint8_t place, char32_t point) {
    if (place == internal::no_element) return false;
    const CodeElement& element = element_at(place);
    const std::optional<std::string> bytes =
        internal::encode(element, point, converters_.of(element));
    if (!bytes) return false;
    if (place != g0_ && place != g1_) {
      if (!has_extensions_) return false;
      designate(place);
    }
    bytes_ += *bytes;
    return true;
  }

  bool append(char32_t point) {
    if (append_from(g0_, point) || append_from(g1_, point)) return true;
    if (append_from(initial_g0_, point) || append_from(initial_g1_, point)) return true;
    return std::any_of(announced_.begin(), announced_.end(),
                       [&](std::uint8_t place) { return append_from(place, point); });
  }
};

Decoded decode_with(std::string_view name, std::string_view bytes) {
  std::string utf8;
  if (!Converter(name).append_decoded(bytes, utf8)) return Undecodable::malformed;
  return base::Phi<std::string>(std::move(utf8));
}

std::optional<std::string> encode_with(std::string_view name, std::string_view utf8) {
  Converter converter(name);
  std::string bytes;
  for (std::size_t at = 0; at < utf8.size();) {
    const std::optional<std::string> next = converter.encode(internal::next_point(utf8, at));
    if (!next) return std::nullopt;
    bytes += *next;
  }
  return bytes;
}

}  // namespace

const char* to_string(Undecodable reason) {
  switch (reason) {
    case Undecodable::unknown_character_set:
      return "unknown character set";
    case Undecodable::unannounced_escape:
      return "escape sequence of a character set that is not announced";
    case Undecodable::malformed:
      return "bytes that are no text in the announced character sets";
  }
  return "";
}

bool is_utf8(std::string_view bytes) {
  const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  const std::size_t length = bytes.size();
  for (std::size_t at = 0; at < length;) {
    UChar32 point = 0;
    U8_NEXT(data, at, length, point);
    if (point < 0) return false;
  }
  return true;
}

CharacterSets::CharacterSets(std::string_view specific_character_set) {
  while (!specific_character_set.empty() &&
         (specific_character_set.back() == ' ' || specific_character_set.back() == '\0')) {
    specific_character_set.remove_suffix(1);
  }
  announced_ = {internal::ascii};
  initial_g0_ = internal::ascii;
  bool is_first = true;
  for (;;) {
    const std::size_t end = specific_character_set.find('\\');
    if (!announce(specific_character_set.substr(0, end), is_first)) coding_ = Coding::unknown;
    if (end == std::string_view::npos) return;
    has_extensions_ = true;
    specific_character_set.remove_prefix(end + 1);
    is_first = false;
  }
}

/// One value of (0008,0005); false where it is unknown or may not stand there.
bool CharacterSets::announce(std::string_view term, bool is_first) {
  if (coding_ == Coding::unknown) return false;
  const auto is_padding = [](char c) { return c == ' ' || c == '\0'; };
  if (std::all_of(term.begin(), term.end(), is_padding)) return true;
  while (is_padding(term.back())) term.remove_suffix(1);
  while (is_padding(term.front())) term.remove_prefix(1);
  const auto alone = [&](Coding coding) {
    const bool may_stand = is_first;
    coding_ = coding;
    return may_stand;
  };
  if (term == "GB18030") return alone(Coding::gb18030);
  if (term == "GBK") return alone(Coding::gbk);
  bool has_extensions = false;
  const int registration = registration_of(term, has_extensions);
  if (registration == 192) return alone(Coding::utf8);
  if (registration < 0 || coding_ != Coding::iso2022) return false;
  has_extensions_ = has_extensions_ || has_extensions;
  bool is_known = false;
  const auto elements = internal::code_elements();
  for (std::uint8_t place = 1; place < elements.size(); ++place) {
    const CodeElement& element = elements[place];
    if (element.registration != registration) continue;
    is_known = true;
    announced_.push_back(place);
    if (is_first && element.width == 1) (element.is_g1 ? initial_g1_ : initial_g0_) = place;
  }
  return is_known;
}

Decoded CharacterSets::decode(std::string_view bytes, Shape shape) const {
  switch (coding_) {
    case Coding::unknown:
      return Undecodable::unknown_character_set;
    case Coding::utf8:
      if (!is_utf8(bytes)) return Undecodable::malformed;
      return base::Phi<std::string>(std::string(bytes));
    case Coding::gb18030:
      return decode_with("GB18030", bytes);
    case Coding::gbk:
      return decode_with("GBK", bytes);
    case Coding::iso2022:
      break;
  }
  if (!has_extensions_ && bytes.find(escape) != std::string_view::npos) {
    return Undecodable::unannounced_escape;
  }
  Decoded decoded = Iso2022Decoder(bytes, shape, announced_, initial_g0_, initial_g1_).decode();
  if (may_be_shift_jis() && std::holds_alternative<Undecodable>(decoded)) {
    return decode_with("Shift_JIS", bytes);
  }
  return decoded;
}

std::optional<std::string> CharacterSets::encode(std::string_view utf8, Shape shape) const {
  if (!is_utf8(utf8)) return std::nullopt;
  std::optional<std::string> bytes;
  switch (coding_) {
    case Coding::unknown:
      return std::nullopt;
    case Coding::utf8:
      return std::string(utf8);
    case Coding::gb18030:
      bytes = encode_with("GB18030", utf8);
      break;
    case Coding::gbk:
      bytes = encode_with("GBK", utf8);
      break;
    case Coding::iso2022:
      bytes =
          Iso2022Encoder(shape, announced_, initial_g0_, initial_g1_, has_extensions_).encode(utf8);
      if (!bytes && may_be_shift_jis()) bytes = encode_with("Shift_JIS", utf8);
      break;
  }
  if (!bytes) return std::nullopt;
  const Decoded back = decode(*bytes, shape);
  const auto* same = std::get_if<base::Phi<std::string>>(&back);
  if (same == nullptr || same->reveal() != utf8) return std::nullopt;
  return bytes;
}

}  // namespace efface::text
