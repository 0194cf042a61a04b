// Writes JSON as text, member by member, without a tree in memory: the manifest of a million files
// is streamed. Puts the commas; does not check that brackets and keys are balanced. Reading is
// nlohmann's.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace efface::audit {

class JsonText {
 public:
  /// Appends to `out`, which must outlive this.
  explicit JsonText(std::string& out) : out_(out) {}

  JsonText& open(char bracket);   ///< '{' or '['
  JsonText& close(char bracket);  ///< '}' or ']'
  JsonText& key(std::string_view name);

  /// Bytes that are not UTF-8 become U+FFFD.
  void value(std::string_view text);
  void value(const char* text) { value(std::string_view(text)); }
  void value(const std::string& text) { value(std::string_view(text)); }
  void value(bool flag) { raw(flag ? "true" : "false"); }
  /// The shortest text that reads back as the same number; null when it is not finite.
  void value(double number);
  template <std::unsigned_integral Number>
  requires(!std::same_as<Number, bool>) void value(Number number) { raw(std::to_string(number)); }
  /// Text that is JSON already.
  void raw(std::string_view json);
  void null() { raw("null"); }

  template <class Value>
  JsonText& member(std::string_view name, const Value& content) {
    key(name).value(content);
    return *this;
  }
  /// Left out when empty.
  JsonText& member_unless_empty(std::string_view name, std::string_view text) {
    if (!text.empty()) key(name).value(text);
    return *this;
  }

 private:
  void separate();

  std::string& out_;
  bool needs_comma_ = false;
};

}  // namespace efface::audit
