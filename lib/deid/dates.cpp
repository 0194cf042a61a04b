#include "deid/dates.h"

#include <algorithm>
#include <chrono>
#include <string_view>

#include <fmt/format.h>

#include "dicom/dataset.h"

namespace efface::deid {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

int number(std::string_view digits) {
  int value = 0;
  for (const char c : digits) value = 10 * value + (c - '0');
  return value;
}

/// "YYYYMMDD" moved, or nothing.
std::optional<std::string> shifted_day(std::string_view day, int days) {
  using namespace std::chrono;
  if (day.size() != 8 || !std::all_of(day.begin(), day.end(), is_digit)) return std::nullopt;
  const year_month_day date{year{number(day.substr(0, 4))},
                            month{static_cast<unsigned>(number(day.substr(4, 2)))},
                            std::chrono::day{static_cast<unsigned>(number(day.substr(6, 2)))}};
  if (!date.ok()) return std::nullopt;
  const year_month_day moved{sys_days{date} + std::chrono::days{days}};
  const int moved_year = static_cast<int>(moved.year());
  if (moved_year < 1 || moved_year > 9999) return std::nullopt;
  return fmt::format("{:04}{:02}{:02}", moved_year, static_cast<unsigned>(moved.month()),
                     static_cast<unsigned>(moved.day()));
}

std::optional<std::string> shifted(dicom::Vr vr, const std::string& value, int days) {
  if (vr == dicom::Vr::DT) {
    const auto is_time = [](char c) { return is_digit(c) || c == '.' || c == '+' || c == '-'; };
    if (value.size() < 8 || !std::all_of(value.begin(), value.end(), is_time)) return std::nullopt;
    std::optional<std::string> day = shifted_day(std::string_view(value).substr(0, 8), days);
    if (day) *day += value.substr(8);
    return day;
  }
  if (value.size() == 10 && value[4] == '.' && value[7] == '.') {
    return shifted_day(value.substr(0, 4) + value.substr(5, 2) + value.substr(8, 2), days);
  }
  return shifted_day(value, days);
}

}  // namespace

std::optional<std::string> shifted_dates(dicom::Vr vr, const std::string& text, int days) {
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
