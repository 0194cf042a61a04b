#include "deid/dates.h"

#include <algorithm>
#include <chrono>
#include <string_view>

#include <fmt/format.h>

#include "dicom/dataset.h"

namespace efface::deid {

namespace {

using dicom::Vr;

bool are_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

int number(std::string_view digits) {
  int value = 0;
  for (const char c : digits) value = 10 * value + (c - '0');
  return value;
}

/// Two digits at `at`, from 0 to `most`.
bool is_pair(std::string_view text, std::size_t at, int most) {
  const std::string_view pair = text.substr(at, 2);
  return pair.size() == 2 && are_digits(pair) && number(pair) <= most;
}

/// The day that "YYYYMMDD" names.
std::optional<std::chrono::year_month_day> day_of(std::string_view text) {
  using namespace std::chrono;
  if (text.size() != 8 || !are_digits(text)) return std::nullopt;
  const year_month_day date{year{number(text.substr(0, 4))},
                            month{static_cast<unsigned>(number(text.substr(4, 2)))},
                            day{static_cast<unsigned>(number(text.substr(6, 2)))}};
  if (!date.ok() || number(text.substr(0, 4)) == 0) return std::nullopt;
  return date;
}

/// ACR-NEMA's YYYY.MM.DD as YYYYMMDD; anything else as it is.
std::string compact_date(const std::string& value) {
  if (value.size() != 10 || value[4] != '.' || value[7] != '.') return value;
  return value.substr(0, 4) + value.substr(5, 2) + value.substr(8, 2);
}

/// HH[MM[SS[.F]]]; the second 60 is a leap second.
bool is_time(std::string_view text) {
  if (text.size() == 8 && text[2] == ':' && text[5] == ':') {
    return is_pair(text, 0, 23) && is_pair(text, 3, 59) && is_pair(text, 6, 60);
  }
  if (text.size() < 2 || !is_pair(text, 0, 23)) return false;
  if (text.size() == 2) return true;
  if (!is_pair(text, 2, 59)) return false;
  if (text.size() == 4) return true;
  if (!is_pair(text, 4, 60)) return false;
  const std::string_view fraction = text.substr(6);
  if (fraction.empty()) return true;
  return fraction[0] == '.' && fraction.size() >= 2 && fraction.size() <= 7 &&
         are_digits(fraction.substr(1));
}

/// &ZZXX: an offset from UTC of at most 14 hours.
bool is_zone(std::string_view text) {
  return text.size() == 5 && (text[0] == '+' || text[0] == '-') && is_pair(text, 1, 14) &&
         is_pair(text, 3, 59);
}

bool is_date_time(std::string_view text) {
  const std::size_t zone = std::min(text.find_first_of("+-"), text.size());
  if (zone < text.size() && !is_zone(text.substr(zone))) return false;
  text = text.substr(0, zone);
  if (text.size() == 4) return are_digits(text);
  if (text.size() == 6) return are_digits(text) && day_of(std::string(text) + "01").has_value();
  if (text.size() < 8 || !day_of(text.substr(0, 8))) return false;
  return text.size() == 8 || (text.find(':') == std::string_view::npos && is_time(text.substr(8)));
}

bool is_valid_value(Vr vr, const std::string& value) {
  switch (vr) {
    case Vr::DA:
      return day_of(compact_date(value)).has_value();
    case Vr::TM:
      return is_time(value);
    case Vr::DT:
      return is_date_time(value);
    default:
      return false;
  }
}

std::optional<std::string> shifted_day(std::string_view text, int days) {
  using namespace std::chrono;
  const std::optional<year_month_day> date = day_of(text);
  if (!date) return std::nullopt;
  const year_month_day moved{sys_days{*date} + std::chrono::days{days}};
  const int moved_year = static_cast<int>(moved.year());
  if (moved_year < 1 || moved_year > 9999) return std::nullopt;
  return fmt::format("{:04}{:02}{:02}", moved_year, static_cast<unsigned>(moved.month()),
                     static_cast<unsigned>(moved.day()));
}

std::optional<std::string> shifted(Vr vr, const std::string& value, int days) {
  if (!is_valid_value(vr, value)) return std::nullopt;
  if (vr == Vr::DA) return shifted_day(compact_date(value), days);
  if (vr != Vr::DT) return std::nullopt;
  std::optional<std::string> day = shifted_day(std::string_view(value).substr(0, 8), days);
  if (day) *day += value.substr(8);
  return day;
}

}  // namespace

bool is_valid(Vr vr, const std::string& text) {
  if (vr != Vr::DA && vr != Vr::TM && vr != Vr::DT) return false;
  const std::vector<std::string> values = dicom::split_values(text);
  return std::all_of(values.begin(), values.end(), [vr](const std::string& value) {
    return value.empty() || is_valid_value(vr, value);
  });
}

std::optional<std::string> shifted_dates(Vr vr, const std::string& text, int days) {
  std::string all;
  bool is_first = true;
  for (const std::string& value : dicom::split_values(text)) {
    if (!is_first) all += '\\';
    is_first = false;
    if (value.empty()) continue;
    const std::optional<std::string> moved = shifted(vr, value, days);
    if (!moved) return std::nullopt;
    all += *moved;
  }
  return all;
}

}  // namespace efface::deid
