#include "sidecar/value_shapes.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>

namespace efface::sidecar {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_alphanumeric(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0;
}

template <class Allows>
bool is_made_of(std::string_view value, const Allows& allows) {
  return !value.empty() && std::all_of(value.begin(), value.end(), allows);
}

/// Folders and names as BIDS allows them, or a URI bids:NAME:path.
bool is_path(std::string_view value) {
  return is_made_of(value, [](char c) {
    return is_alphanumeric(c) || std::string_view("_-./:+").find(c) != std::string_view::npos;
  });
}

bool is_version(std::string_view value) {
  constexpr std::size_t longest = 40;
  return value.size() <= longest && is_made_of(value, [](char c) {
           return is_alphanumeric(c) || std::string_view(".-_ /").find(c) != std::string_view::npos;
         });
}

bool is_label(std::string_view value) {
  return is_made_of(value, [](char c) { return is_alphanumeric(c) || c == '-' || c == '+'; });
}

std::optional<double> number_in(std::string_view value) {
  double number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc() || end != value.data() + value.size()) return std::nullopt;
  return number;
}

}  // namespace

bool is_absent(std::string_view value) {
  return value.empty() || value == "n/a" || value == "N/A" || value == "NaN";
}

bool is_number(std::string_view value) {
  return number_in(value).has_value();
}

bool is_harmless_number(std::string_view value) {
  constexpr std::ptrdiff_t most_digits = 6;
  if (!is_number(value)) return false;
  return std::count_if(value.begin(), value.end(), is_digit) <= most_digits ||
         value.find('.') != std::string_view::npos;
}

bool is_high_age(std::string_view value) {
  constexpr double least = 89;
  const auto years = number_in(value);
  return years && *years >= least;
}

bool names_columns(const std::vector<std::string>& cells) {
  static const deid::Profile any;
  const bool has_field = std::any_of(cells.begin(), cells.end(), [](const std::string& cell) {
    return !is_number(cell) && !is_plain(field_of(cell, any));
  });
  const auto is_empty = [](const std::string& cell) { return cell.empty(); };
  return has_field || (std::none_of(cells.begin(), cells.end(), is_harmless_number) &&
                       !std::all_of(cells.begin(), cells.end(), is_empty));
}

bool stays(const Field& field, std::string_view value) {
  if (is_absent(value)) return true;
  switch (field.treatment) {
    case Treatment::keep:
      return true;
    case Treatment::path:
      if (is_path(value)) return true;
      break;
    case Treatment::version:
      if (is_version(value)) return true;
      break;
    case Treatment::label:
      if (is_label(value)) return true;
      break;
    case Treatment::age:
      if (is_high_age(value)) return false;
      break;
    case Treatment::clean:
      break;
    case Treatment::remove:
    case Treatment::replace_uid:
    case Treatment::shift_date:
      return false;
  }
  return is_harmless_number(value) || value == "89+";
}

}  // namespace efface::sidecar
