#include "text/checksum.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>

#include "text/folded_text.h"

namespace efface::text {

namespace {

std::string digits_of(std::string_view text) {
  std::string digits;
  std::copy_if(text.begin(), text.end(), std::back_inserter(digits), is_digit);
  return digits;
}

bool is_alphanumeric(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z');
}

std::string letters_and_digits_of(std::string_view text) {
  std::string kept;
  std::copy_if(text.begin(), text.end(), std::back_inserter(kept), is_alphanumeric);
  return kept;
}

int value(char c) {
  return is_digit(c) ? c - '0' : c - 'a' + 10;
}

/// Σ weight × digit over as many digits as there are weights.
int weighted(std::string_view digits, std::initializer_list<int> weights) {
  int sum = 0;
  std::size_t i = 0;
  for (const int weight : weights) sum += weight * value(digits[i++]);
  return sum;
}

bool is_luhn(std::string_view digits) {
  int sum = 0;
  bool is_doubled = false;
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) {
    const int one = value(*digit) * (is_doubled ? 2 : 1);
    sum += one > 9 ? one - 9 : one;
    is_doubled = !is_doubled;
  }
  return sum % 10 == 0 && digits.find_first_not_of('0') != std::string_view::npos;
}

std::uint64_t remainder(std::string_view digits, std::uint64_t divisor) {
  std::uint64_t rest = 0;
  for (const char c : digits) {
    rest = (rest * 10 + static_cast<std::uint64_t>(c - '0')) % divisor;
  }
  return rest;
}

bool is_day_and_month(int day, int month) {
  return day >= 1 && day <= 31 && month >= 1 && month <= 12;
}

int number(std::string_view digits, std::size_t begin, std::size_t length) {
  int result = 0;
  for (const char c : digits.substr(begin, length)) result = result * 10 + value(c);
  return result;
}

/// All digits equal pass many schemes and are nobody's.
bool is_uniform(std::string_view digits) {
  return digits.find_first_not_of(digits.front()) == std::string_view::npos;
}

/// A rule for all of a candidate's digits as a Check.
template <std::size_t length, bool (*rule)(const std::string&)>
std::size_t whole(std::string_view text) {
  const std::string digits = digits_of(text);
  return digits.size() == length && !is_uniform(digits) && rule(digits) ? text.size() : 0;
}

/// The same for letters and digits.
template <std::size_t length, bool (*rule)(const std::string&)>
std::size_t whole_code(std::string_view text) {
  const std::string code = letters_and_digits_of(text);
  return code.size() == length && rule(code) ? text.size() : 0;
}

bool us_ssn(const std::string& d) {
  const int area = number(d, 0, 3);
  return area != 0 && area != 666 && area < 900 && number(d, 3, 2) != 0 && number(d, 5, 4) != 0;
}

bool uk_nhs(const std::string& d) {
  const int check = 11 - weighted(d, {10, 9, 8, 7, 6, 5, 4, 3, 2}) % 11;
  return check % 11 == value(d[9]) && check != 10;
}

bool ch_ahv(const std::string& d) {
  const int sum = weighted(d, {1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3});
  return d.starts_with("756") && (10 - sum % 10) % 10 == value(d[12]);
}

/// ISO 7064 MOD 11,10.
bool de_steuer_id(const std::string& d) {
  int product = 10;
  for (std::size_t i = 0; i < 10; ++i) {
    const int sum = (value(d[i]) + product) % 10;
    product = (sum == 0 ? 10 : sum) * 2 % 11;
  }
  return d[0] != '0' && (11 - product) % 10 == value(d[10]);
}

bool de_kvnr(const std::string& code) {
  if (is_digit(code[0]) || digits_of(code).size() != 9) return false;
  const int letter = code[0] - 'a' + 1;
  const std::string all =
      std::string(letter < 10 ? "0" : "") + std::to_string(letter) + code.substr(1, 8);
  int sum = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const int one = value(all[i]) * (i % 2 == 0 ? 1 : 2);
    sum += one > 9 ? one - 9 : one;
  }
  return sum % 10 == value(code[9]);
}

bool fr_nir(const std::string& code) {
  std::string digits = code;
  if (digits[6] == 'a' || digits[6] == 'b') {  // Corsica: 2A is 19, 2B is 18
    digits.replace(5, 2, digits[6] == 'a' ? "19" : "18");
  }
  if (digits_of(digits).size() != 15 || digits[0] < '1' || digits[0] > '8') return false;
  return 97 - remainder(digits.substr(0, 13), 97) ==
         static_cast<std::uint64_t>(number(digits, 13, 2));
}

/// Coordination numbers have 60 added to the day.
bool se_personnummer_short(const std::string& d) {
  const int day = number(d, 4, 2);
  return is_day_and_month(day > 60 ? day - 60 : day, number(d, 2, 2)) && is_luhn(d);
}

std::size_t se_personnummer(std::string_view text) {
  const std::string digits = digits_of(text);
  if (digits.size() != 10 && digits.size() != 12) return 0;
  return se_personnummer_short(digits.substr(digits.size() - 10)) ? text.size() : 0;
}

bool no_fodselsnummer(const std::string& d) {
  const int day = number(d, 0, 2) % 40, month = number(d, 2, 2) % 40;
  const int first = (11 - weighted(d, {3, 7, 6, 1, 8, 9, 4, 5, 2}) % 11) % 11;
  const int second = (11 - weighted(d, {5, 4, 3, 2, 7, 6, 5, 4, 3, 2}) % 11) % 11;
  return is_day_and_month(day, month) && first == value(d[9]) && second == value(d[10]);
}

bool dk_cpr(const std::string& d) {
  return is_day_and_month(number(d, 0, 2), number(d, 2, 2));
}

bool fi_hetu(const std::string& code) {
  constexpr std::string_view signs = "0123456789abcdefhjklmnprstuvwxy";
  const std::string digits = code.substr(0, 6) + code.substr(code.size() - 4, 3);
  if (digits_of(digits).size() != 9) return false;
  return is_day_and_month(number(digits, 0, 2), number(digits, 2, 2)) &&
         signs[remainder(digits, 31)] == code.back();
}

std::size_t fi_hetu_with_sign(std::string_view text) {
  return text.size() == 11 && fi_hetu(std::string(text)) ? text.size() : 0;
}

bool nl_bsn(const std::string& d) {
  return weighted(d, {9, 8, 7, 6, 5, 4, 3, 2, -1}) % 11 == 0;
}

bool be_rijksregister(const std::string& d) {
  const auto check = static_cast<std::uint64_t>(number(d, 9, 2));
  const std::string first = d.substr(0, 9);
  return is_day_and_month(number(d, 4, 2), number(d, 2, 2)) &&
         (97 - remainder(first, 97) == check || 97 - remainder("2" + first, 97) == check);
}

bool es_dni(const std::string& code) {
  constexpr std::string_view letters = "trwagmyfpdxbnjzsqvhlcke";
  std::string digits = code.substr(0, 8);
  if (digits[0] >= 'x' && digits[0] <= 'z') digits[0] = static_cast<char>(digits[0] - 'x' + '0');
  return digits_of(digits).size() == 8 && letters[remainder(digits, 23)] == code[8];
}

bool it_codice_fiscale(const std::string& code) {
  constexpr std::array<int, 26> odd{1,  0,  5, 7, 9, 13, 15, 17, 19, 21, 2,  4,  18,
                                    20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23};
  int sum = 0;
  for (std::size_t i = 0; i < 15; ++i) {
    const char c = code[i];
    const int place = is_digit(c) ? c - '0' : c - 'a';
    sum += i % 2 == 0 ? odd[static_cast<std::size_t>(place)] : place;
  }
  return code[15] == static_cast<char>('a' + sum % 26);
}

bool pl_pesel(const std::string& d) {
  return is_day_and_month(number(d, 4, 2), number(d, 2, 2) % 20) &&
         weighted(d, {1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1}) % 10 == 0;
}

bool pt_nif(const std::string& d) {
  const int rest = weighted(d, {9, 8, 7, 6, 5, 4, 3, 2}) % 11;
  return value(d[8]) == (rest < 2 ? 0 : 11 - rest);
}

bool at_svnr(const std::string& d) {
  const int check = weighted(d, {3, 7, 9, 0, 5, 8, 4, 2, 1, 6}) % 11;
  return check == value(d[3]) && is_day_and_month(number(d, 4, 2), number(d, 6, 2));
}

bool ie_pps(const std::string& code) {
  int sum = weighted(code, {8, 7, 6, 5, 4, 3, 2});
  if (code.size() == 9 && code[8] != 'w') sum += 9 * (code[8] - 'a' + 1);
  constexpr std::string_view letters = "wabcdefghijklmnopqrstuv";
  return letters[static_cast<std::size_t>(sum % 23)] == code[7];
}

std::size_t ie_pps_any(std::string_view text) {
  const std::string code = letters_and_digits_of(text);
  return (code.size() == 8 || code.size() == 9) && digits_of(code).size() == 7 && ie_pps(code)
             ? text.size()
             : 0;
}

bool cz_rodne_cislo(const std::string& d) {
  return is_day_and_month(number(d, 4, 2), number(d, 2, 2) % 50 % 20) && remainder(d, 11) == 0;
}

bool br_cpf(const std::string& d) {
  const int first = weighted(d, {10, 9, 8, 7, 6, 5, 4, 3, 2}) * 10 % 11 % 10;
  const int second = weighted(d, {11, 10, 9, 8, 7, 6, 5, 4, 3, 2}) * 10 % 11 % 10;
  return first == value(d[9]) && second == value(d[10]);
}

bool luhn_rule(const std::string& d) {
  return is_luhn(d);
}

bool au_medicare(const std::string& d) {
  return d[0] >= '2' && d[0] <= '6' && weighted(d, {1, 3, 7, 9, 1, 3, 7, 9}) % 10 == value(d[8]);
}

/// Verhoeff.
bool in_aadhaar(const std::string& d) {
  constexpr int permute[8][10] = {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 5, 7, 6, 2, 8, 3, 0, 9, 4},
                                  {5, 8, 0, 3, 7, 9, 6, 1, 4, 2}, {8, 9, 1, 6, 0, 4, 3, 5, 2, 7},
                                  {9, 4, 5, 3, 1, 2, 6, 8, 7, 0}, {4, 2, 8, 6, 5, 7, 3, 9, 0, 1},
                                  {2, 7, 9, 3, 8, 0, 6, 4, 1, 5}, {7, 0, 4, 6, 9, 1, 3, 2, 5, 8}};
  const auto multiply = [](int a, int b) {  // in the dihedral group of ten elements
    if (a < 5) return b < 5 ? (a + b) % 5 : (a + b - 5) % 5 + 5;
    return b < 5 ? (a - 5 - b + 5) % 5 + 5 : (a - b + 5) % 5;
  };
  int check = 0;
  for (std::size_t i = 0; i < d.size(); ++i) {
    check = multiply(check, permute[i % 8][value(d[d.size() - 1 - i])]);
  }
  return d[0] >= '2' && check == 0;
}

bool cn_resident(const std::string& code) {
  if (digits_of(code.substr(0, 17)).size() != 17) return false;
  const int sum = weighted(code, {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2});
  return std::string_view("10x98765432")[static_cast<std::size_t>(sum % 11)] == code[17];
}

/// Numbers given since October 2020 have no check digit: the date must do.
bool kr_rrn(const std::string& d) {
  return is_day_and_month(number(d, 4, 2), number(d, 2, 2)) && d[6] != '0' && d[6] != '9';
}

bool jp_my_number(const std::string& d) {
  const int rest = weighted(d, {6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2}) % 11;
  return value(d[11]) == (rest <= 1 ? 0 : 11 - rest);
}

bool tr_tckn(const std::string& d) {
  const int odd = weighted(d, {1, 0, 1, 0, 1, 0, 1, 0, 1});
  const int even = weighted(d, {0, 1, 0, 1, 0, 1, 0, 1});
  const int tenth = ((odd * 7 - even) % 10 + 10) % 10;
  return d[0] != '0' && tenth == value(d[9]) && (odd + even + tenth) % 10 == value(d[10]);
}

bool za_id(const std::string& d) {
  return is_day_and_month(number(d, 4, 2), number(d, 2, 2)) && is_luhn(d);
}

bool mx_curp(const std::string& code) {
  // The alphabet of the scheme has ñ (24) after n; folded text has none.
  const auto place = [](char c) {
    return is_digit(c) ? c - '0' : c - 'a' + 10 + (c > 'n' ? 1 : 0);
  };
  int sum = 0;
  for (std::size_t i = 0; i < 17; ++i) sum += place(code[i]) * (18 - static_cast<int>(i));
  return is_digit(code[17]) && (10 - sum % 10) % 10 == value(code[17]);
}

std::size_t cl_rut(std::string_view text) {
  const std::string code = letters_and_digits_of(text);
  if (code.size() < 8 || code.size() > 9) return 0;
  int sum = 0, weight = 2;
  for (auto c = code.rbegin() + 1; c != code.rend(); ++c) {
    if (!is_digit(*c)) return 0;
    sum += weight * value(*c);
    weight = weight == 7 ? 2 : weight + 1;
  }
  return std::string_view("0k987654321")[static_cast<std::size_t>(sum % 11)] == code.back()
             ? text.size()
             : 0;
}

/// National Provider Identifier: Luhn with the issuer's 80840 before it.
bool us_npi(const std::string& d) {
  return is_luhn("80840" + d);
}

bool us_dea(const std::string& code) {
  const std::string d = code.substr(2);
  return digits_of(d).size() == 7 &&
         (weighted(d, {1, 0, 1, 0, 1, 0}) + 2 * weighted(d, {0, 1, 0, 1, 0, 1})) % 10 ==
             value(d[6]);
}

/// ISO 3779 with the North American check digit; no letters I, O, Q.
bool vin(const std::string& code) {
  constexpr std::string_view values = "12345678012345070923456789";  // a to z; i, o, q unused
  constexpr std::array<int, 17> weights{8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2};
  int sum = 0;
  for (std::size_t i = 0; i < 17; ++i) {
    const char c = code[i];
    if (c == 'i' || c == 'o' || c == 'q') return false;
    sum += weights[i] * (is_digit(c) ? c - '0' : values[static_cast<std::size_t>(c - 'a')] - '0');
  }
  return "0123456789x"[sum % 11] == code[8];
}

std::size_t payment_card(std::string_view text) {
  const std::string digits = digits_of(text);
  const bool is_long_enough = digits.size() >= 13 && digits.size() <= 19;
  return is_long_enough && !is_uniform(digits) && is_luhn(digits) ? text.size() : 0;
}

/// Lengths by country from the IBAN registry (ISO 13616).
std::size_t iban_length(std::string_view country) {
  constexpr auto lengths = std::to_array<std::pair<std::string_view, std::size_t>>(
      {{"ad", 24}, {"ae", 23}, {"al", 28}, {"at", 20}, {"az", 28}, {"ba", 20}, {"be", 16},
       {"bg", 22}, {"bh", 22}, {"br", 29}, {"by", 28}, {"ch", 21}, {"cr", 22}, {"cy", 28},
       {"cz", 24}, {"de", 22}, {"dk", 18}, {"do", 28}, {"ee", 20}, {"eg", 29}, {"es", 24},
       {"fi", 18}, {"fo", 18}, {"fr", 27}, {"gb", 22}, {"ge", 22}, {"gi", 23}, {"gl", 18},
       {"gr", 27}, {"gt", 28}, {"hr", 21}, {"hu", 28}, {"ie", 22}, {"il", 23}, {"iq", 23},
       {"is", 26}, {"it", 27}, {"jo", 30}, {"kw", 30}, {"kz", 20}, {"lb", 28}, {"lc", 32},
       {"li", 21}, {"lt", 20}, {"lu", 20}, {"lv", 21}, {"mc", 27}, {"md", 24}, {"me", 22},
       {"mk", 19}, {"mr", 27}, {"mt", 31}, {"mu", 30}, {"nl", 18}, {"no", 15}, {"pk", 24},
       {"pl", 28}, {"ps", 29}, {"pt", 25}, {"qa", 29}, {"ro", 24}, {"rs", 22}, {"sa", 24},
       {"se", 24}, {"si", 19}, {"sk", 24}, {"sm", 27}, {"tn", 24}, {"tr", 26}, {"ua", 29},
       {"va", 22}, {"vg", 24}, {"xk", 20}});
  const auto* found = std::find_if(lengths.begin(), lengths.end(),
                                   [&](const auto& entry) { return entry.first == country; });
  return found == lengths.end() ? 0 : found->second;
}

/// Groups that follow an IBAN can look like its own: the country says where it ends.
std::size_t iban(std::string_view text) {
  const std::size_t length = text.size() < 2 ? 0 : iban_length(text.substr(0, 2));
  std::string code;
  std::size_t used = 0;
  for (; used < text.size() && code.size() < length; ++used) {
    if (is_alphanumeric(text[used])) code += text[used];
  }
  if (length == 0 || code.size() != length) return 0;
  std::rotate(code.begin(), code.begin() + 4, code.end());
  std::string digits;
  for (const char c : code) digits += std::to_string(value(c));
  return remainder(digits, 97) == 1 ? used : 0;
}

/// A local telephone number; 500-1000 is a range of something.
std::size_t not_a_range(std::string_view text) {
  const std::string digits = digits_of(text);
  const bool is_round = digits.size() == 7 && digits[2] == '0' && digits[6] == '0';
  return is_round ? 0 : text.size();
}

}  // namespace

Check find_check(std::string_view name) {
  constexpr auto checks = std::to_array<std::pair<std::string_view, Check>>({
      {"us_ssn", whole<9, us_ssn>},
      {"us_npi", whole<10, us_npi>},
      {"us_dea", whole_code<9, us_dea>},
      {"uk_nhs", whole<10, uk_nhs>},
      {"ch_ahv", whole<13, ch_ahv>},
      {"de_steuer_id", whole<11, de_steuer_id>},
      {"de_kvnr", whole_code<10, de_kvnr>},
      {"fr_nir", whole_code<15, fr_nir>},
      {"se_personnummer", se_personnummer},
      {"no_fodselsnummer", whole<11, no_fodselsnummer>},
      {"dk_cpr", whole<10, dk_cpr>},
      {"fi_hetu", fi_hetu_with_sign},
      {"nl_bsn", whole<9, nl_bsn>},
      {"be_rijksregister", whole<11, be_rijksregister>},
      {"es_dni", whole_code<9, es_dni>},
      {"it_codice_fiscale", whole_code<16, it_codice_fiscale>},
      {"pl_pesel", whole<11, pl_pesel>},
      {"pt_nif", whole<9, pt_nif>},
      {"at_svnr", whole<10, at_svnr>},
      {"ie_pps", ie_pps_any},
      {"cz_rodne_cislo", whole<10, cz_rodne_cislo>},
      {"br_cpf", whole<11, br_cpf>},
      {"ca_sin", whole<9, luhn_rule>},
      {"au_medicare", whole<10, au_medicare>},
      {"in_aadhaar", whole<12, in_aadhaar>},
      {"cn_resident", whole_code<18, cn_resident>},
      {"kr_rrn", whole<13, kr_rrn>},
      {"jp_my_number", whole<12, jp_my_number>},
      {"tr_tckn", whole<11, tr_tckn>},
      {"za_id", whole<13, za_id>},
      {"mx_curp", whole_code<18, mx_curp>},
      {"cl_rut", cl_rut},
      {"vin", whole_code<17, vin>},
      {"payment_card", payment_card},
      {"iban", iban},
      {"not_a_range", not_a_range},
  });
  const auto* found = std::find_if(checks.begin(), checks.end(),
                                   [&](const auto& entry) { return entry.first == name; });
  return found == checks.end() ? nullptr : found->second;
}

}  // namespace efface::text
