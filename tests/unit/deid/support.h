// Data sets built by hand, a keyed digest, and an applier that carries a plan out on a DataSet the
// way the rewriter does on a file.
#pragma once

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "crypto_openssl/crypto.h"
#include "deid/plan_edits.h"

namespace efface::deid::test {

using dicom::Attribute;
using dicom::DataSet;
using dicom::Tag;
using dicom::Vr;

inline Attribute attribute(Tag tag, Vr vr, std::string value) {
  Attribute made;
  made.tag = tag;
  made.vr = vr;
  made.length = value.size();
  made.value = base::Phi<std::string>(std::move(value));
  return made;
}

inline Attribute sequence(Tag tag, std::vector<DataSet> items, Vr vr = Vr::SQ) {
  Attribute made;
  made.tag = tag;
  made.vr = vr;
  made.length = 8 * items.size();
  made.items = std::move(items);
  return made;
}

inline DataSet item(std::vector<Attribute> attributes) {
  std::sort(attributes.begin(), attributes.end(),
            [](const Attribute& a, const Attribute& b) { return a.tag < b.tag; });
  return DataSet{std::move(attributes)};
}

inline Pseudonyms pseudonyms(std::uint8_t seed = 1) {
  base::Digest key;
  key.bytes.fill(seed);
  return Pseudonyms([key](std::string_view domain, std::string_view value) {
    return crypto_openssl::hmac_sha256(key, domain, value);
  });
}

inline Attribute& find_or_insert(DataSet& data_set, Tag tag) {
  auto place = std::find_if(data_set.attributes.begin(), data_set.attributes.end(),
                            [tag](const Attribute& a) { return !(a.tag < tag); });
  if (place == data_set.attributes.end() || place->tag != tag) {
    place = data_set.attributes.insert(place, attribute(tag, Vr::none, ""));
  }
  return *place;
}

inline DataSet& item_at(DataSet& root, const dicom::TagPath& path) {
  DataSet* at = &root;
  for (const dicom::TagPath::Step& step : path.parents) {
    Attribute& parent = find_or_insert(*at, step.tag);
    if (step.item >= parent.items.size())
      throw std::logic_error("edit in an item that is not there");
    at = &parent.items[step.item];
  }
  return *at;
}

/// Throws when an edit does not fit.
inline DataSet apply(DataSet data_set, const dicom::EditPlan& plan) {
  std::vector<dicom::TagPath> items;
  for (const dicom::Edit& edit : plan.edits) {
    if (edit.path.tag == dicom::item_tag) {
      if (edit.action != dicom::Action::remove) throw std::logic_error("an item can only go");
      items.push_back(edit.path);
      continue;
    }
    DataSet& in = item_at(data_set, edit.path);
    if (edit.action != dicom::Action::add && in.find(edit.path.tag) == nullptr) {
      throw std::logic_error("edit of an attribute that is not there");
    }
    if (edit.action == dicom::Action::remove) {
      std::erase_if(in.attributes, [&](const Attribute& a) { return a.tag == edit.path.tag; });
      continue;
    }
    Attribute& target = find_or_insert(in, edit.path.tag);
    target.vr = edit.vr;
    target.items.clear();
    target.value = base::Phi<std::string>(edit.value);
    target.length = edit.value.size();
    target.is_loaded = true;
  }
  for (auto path = items.rbegin(); path != items.rend(); ++path) {  // later items first
    const dicom::TagPath::Step step = path->parents.back();
    path->parents.pop_back();
    auto& siblings = find_or_insert(item_at(data_set, *path), step.tag).items;
    siblings.erase(siblings.begin() + step.item);
  }
  if (plan.method_codes.empty()) return data_set;
  Attribute& codes = find_or_insert(data_set, {0x0012, 0x0064});
  codes.vr = Vr::SQ;
  for (const dicom::EditPlan::Code& code : plan.method_codes) {
    codes.items.push_back(item({attribute({0x0008, 0x0100}, Vr::SH, code.value),
                                attribute({0x0008, 0x0102}, Vr::SH, code.scheme),
                                attribute({0x0008, 0x0104}, Vr::LO, code.meaning)}));
  }
  return data_set;
}

inline PlanContext subject_context() {
  PlanContext context;
  context.subject = "patient 4711";
  return context;
}

inline dicom::EditPlan plan_for(const DataSet& data_set, Profile profile = {},
                                const PlanContext& context = subject_context()) {
  return plan_edits(data_set, profile, context, pseudonyms());
}

inline DataSet cleaned(const DataSet& data_set, Profile profile = {}) {
  return apply(data_set, plan_for(data_set, profile));
}

/// Every value at every depth, one after the other.
inline std::string all_values(const DataSet& data_set) {
  std::string all;
  for (const Attribute& a : data_set.attributes) {
    all += a.value.reveal() + '\n';
    for (const DataSet& inner : a.items) all += all_values(inner);
  }
  return all;
}

inline bool was_removed(const dicom::EditPlan& plan, const std::string& value) {
  return std::any_of(plan.removed_values.begin(), plan.removed_values.end(),
                     [&](const base::Phi<std::string>& v) { return v.reveal() == value; });
}

}  // namespace efface::deid::test
