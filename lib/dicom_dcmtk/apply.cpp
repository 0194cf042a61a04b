#include <algorithm>
#include <utility>

#include "base/error.h"
#include "dicom_dcmtk/internal_write.h"

namespace efface::dicom_dcmtk {

namespace {

using dicom::Action;
using dicom::Tag;
using dicom::Vr;

constexpr Tag method_codes_tag{0x0012, 0x0064};

[[noreturn]] void broken_plan(const dicom::TagPath& path, const std::string& why) {
  throw base::Error(base::Fault::internal,
                    "edit of " + dicom::to_string(path) + " cannot be applied: " + why);
}

Item& item_at(const dicom::TagPath& path, Item& root) {
  Item* item = &root;
  for (const dicom::TagPath::Step& step : path.parents) {
    Element* sequence = item->find(step.tag);
    if (sequence == nullptr || step.item >= sequence->items.size()) {
      broken_plan(path, "no such item");
    }
    item = &sequence->items[step.item];
  }
  return *item;
}

/// The byte order at the end of the path: items inside UN are little endian whatever is around
/// them.
bool is_big_endian_at(const dicom::TagPath& path, Encoding encoding, const Item& root) {
  const Item* item = &root;
  for (const dicom::TagPath::Step& step : path.parents) {
    const Element* sequence = item->find(step.tag);
    encoding = sequence->is_sequence ? sequence->inside : encoding;
    item = &sequence->items[step.item];
  }
  return encoding.is_big_endian;
}

std::string padded(Vr vr, std::string value) {
  if (value.size() % 2 == 0) return value;
  const bool with_space = dicom::is_text(vr) && vr != Vr::UI;
  value += with_space ? ' ' : '\0';
  return value;
}

Element& find_or_insert(Item& item, Tag tag) {
  if (Element* found = item.find(tag)) return *found;
  const auto place = std::find_if(item.elements.begin(), item.elements.end(),
                                  [tag](const Element& e) { return tag < e.tag; });
  const auto made = item.elements.emplace(place);
  made->tag = tag;
  return *made;
}

void set_vr(Element& element, Vr vr) {
  element.vr = vr;
  const std::string name = dicom::to_string(vr);
  element.letters = {name[0], name[1]};
}

void make_sequence(Element& element, Encoding encoding) {
  element.items.clear();
  element.has_undefined_length = false;
  element.inside = element.vr == Vr::UN ? element.inside : encoding;
  element.is_sequence = true;
}

void set_value(const dicom::Edit& edit, Encoding encoding, Item& root) {
  Item& item = item_at(edit.path, root);
  Element* present = item.find(edit.path.tag);
  const Vr vr = edit.vr != Vr::none || present == nullptr ? edit.vr : present->vr;
  const bool is_sequence = vr == Vr::SQ || (present != nullptr && present->is_sequence);
  if (is_sequence) {
    if (!edit.value.empty()) broken_plan(edit.path, "a sequence has no value");
    Element& element = find_or_insert(item, edit.path.tag);
    if (!element.is_sequence) {
      set_vr(element, Vr::SQ);
      element.new_value.reset();
    }
    make_sequence(element, encoding);
    return;
  }
  if (present == nullptr && vr == Vr::none) broken_plan(edit.path, "the new value has no VR");
  if (!has_long_header(vr) && edit.value.size() > 0xFFFE) {
    broken_plan(edit.path, "the new value is too long");
  }
  put_value(item, edit.path.tag, vr, edit.value, is_big_endian_at(edit.path, encoding, root));
}

/// (0012,0064) De-identification Method Code Sequence: what is there stays, the new codes follow.
void append_codes(const std::vector<dicom::EditPlan::Code>& codes, Encoding encoding, Item& root) {
  if (codes.empty()) return;
  Element& element = find_or_insert(root, method_codes_tag);
  if (!element.is_sequence) {
    set_vr(element, Vr::SQ);
    element.new_value.reset();
    make_sequence(element, encoding);
  }
  const bool is_big = element.inside.is_big_endian;
  for (const dicom::EditPlan::Code& code : codes) {
    Item& item = element.items.emplace_back();
    item.has_undefined_length = element.has_undefined_length;
    put_value(item, {0x0008, 0x0100}, Vr::SH, code.value, is_big);
    put_value(item, {0x0008, 0x0102}, Vr::SH, code.scheme, is_big);
    put_value(item, {0x0008, 0x0104}, Vr::LO, code.meaning, is_big);
  }
}

/// (0400,0500) Encrypted Attributes Sequence with one item (PS3.3 C.12.1.1.4.1).
void put_envelope(const std::string& envelope, Encoding encoding, Item& root) {
  if (envelope.empty()) return;
  Element& element = find_or_insert(root, encrypted_attributes_tag);
  set_vr(element, Vr::SQ);
  element.new_value.reset();
  make_sequence(element, encoding);
  Item& item = element.items.emplace_back();
  put_value(item, {0x0400, 0x0510}, Vr::UI, transfer_syntax::explicit_little,
            encoding.is_big_endian);
  put_value(item, {0x0400, 0x0520}, Vr::OB, envelope, encoding.is_big_endian);
}

}  // namespace

void put_value(Item& item, Tag tag, Vr vr, std::string value, bool is_big_endian) {
  Element& element = find_or_insert(item, tag);
  if (vr != Vr::none && vr != element.vr) set_vr(element, vr);
  element.has_undefined_length = false;
  element.is_big_endian = is_big_endian;
  value = padded(element.vr, std::move(value));
  if (is_big_endian) swap_numbers(element.vr, value);
  element.new_value = std::make_unique<std::string>(std::move(value));
}

void apply_edits(const dicom::EditPlan& plan, Encoding encoding, Item& root) {
  for (const dicom::Edit& edit : plan.edits) {
    if (edit.action != Action::remove) {
      set_value(edit, encoding, root);
      continue;
    }
    if (edit.path.tag == item_tag && !edit.path.parents.empty()) {
      item_at(edit.path, root).is_removed = true;
      continue;
    }
    Element* element = item_at(edit.path, root).find(edit.path.tag);
    if (element == nullptr) broken_plan(edit.path, "no such attribute");
    element->is_removed = true;
  }
  append_codes(plan.method_codes, encoding, root);
  put_envelope(plan.envelope, encoding, root);
}

}  // namespace efface::dicom_dcmtk
