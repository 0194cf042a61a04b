#include <algorithm>
#include <iterator>
#include <span>
#include <string_view>
#include <utility>

#include "deid/dummy.h"
#include "deid/internal_content.h"
#include "deid/internal_edit_list.h"
#include "deid/pattern_matcher.h"
#include "deid/residue.h"
#include "deid/sr_content.h"
#include "dicom/uid.h"

namespace efface::deid::internal {

namespace {

using dicom::Vr;

constexpr std::size_t least_bytes = 5, most_bytes = 256;

std::string_view trimmed(std::string_view text) {
  const auto is_padding = [](char c) {
    return c == ' ' || c == '\0' || c == '\r' || c == '\n' || c == '\t';
  };
  while (!text.empty() && is_padding(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_padding(text.back())) text.remove_suffix(1);
  return text;
}

void append(std::string_view value, std::vector<std::string>& values) {
  value = trimmed(value);
  if (value.size() >= least_bytes) values.emplace_back(value.substr(0, most_bytes));
}

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

void append_text(Vr vr, bool is_private, std::string_view text, std::vector<std::string>& values) {
  switch (vr) {
    case Vr::LT:
    case Vr::ST:
    case Vr::UT:
    case Vr::UR:
      return append(text, values);
    case Vr::CS:
    case Vr::DS:
    case Vr::IS:
      if (is_private) return;
      break;
    default:
      break;
  }
  for_each_part(text, "\\", [&](std::string_view value) {
    value = trimmed(value);
    if (vr == Vr::UI && dicom::is_registered_uid(value)) return;
    append(value, values);
    if (vr != Vr::PN) return;
    for_each_part(value, "^= ,", [&](std::string_view part) {
      if (part.size() < value.size()) append(part, values);
    });
  });
}

void append_values(const dicom::Attribute& attribute, std::vector<std::string>& values) {
  for (const dicom::DataSet& item : attribute.items) {
    for (const dicom::Attribute& inner : item.attributes) append_values(inner, values);
  }
  const std::string& value = attribute.value.reveal();
  if (value.size() < least_bytes) return;
  const bool is_private = attribute.tag.is_private();
  if (dicom::is_text(attribute.vr)) {
    append_text(attribute.vr, is_private, value, values);
  } else if (attribute.vr == Vr::UN || attribute.vr == Vr::OB || attribute.vr == Vr::none) {
    const std::string_view text = trimmed(value);
    if (is_printable(text)) append_text(Vr::LO, is_private, text, values);
  }
}

/// Names of public concepts are no one's values.
void append_content_values(const dicom::DataSet& content_item, std::vector<std::string>& values) {
  for (const dicom::Attribute& attribute : content_item.attributes) {
    if (attribute.tag == content_sequence) {
      for (const dicom::DataSet& inner : attribute.items) append_content_values(inner, values);
      continue;
    }
    const bool is_public_name = attribute.tag == concept_name && !attribute.items.empty() &&
                                is_public_scheme(attribute.items.front().text({0x0008, 0x0102}));
    if (!is_public_name) append_values(attribute, values);
  }
}

}  // namespace

void append_removed_values(const dicom::Attribute& attribute, std::vector<std::string>& values) {
  append_values(attribute, values);
}

void EditList::push(dicom::Tag tag, dicom::Action action, dicom::Vr vr, std::string value) {
  dicom::Edit& edit = plan_.edits.emplace_back();
  edit.path.parents = path_.parents;
  edit.path.tag = tag;
  edit.action = action;
  edit.vr = vr;
  edit.value = std::move(value);
}

void EditList::remove(const dicom::Attribute& attribute) {
  append_removed_values(attribute, removed_);
  push(attribute.tag, dicom::Action::remove, Vr::none, {});
}

void EditList::cut_out(const dicom::DataSet& content_item) {
  append_content_values(content_item, removed_);
  push(dicom::item_tag, dicom::Action::remove, value_vr(content_item), {});
}

void EditList::cut_all_out(const dicom::Attribute& sequence) {
  for (const dicom::DataSet& item : sequence.items) append_content_values(item, removed_);
  push(sequence.tag, dicom::Action::remove, value_vr(sequence.items.front()), {});
}

void EditList::empty(const dicom::Attribute& attribute, Vr vr) {
  append_removed_values(attribute, removed_);
  push(attribute.tag, dicom::Action::empty, vr, {});
}

void EditList::replace(const dicom::Attribute& attribute, dicom::Action action, Vr vr,
                       std::string value) {
  const std::string& present = attribute.value.reveal();
  const bool is_same = dicom::is_text(vr) ? trimmed(present) == trimmed(value) : present == value;
  if (attribute.is_loaded && attribute.items.empty() && is_same) return;
  append_removed_values(attribute, removed_);
  push(attribute.tag, action, vr, std::move(value));
}

void EditList::add(dicom::Tag tag, Vr vr, std::string value) {
  push(tag, dicom::Action::add, vr, std::move(value));
}

void EditList::keep_text(const dicom::Attribute& attribute, Vr vr) {
  if (attribute.value.reveal().size() < least_bytes) return;
  dicom::TagPath path = path_;
  path.tag = attribute.tag;
  kept_texts_.push_back({std::move(path), &attribute, vr});
}

void EditList::clean_kept_texts() {
  if (kept_texts_.empty()) return;
  std::vector<std::string> telling;
  std::copy_if(removed_.begin(), removed_.end(), std::back_inserter(telling), is_telling);
  const PatternMatcher matcher(std::move(telling));
  std::vector<PatternMatcher::Match> matches;
  for (KeptText& text : kept_texts_) {
    const std::string& value = text.attribute->value.reveal();
    matches.clear();
    matcher.find(std::as_bytes(std::span(value)), matches, 1);
    if (matches.empty()) continue;
    append_removed_values(*text.attribute, removed_);
    plan_.edits.push_back({std::move(text.path), dicom::Action::clean, text.vr,
                           dummy_value(text.attribute->tag, text.vr, value)});
  }
}

dicom::EditPlan EditList::take() {
  clean_kept_texts();
  std::sort(plan_.edits.begin(), plan_.edits.end(),
            [](const dicom::Edit& a, const dicom::Edit& b) { return a.path < b.path; });
  std::sort(removed_.begin(), removed_.end());
  removed_.erase(std::unique(removed_.begin(), removed_.end()), removed_.end());
  plan_.removed_values.reserve(removed_.size());
  for (std::string& value : removed_) plan_.removed_values.emplace_back(std::move(value));
  return std::move(plan_);
}

}  // namespace efface::deid::internal
