#include <algorithm>
#include <iterator>
#include <span>
#include <string_view>
#include <utility>

#include "deid/internal_content.h"
#include "deid/internal_removed_values.h"
#include "deid/sr_content.h"
#include "deid/table.h"
#include "dicom/uid.h"

namespace efface::deid::internal {

namespace {

using dicom::Vr;

constexpr std::size_t most_bytes = 256;

template <class Function>
void for_each_part(std::string_view text, std::string_view separators, Function&& function) {
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find_first_of(separators, start), text.size());
    function(text.substr(start, end - start));
    start = end + 1;
  }
}

/// Bytes that can be text in any character set; padding aside.
bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 ? byte != 0x7F : c == '\r' || c == '\n' || c == '\t' || c == '\x1B';
  });
}

/// What the attribute's values say of somebody.
Telling telling_of(const dicom::Attribute& attribute) {
  switch (safe_harbor_class(attribute.tag, attribute.vr)) {
    case SafeHarbor::none:
      return Telling::nothing;
    case SafeHarbor::geographic:
    case SafeHarbor::dates:
    case SafeHarbor::device:
      return Telling::where_or_when;
    default:
      return attribute.vr == Vr::UI ? Telling::where_or_when : Telling::who;
  }
}

}  // namespace

std::string_view without_padding(std::string_view text) {
  const auto is_padding = [](char c) {
    return c == ' ' || c == '\0' || c == '\r' || c == '\n' || c == '\t';
  };
  while (!text.empty() && is_padding(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_padding(text.back())) text.remove_suffix(1);
  return text;
}

void RemovedValues::add_value(std::string_view value, Telling telling) {
  value = without_padding(value);
  if (value.size() < least_value_bytes) return;
  all.emplace_back(value.substr(0, most_bytes));
  if (telling != Telling::nothing) identifying.push_back(all.back());
  if (telling == Telling::who) of_persons.push_back(all.back());
}

void RemovedValues::add_text(const dicom::Attribute& attribute, Vr vr, std::string_view text) {
  const Telling telling = lists_persons ? telling_of(attribute) : Telling::nothing;
  switch (vr) {
    case Vr::LT:
    case Vr::ST:
    case Vr::UT:
    case Vr::UR:
      return add_value(text, telling);
    case Vr::CS:
    case Vr::DS:
    case Vr::IS:
      if (attribute.tag.is_private()) return;
      break;
    default:
      break;
  }
  for_each_part(text, "\\", [&](std::string_view value) {
    value = without_padding(value);
    if (vr == Vr::UI && dicom::is_registered_uid(value)) return;
    add_value(value, telling);
    if (vr != Vr::PN) return;
    for_each_part(value, "^= ,", [&](std::string_view part) {
      if (part.size() < value.size()) add_value(part, telling);
    });
  });
}

void RemovedValues::add(const dicom::Attribute& attribute) {
  for (const dicom::DataSet& item : attribute.items) {
    for (const dicom::Attribute& inner : item.attributes) add(inner);
  }
  const std::string& value = attribute.value.reveal();
  if (value.size() < least_value_bytes) return;
  if (dicom::is_text(attribute.vr)) {
    add_text(attribute, attribute.vr, value);
  } else if (attribute.vr == Vr::UN || attribute.vr == Vr::OB || attribute.vr == Vr::none) {
    const std::string_view text = without_padding(value);
    if (is_printable(text)) add_text(attribute, Vr::LO, text);
  }
}

void RemovedValues::add_all_but(const dicom::Attribute& before, const dicom::Attribute& after) {
  RemovedValues old, left;
  old.lists_persons = lists_persons;
  old.add(before);
  left.add(after);
  const auto is_left = [&](const std::string& value) {
    return std::find(left.all.begin(), left.all.end(), value) != left.all.end();
  };
  for (const auto& [from, to] :
       {std::pair(&old.all, &all), std::pair(&old.identifying, &identifying),
        std::pair(&old.of_persons, &of_persons)}) {
    std::remove_copy_if(from->begin(), from->end(), std::back_inserter(*to), is_left);
  }
}

void RemovedValues::add_content_item(const dicom::DataSet& content_item) {
  for (const dicom::Attribute& attribute : content_item.attributes) {
    if (attribute.tag == content_sequence) {
      for (const dicom::DataSet& inner : attribute.items) add_content_item(inner);
      continue;
    }
    const bool is_public_name = attribute.tag == concept_name && !attribute.items.empty() &&
                                is_public_scheme(attribute.items.front().text({0x0008, 0x0102}));
    if (!is_public_name) add(attribute);
  }
}

}  // namespace efface::deid::internal
