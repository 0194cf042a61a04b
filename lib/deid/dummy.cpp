#include "deid/dummy.h"

#include <algorithm>
#include <string_view>

namespace efface::deid {

namespace {

using dicom::Vr;

constexpr std::size_t least_bytes = 2, most_bytes = 4096;

/// `value`, as often as `original` has values.
std::string repeated(std::string_view value, const std::string& original) {
  constexpr std::ptrdiff_t most_values = 256;
  const auto separators = std::count(original.begin(), original.end(), '\\');
  std::string text(value);
  for (std::ptrdiff_t i = 0; i < std::min(separators, most_values); ++i) {
    text += '\\';
    text += value;
  }
  return text;
}

}  // namespace

std::string dummy_value(dicom::Tag tag, Vr vr, const std::string& original) {
  // Reason for the Attribute Modification: of its defined terms, the one without a claim.
  if (tag == dicom::Tag{0x0400, 0x0565}) return "CORRECT";
  switch (vr) {
    case Vr::DA:
      return repeated("19000101", original);
    case Vr::TM:
      return repeated("000000", original);
    case Vr::DT:
      return repeated("19000101000000", original);
    case Vr::AS:
      return repeated("000D", original);
    case Vr::IS:
    case Vr::DS:
      return repeated("0", original);
    case Vr::CS:
      return repeated("ANON", original);
    case Vr::UR:
      return "http://anonymized.invalid";
    case Vr::AE:
    case Vr::LO:
    case Vr::LT:
    case Vr::SH:
    case Vr::ST:
    case Vr::UC:
    case Vr::UT:
      return "ANONYMIZED";
    case Vr::PN:
      return "ANONYMIZED^";  // without the caret it would be a name of a retired form
    default:
      return std::string(std::clamp(original.size(), least_bytes, most_bytes), '\0');
  }
}

bool is_dummy(const std::string& value) {
  return value == "ANONYMIZED" || value == "ANONYMIZED^" || value == "19000101" ||
         value == "19000101000000" || value == "000000" || value == "CORRECT" ||
         value == "http://anonymized.invalid";
}

}  // namespace efface::deid
