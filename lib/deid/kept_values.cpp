#include "deid/kept_values.h"

#include <algorithm>
#include <set>

#include "deid/technical.h"

namespace efface::deid {

namespace {

constexpr dicom::Tag coding_scheme{0x0008, 0x0102};

bool is_code(dicom::Tag tag) {
  return tag == dicom::Tag{0x0008, 0x0100} || tag == coding_scheme ||
         tag == dicom::Tag{0x0008, 0x0104};
}

bool stays_on_purpose(const dicom::Attribute& attribute, bool in_coded_entry) {
  switch (attribute.vr) {
    case dicom::Vr::CS:
    case dicom::Vr::DS:
    case dicom::Vr::IS:
    case dicom::Vr::TM:
    case dicom::Vr::UI:
      return true;
    default:
      return names_a_technique(attribute.tag) || (in_coded_entry && is_code(attribute.tag));
  }
}

class Collector {
 public:
  explicit Collector(const dicom::EditPlan& plan) {
    for (const base::Phi<std::string>& value : plan.retained_values) {
      retained_.push_back(value.reveal());
    }
    for (const dicom::Edit& edit : plan.edits) {
      edited_.insert(edit.path);
      const bool is_text_left = edit.action == dicom::Action::clean;
      if (!edit.value.empty() && !is_text_left) values_.push_back(edit.value);
    }
  }

  void visit(const dicom::DataSet& data_set) {
    const bool in_coded_entry = data_set.find(coding_scheme) != nullptr;
    for (const dicom::Attribute& attribute : data_set.attributes) {
      path_.tag = attribute.tag;
      if (edited_.contains(path_)) continue;
      if (stays_on_purpose(attribute, in_coded_entry)) {
        for (std::string& value : dicom::split_values(attribute.value.reveal())) {
          const bool is_retained = std::binary_search(retained_.begin(), retained_.end(), value);
          if (!value.empty() && !is_retained) values_.push_back(std::move(value));
        }
      }
      for (std::uint32_t item = 0; item < attribute.items.size(); ++item) {
        path_.parents.push_back({attribute.tag, item});
        path_.tag = dicom::item_tag;
        if (!edited_.contains(path_)) visit(attribute.items[item]);
        path_.parents.pop_back();
      }
    }
  }

  std::vector<std::string> take() { return std::move(values_); }

 private:
  std::set<dicom::TagPath> edited_;
  std::vector<std::string> retained_;  ///< ascending, as in the plan
  dicom::TagPath path_;
  std::vector<std::string> values_;
};

}  // namespace

std::vector<std::string> kept_values(const dicom::DataSet& data_set, const dicom::EditPlan& plan) {
  Collector collector(plan);
  collector.visit(data_set);
  return collector.take();
}

}  // namespace efface::deid
