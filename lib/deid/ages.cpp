#include "deid/ages.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "deid/dates.h"
#include "dicom/dataset.h"

namespace efface::deid {

namespace {

constexpr int most_years = 89;

std::optional<std::string> age_to_keep(const std::string& value) {
  int number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  const bool is_age = value.size() == 4 && error == std::errc() && end == value.data() + 3 &&
                      value[0] >= '0' && value[0] <= '9' &&
                      std::string("DWMY").find(value[3]) != std::string::npos;
  if (!is_age) return std::nullopt;
  return value[3] == 'Y' ? age_in_years(number) : value;  // 999 months are 83 years
}

}  // namespace

std::string age_in_years(int years) {
  return fmt::format("{:03}Y", std::min(years, most_years + 1));
}

std::optional<std::string> ages_to_keep(const std::string& text) {
  std::string all;
  bool is_first = true;
  for (const std::string& value : dicom::split_values(text)) {
    if (!is_first) all += '\\';
    is_first = false;
    if (value.empty()) continue;
    const std::optional<std::string> age = age_to_keep(value);
    if (!age) return std::nullopt;
    all += *age;
  }
  return all;
}

std::optional<int> years_between(const std::string& birth, const std::string& day) {
  const bool are_dates = birth.size() == 8 && day.size() == 8 && is_valid(dicom::Vr::DA, birth) &&
                         is_valid(dicom::Vr::DA, day);
  if (!are_dates || day < birth) return std::nullopt;
  const int years = std::stoi(day.substr(0, 4)) - std::stoi(birth.substr(0, 4));
  return day.substr(4) < birth.substr(4) ? years - 1 : years;
}

}  // namespace efface::deid
