#include <algorithm>
#include <iterator>
#include <span>
#include <string_view>
#include <utility>

#include "deid/dummy.h"
#include "deid/internal_edit_list.h"
#include "deid/pattern_matcher.h"
#include "deid/residue.h"

namespace efface::deid::internal {

namespace {

using dicom::Vr;

std::string lower_case(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

void sort_each_once(std::vector<std::string>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

bool holds(const std::vector<std::string>& sorted, const std::string& value) {
  return std::binary_search(sorted.begin(), sorted.end(), value);
}

PatternMatcher matcher_of(const std::vector<std::string>& values, bool any_case) {
  std::vector<std::string> telling;
  std::copy_if(values.begin(), values.end(), std::back_inserter(telling), is_telling);
  if (any_case) std::transform(telling.begin(), telling.end(), telling.begin(), lower_case);
  return PatternMatcher(std::move(telling));
}

bool matches(const PatternMatcher& matcher, const std::string& value) {
  std::vector<PatternMatcher::Match> found;
  matcher.find(std::as_bytes(std::span(value)), found, 1);
  return !found.empty();
}

}  // namespace

void EditList::push(dicom::Tag tag, dicom::Action action, dicom::Vr vr, std::string value) {
  dicom::Edit& edit = plan_.edits.emplace_back();
  edit.path.parents = path_.parents;
  edit.path.tag = tag;
  edit.action = action;
  edit.vr = vr;
  edit.value = std::move(value);
}

void EditList::remove(const dicom::Attribute& attribute) {
  removed_.add(attribute);
  push(attribute.tag, dicom::Action::remove, Vr::none, {});
}

void EditList::cut_out(const dicom::DataSet& content_item) {
  removed_.add_content_item(content_item);
  push(dicom::item_tag, dicom::Action::remove, value_vr(content_item), {});
}

void EditList::cut_all_out(const dicom::Attribute& sequence) {
  for (const dicom::DataSet& item : sequence.items) removed_.add_content_item(item);
  push(sequence.tag, dicom::Action::remove, value_vr(sequence.items.front()), {});
}

void EditList::empty(const dicom::Attribute& attribute, Vr vr) {
  removed_.add(attribute);
  push(attribute.tag, dicom::Action::empty, vr, {});
}

void EditList::replace(const dicom::Attribute& attribute, dicom::Action action, Vr vr,
                       std::string value) {
  const std::string& present = attribute.value.reveal();
  const bool is_same =
      dicom::is_text(vr) ? without_padding(present) == without_padding(value) : present == value;
  if (attribute.is_loaded && attribute.items.empty() && is_same) return;
  removed_.add(attribute);
  push(attribute.tag, action, vr, std::move(value));
}

void EditList::add(dicom::Tag tag, Vr vr, std::string value) {
  push(tag, dicom::Action::add, vr, std::move(value));
}

dicom::TagPath EditList::path_to(const dicom::Attribute& attribute) const {
  dicom::TagPath path = path_;
  path.tag = attribute.tag;
  return path;
}

void EditList::keep_text(const dicom::Attribute& attribute, Vr vr) {
  if (attribute.value.reveal().size() < least_value_bytes) return;
  kept_texts_.push_back({path_to(attribute), &attribute, vr});
}

void EditList::retain(const dicom::Attribute& attribute) {
  retained_.add(attribute);
}

void EditList::retain_text(const dicom::Attribute& attribute, Vr vr) {
  if (attribute.value.reveal().size() < least_value_bytes) return;
  retained_texts_.push_back({path_to(attribute), &attribute, vr});
}

void EditList::clean_text(const dicom::Attribute& attribute, Vr vr, FreeText::Cleaned cleaned) {
  dicom::Attribute left;
  left.tag = attribute.tag;
  left.vr = vr;
  left.value = base::Phi<std::string>(std::move(cleaned.value));
  cleaned_texts_.push_back(
      {{path_to(attribute), &attribute, vr}, std::move(left), std::move(cleaned.found)});
}

void EditList::clean(KeptText& text) {
  removed_.add(*text.attribute);
  plan_.edits.push_back(
      {std::move(text.path), dicom::Action::clean, text.vr,
       dummy_value(text.attribute->tag, text.vr, text.attribute->value.reveal())});
}

/// A value that stays on purpose is not removed, wherever else it stood; one that says who somebody
/// is, is removed even so.
void EditList::leave_retained_ones_out() {
  RemovedValues staying = retained_;
  for (const KeptText& text : retained_texts_) staying.add(*text.attribute);
  for (const CleanedText& text : cleaned_texts_) staying.add(text.left);
  sort_each_once(staying.all);
  sort_each_once(removed_.of_persons);
  std::erase_if(removed_.all, [&](const std::string& value) {
    return holds(staying.all, value) && !holds(removed_.of_persons, value);
  });
}

void EditList::settle_retained_texts() {
  const PatternMatcher matcher = matcher_of(removed_.all, true);
  for (KeptText& text : retained_texts_) {
    if (matches(matcher, lower_case(text.attribute->value.reveal()))) {
      clean(text);
    } else {
      retained_.add(*text.attribute);
    }
  }
}

void EditList::settle_cleaned_texts() {
  const PatternMatcher matcher = matcher_of(removed_.identifying, true);
  for (CleanedText& cleaned : cleaned_texts_) {
    KeptText& text = cleaned.text;
    const std::string& value = cleaned.left.value.reveal();
    if (matches(matcher, lower_case(value))) {
      clean(text);
      continue;
    }
    retained_.add(cleaned.left);
    for (const auto& [kind, count] : cleaned.found) plan_.found_in_text[kind] += count;
    if (value == text.attribute->value.reveal()) continue;
    removed_.add_all_but(*text.attribute, cleaned.left);
    plan_.edits.push_back({std::move(text.path), dicom::Action::clean, text.vr, value});
  }
}

void EditList::clean_kept_texts() {
  const PatternMatcher matcher = matcher_of(removed_.all, false);
  for (KeptText& text : kept_texts_) {
    if (matches(matcher, text.attribute->value.reveal())) clean(text);
  }
}

dicom::EditPlan EditList::take() {
  const bool has_texts = !retained_texts_.empty() || !cleaned_texts_.empty();
  if (!retained_.all.empty() || has_texts) leave_retained_ones_out();
  if (!retained_texts_.empty()) settle_retained_texts();
  if (!cleaned_texts_.empty()) settle_cleaned_texts();
  if (!kept_texts_.empty()) clean_kept_texts();
  std::sort(plan_.edits.begin(), plan_.edits.end(),
            [](const dicom::Edit& a, const dicom::Edit& b) { return a.path < b.path; });
  sort_each_once(removed_.all);
  plan_.removed_values.reserve(removed_.all.size());
  for (std::string& value : removed_.all) plan_.removed_values.emplace_back(std::move(value));
  sort_each_once(retained_.all);
  for (std::string& value : retained_.all) plan_.retained_values.emplace_back(std::move(value));
  return std::move(plan_);
}

}  // namespace efface::deid::internal
