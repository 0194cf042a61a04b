#include <unicode/ucnv.h>
#include <unicode/utf16.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/error.h"
#include "text/internal_converter.h"

namespace efface::text::internal {

namespace {

constexpr auto elements = std::to_array<CodeElement>({
    {0, "", true, 1, ""},
    {6, "(B", false, 1, ""},
    {13, "(J", false, 1, ""},
    {13, ")I", true, 1, ""},
    {100, "-A", true, 1, "ISO-8859-1"},
    {101, "-B", true, 1, "ISO-8859-2"},
    {109, "-C", true, 1, "ISO-8859-3"},
    {110, "-D", true, 1, "ISO-8859-4"},
    {144, "-L", true, 1, "ISO-8859-5"},
    {127, "-G", true, 1, "ISO-8859-6"},
    {126, "-F", true, 1, "ISO-8859-7"},
    {138, "-H", true, 1, "ISO-8859-8"},
    {148, "-M", true, 1, "ISO-8859-9"},
    {203, "-b", true, 1, "ISO-8859-15"},
    {166, "-T", true, 1, "TIS-620"},
    {87, "$B", false, 2, "EUC-JP"},
    {159, "$(D", false, 2, "EUC-JP"},
    {149, "$)C", true, 2, "EUC-KR"},
    {58, "$)A", true, 2, "GB2312"},
});

constexpr char jisx0212_prefix = static_cast<char>(0x8F);  // of EUC-JP
constexpr char32_t overline = 0x203E, first_kana = 0xFF61, last_kana = 0xFF9F;
constexpr unsigned first_kana_byte = 0xA1;

unsigned to_byte(char c) {
  return static_cast<unsigned char>(c);
}

bool decode_kana(std::string_view bytes, std::string& utf8) {
  for (const char c : bytes) {
    const char32_t point = first_kana + (to_byte(c) - first_kana_byte);
    if (to_byte(c) < first_kana_byte || point > last_kana) return false;
    append_utf8(point, utf8);
  }
  return true;
}

/// TIS-620 leaves A0, DB to DE and FC to FF free; ICU's table has IBM's signs there.
bool is_thai(char c) {
  const unsigned byte = to_byte(c);
  return byte > 0xA0 && byte < 0xFC && (byte < 0xDB || byte > 0xDE);
}

/// As EUC has it: both bytes with the high bit.
std::string to_euc(const CodeElement& element, std::string_view bytes) {
  std::string euc;
  euc.reserve(bytes.size() * 3 / 2);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (element.registration == 159 && i % 2 == 0) euc += jisx0212_prefix;
    euc += static_cast<char>(to_byte(bytes[i]) | 0x80U);
  }
  return euc;
}

std::optional<std::string> from_euc(const CodeElement& element, std::string euc) {
  if (element.registration == 159) {
    if (euc.size() != 3 || euc[0] != jisx0212_prefix) return std::nullopt;
    euc.erase(0, 1);
  }
  const auto is_high = [](char c) { return to_byte(c) >= 0xA1; };
  if (euc.size() != 2 || !std::all_of(euc.begin(), euc.end(), is_high)) return std::nullopt;
  if (!element.is_g1) {
    for (char& c : euc) c = static_cast<char>(to_byte(c) & 0x7FU);
  }
  return euc;
}

}  // namespace

std::span<const CodeElement> code_elements() {
  return elements;
}

struct Converter::Impl {
  UConverter* handle = nullptr;
};

Converter::Converter(std::string_view name) : impl_(std::make_unique<Impl>()) {
  UErrorCode status = U_ZERO_ERROR;
  impl_->handle = ucnv_open(std::string(name).c_str(), &status);
  if (U_FAILURE(status)) {
    throw base::Error(base::Fault::internal, "ICU has no converter for " + std::string(name),
                      "install ICU with its data");
  }
  ucnv_setToUCallBack(impl_->handle, UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &status);
  ucnv_setFromUCallBack(impl_->handle, UCNV_FROM_U_CALLBACK_STOP, nullptr, nullptr, nullptr,
                        &status);
  ucnv_setFallback(impl_->handle, false);
}

Converter::~Converter() {
  ucnv_close(impl_->handle);
}

bool Converter::append_decoded(std::string_view bytes, std::string& utf8) {
  std::array<UChar, 1024> units;
  const char* source = bytes.data();
  const char* const end = source + bytes.size();
  ucnv_resetToUnicode(impl_->handle);
  char32_t lead = 0;
  for (;;) {
    UErrorCode status = U_ZERO_ERROR;
    UChar* target = units.data();
    ucnv_toUnicode(impl_->handle, &target, units.data() + units.size(), &source, end, nullptr, true,
                   &status);
    if (U_FAILURE(status) && status != U_BUFFER_OVERFLOW_ERROR) return false;
    for (const UChar* unit = units.data(); unit != target; ++unit) {
      if (U16_IS_LEAD(*unit)) {
        lead = *unit;
      } else {
        const bool is_pair = U16_IS_TRAIL(*unit);
        append_utf8(is_pair ? static_cast<char32_t>(U16_GET_SUPPLEMENTARY(lead, *unit)) : *unit,
                    utf8);
      }
    }
    if (status != U_BUFFER_OVERFLOW_ERROR) return true;
  }
}

std::optional<std::string> Converter::encode(char32_t point) {
  std::array<UChar, 2> units;
  int32_t length = 0;
  U16_APPEND_UNSAFE(units.data(), length, point);
  std::array<char, 16> bytes;
  UErrorCode status = U_ZERO_ERROR;
  const int32_t written =
      ucnv_fromUChars(impl_->handle, bytes.data(), static_cast<int32_t>(bytes.size()), units.data(),
                      length, &status);
  if (U_FAILURE(status)) return std::nullopt;
  return std::string(bytes.data(), static_cast<std::size_t>(written));
}

bool append_decoded(const CodeElement& element, std::string_view bytes, Converter* converter,
                    std::string& utf8) {
  if (element.registration == 13 && element.is_g1) return decode_kana(bytes, utf8);
  if (converter == nullptr) {
    for (const char c : bytes) {
      if (element.registration == 13 && c == '~') {
        append_utf8(overline, utf8);
      } else {
        utf8 += c;
      }
    }
    return true;
  }
  if (element.registration == 166 && !std::all_of(bytes.begin(), bytes.end(), is_thai)) {
    return false;
  }
  if (element.width == 1) return converter->append_decoded(bytes, utf8);
  return bytes.size() % 2 == 0 && converter->append_decoded(to_euc(element, bytes), utf8);
}

std::optional<std::string> encode(const CodeElement& element, char32_t point,
                                  Converter* converter) {
  if (element.registration == 13 && element.is_g1) {
    if (point < first_kana || point > last_kana) return std::nullopt;
    return std::string(1, static_cast<char>(point - first_kana + first_kana_byte));
  }
  if (converter == nullptr) {
    const bool is_romaji = element.registration == 13;
    if (is_romaji && point == overline) return "~";
    if (point >= 0x80 || (is_romaji && point == U'~')) return std::nullopt;
    return std::string(1, static_cast<char>(point));
  }
  std::optional<std::string> bytes = converter->encode(point);
  if (!bytes) return std::nullopt;
  if (element.width == 2) return from_euc(element, *std::move(bytes));
  if (bytes->size() != 1 || to_byte(bytes->front()) < 0x80) return std::nullopt;
  return bytes;
}

void append_utf8(char32_t point, std::string& utf8) {
  std::array<char, 4> bytes;
  std::size_t length = 0;
  U8_APPEND_UNSAFE(bytes.data(), length, point);
  utf8.append(bytes.data(), length);
}

char32_t next_point(std::string_view utf8, std::size_t& at) {
  UChar32 point = 0;
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(utf8.data());
  auto i = at;
  U8_NEXT_UNSAFE(bytes, i, point);
  at = i;
  return static_cast<char32_t>(point);
}

}  // namespace efface::text::internal
