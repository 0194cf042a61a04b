#include <algorithm>
#include <array>
#include <iterator>

#include "text/folded_text.h"
#include "text/internal_codes.h"

namespace efface::text::internal {

namespace {

constexpr std::size_t least_free = 4, least_digit_run = 5, least_phone_digits = 6;
constexpr std::size_t most_characters = 64;
constexpr std::string_view gap = "[-_ ./^]{0,2}", phone_gap = "[ ()./-]{0,3}";
constexpr std::string_view identifier_words =
    "(?:id|ids|mrn|pid|pat|patient|pt|no|nr|num|number|nummer|subject|subj|sub|case|acc|#)"
    "[ .:#=_-]{0,3}0{0,8}";

constexpr std::array<std::string_view, 12> months{
    "jan(?:uary|uar|vier|v)?|ene(?:ro)?|genn?(?:aio)?",
    "feb(?:ruary|ruar|rero|braio)?|fev(?:rier|r)?",
    "mar(?:ch|s|zo|z)?|maart|mrz",
    "apr(?:il|ile)?|avr(?:il)?|abr(?:il)?",
    "may|mai|mei|mayo|mag(?:gio)?",
    "june?|juni|juin|junio|giu(?:gno)?",
    "july?|juli|juil(?:let)?|julio|lug(?:lio)?",
    "aug(?:ust)?|aout|ago(?:sto)?",
    "sept?(?:ember|embre|iembre)?|set(?:tembre|embro)?",
    "oct(?:ober|obre|ubre)?|okt(?:ober)?|ott(?:obre)?",
    "nov(?:ember|embre|iembre)?",
    "dec(?:ember|embre)?|dez(?:ember)?|dic(?:embre|iembre)?"};

char kind_of(char c) {
  return is_digit(c) ? '0' : 'a';
}

/// The characters one by one with the gap between them.
std::string with_gaps(std::string_view characters, std::string_view between) {
  std::string pattern;
  for (const char c : characters) {
    const bool begins = (static_cast<unsigned char>(c) & 0xC0U) != 0x80;
    if (!pattern.empty() && begins) pattern += between;
    pattern += c;
  }
  return pattern;
}

std::string joined(std::initializer_list<std::string_view> parts, std::string_view between) {
  std::string pattern;
  for (const std::string_view part : parts) {
    if (!pattern.empty()) pattern += between;
    pattern += part;
  }
  return pattern;
}

}  // namespace

void append_identifier(std::string_view folded, Entity entity, std::vector<CodePattern>& patterns) {
  std::string code;
  std::size_t longest_run = 0, run = 0;
  for (const char c : folded) {
    if (code.size() >= most_characters && (static_cast<unsigned char>(c) & 0xC0U) != 0x80) break;
    run = is_digit(c) ? run + 1 : 0;
    longest_run = std::max(longest_run, run);
    if (is_digit(c) || is_word_letter(c)) code += c;
  }
  if (code.empty()) return;
  const bool is_number = longest_run > 0 && std::all_of(code.begin(), code.end(), is_digit);
  if (is_number) code.erase(0, std::min(code.find_first_not_of('0'), code.size() - 1));
  if (code.size() < least_free) {
    patterns.push_back(
        {entity, std::string(identifier_words) + with_gaps(code, ""), 'a', kind_of(code.back())});
    return;
  }
  const std::string_view between = code.size() > least_free ? gap : "";
  patterns.push_back({entity, (is_number ? "0{0,12}" : "") + with_gaps(code, between),
                      kind_of(code.front()), kind_of(code.back())});
  if (is_number) return;
  for (std::size_t at = 0; at < code.size();) {
    const std::size_t begin = at;
    while (at < code.size() && is_digit(code[at])) ++at;
    if (at - begin >= least_digit_run) {
      patterns.push_back({entity, with_gaps(code.substr(begin, at - begin), gap), '0', '0'});
    }
    if (at == begin) ++at;
  }
}

void append_date(std::string_view yyyymmdd, std::vector<CodePattern>& patterns) {
  const std::string year(yyyymmdd.substr(0, 4)), short_year(yyyymmdd.substr(2, 2));
  const std::string month(yyyymmdd.substr(4, 2)), day(yyyymmdd.substr(6, 2));
  const std::size_t number =
      static_cast<std::size_t>(month[0] - '0') * 10 + static_cast<std::size_t>(month[1] - '0');
  if (number < 1 || number > 12) return;
  const std::string any_year = "(?:" + year + "|'?" + short_year + ")";
  const auto without_zero = [](const std::string& two) {
    return two[0] == '0' ? "0?" + two.substr(1) : two;
  };
  const std::string m = without_zero(month), d = without_zero(day);
  const std::string name = "(?:" + std::string(months[number - 1]) + ")";
  const auto add = [&](const std::string& pattern, char first, char last) {
    patterns.push_back({Entity::date, pattern, first, last});
  };
  for (const std::string_view between : {"-", "/", "[.] ?", " ", "_"}) {
    add(joined({any_year, m, d}, between), '0', '0');
    add(joined({d, m, any_year}, between), '0', '0');
    add(joined({m, d, any_year}, between), '0', '0');
  }
  for (const std::string& y : {year, short_year}) {
    add(joined({y, month, day}, ""), '0', '0');
    add(joined({day, month, y}, ""), '0', '0');
    add(joined({month, day, y}, ""), '0', '0');
  }
  const std::string ordinal = "(?:st|nd|rd|th|[.])?[-/ ._]{0,2}(?:of |de )?";
  add(d + ordinal + name, '0', 'a');
  add(d + ordinal + name + "[-/ .,_]{0,3}(?:de )?" + any_year, '0', '0');
  add(name + "[-/ ._]{0,2}" + d + "(?:st|nd|rd|th)?(?:[-/ .,_]{1,3}" + any_year + ")?", 'a', '0');
}

void append_phone(std::string_view folded, std::vector<CodePattern>& patterns) {
  std::string digits;
  std::copy_if(folded.begin(), folded.end(), std::back_inserter(digits), is_digit);
  if (digits.size() < least_phone_digits || digits.size() > most_characters) return;
  patterns.push_back({Entity::phone, with_gaps(digits, phone_gap), '0', '0'});
  for (const std::size_t last : {std::size_t{10}, std::size_t{9}, std::size_t{8}, std::size_t{7}}) {
    if (digits.size() <= last) continue;
    patterns.push_back({Entity::phone,
                        "0?" + with_gaps(digits.substr(digits.size() - last), phone_gap), '0',
                        '0'});
  }
}

}  // namespace efface::text::internal
