#include <charconv>
#include <cmath>
#include <cstring>

#include "dicom_dcmtk/internal_state.h"

namespace efface::dicom_dcmtk {

namespace {

using dicom::Vr;

constexpr std::uint64_t max_loaded_bytes = 64 * 1024;

std::optional<double> decimal(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '+')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\0')) text.remove_suffix(1);
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (!whole || !std::isfinite(number)) return std::nullopt;
  return number;
}

template <class T>
std::vector<double> binary(const std::string& bytes) {
  std::vector<double> numbers;
  for (std::size_t i = 0; i + sizeof(T) <= bytes.size(); i += sizeof(T)) {
    T number;
    std::memcpy(&number, bytes.data() + i, sizeof(T));
    if (!std::isfinite(number)) return {};
    numbers.push_back(static_cast<double>(number));
  }
  return numbers;
}

/// The value with numbers in little-endian order.
std::string little_endian_value(const Element& element, Bytes content) {
  std::string value(value_of(element, content));
  if (element.is_big_endian) swap_numbers(element.vr, value);
  return value;
}

}  // namespace

dicom::DataSet to_data_set(const Item& item, Bytes content) {
  dicom::DataSet data_set;
  data_set.attributes.reserve(item.elements.size());
  for (const Element& element : item.elements) {
    if (element.is_removed) continue;
    dicom::Attribute& attribute = data_set.attributes.emplace_back();
    attribute.tag = element.tag;
    attribute.vr = element.vr;
    attribute.length = element.value_length;
    if (element.is_sequence) {
      attribute.items.reserve(element.items.size());
      for (const Item& inner : element.items) {
        if (!inner.is_removed) attribute.items.push_back(to_data_set(inner, content));
      }
    } else if (element.value_length > max_loaded_bytes || element.has_undefined_length) {
      attribute.is_loaded = false;
    } else {
      attribute.value = base::Phi<std::string>(little_endian_value(element, content));
    }
  }
  return data_set;
}

std::string Values::raw(dicom::Tag tag) const {
  const Element* element = item_.find(tag);
  if (element == nullptr || element->is_sequence || element->value_length > max_loaded_bytes) {
    return {};
  }
  std::string text(value_of(*element, content_));
  while (!text.empty() && (text.back() == ' ' || text.back() == '\0')) text.pop_back();
  return text;
}

std::string Values::text(dicom::Tag tag) const {
  std::string text = raw(tag);
  text.erase(0, text.find_first_not_of(' '));
  return text;
}

std::vector<double> Values::decimals(dicom::Tag tag) const {
  const Element* element = item_.find(tag);
  if (element == nullptr || element->value_length > max_loaded_bytes) return {};
  if (element->vr == Vr::FD) return binary<double>(little_endian_value(*element, content_));
  if (element->vr == Vr::FL) return binary<float>(little_endian_value(*element, content_));
  std::vector<double> numbers;
  for (const std::string& value : dicom::split_values(text(tag))) {
    const std::optional<double> number = decimal(value);
    if (!number) return {};
    numbers.push_back(*number);
  }
  return numbers;
}

std::optional<std::uint16_t> Values::us(dicom::Tag tag) const {
  const Element* element = item_.find(tag);
  if (element == nullptr || element->value_length < 2) return std::nullopt;
  return load16(content_, element->value_offset, element->is_big_endian);
}

const Item* Values::first_item(dicom::Tag sequence) const {
  const Element* element = item_.find(sequence);
  return element == nullptr || element->items.empty() ? nullptr : &element->items.front();
}

}  // namespace efface::dicom_dcmtk
